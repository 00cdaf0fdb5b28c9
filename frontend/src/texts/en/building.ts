/** Builds inside of the editor. */
export const building = {
  title: "Builds",
  from: (name: string) => `Image from ${name}`,
  unnamed: "a build",
  now: "Build now",
  notBuilt: "Not built yet",
  started: "The build has started.",
  none: "Nothing was built yet.",
  all: "All builds",
  onPush: "Build on push…",
  open: (name: string) => `Open the build of ${name}`,
  arrived: (name: string) => `${name} has its new image.`,
  runIt: "Run it…",
  noSource: "Say first where the source is, and what the image is called.",
  first: (count: number) => (count === 1 ? "Build the image first" : `Build the ${count} images first`),
  firstNote: "It runs what was built once all are there. A build that fails ends it.",
  planLater: "What a run would change is known once the images are built.",
  buildAndRun: "Build and run",
  awaited: "The run that waits for its images",
  waiting: (left: number) =>
    left === 0
      ? "Built; the run begins"
      : left === 1
        ? "Building an image, then it runs"
        : `Building ${left} images, then it runs`,
  failed: "It does not run",
  cancel: "Cancel the builds",
  cancelShort: "Cancel",
  dismiss: "Hide",
};
