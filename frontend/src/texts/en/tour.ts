/** The words of the tour. Each step says what to do, why, and how to do it without a mouse. */

export interface StepWords {
  title: string;
  text: string;
  /** By keyboard alone. */
  keys?: string;
  /** What it says when things go wrong meanwhile. */
  trouble?: string;
}

export const tour = {
  label: "Guided tour",
  show: "Show me around",
  goOn: "Go on with the tour",
  startOver: "Start the tour over",
  offerTitle: "New here?",
  offerText: "From an empty canvas to a program that runs, in about three minutes.",
  startText: "Your first green deployment",
  goOnText: (step: number, steps: number) => `You are at step ${step} of ${steps}`,
  notNow: "Not now",
  end: "End the tour",
  workflow: "My first deployment",
  description: "Drawn on the tour.",
  progress: (step: number, steps: number) => `Step ${step} of ${steps}`,
  announce: (step: number, steps: number, title: string, text: string) =>
    `Guided tour, step ${step} of ${steps}. ${title}. ${text}`,
  done: "Done",
  leave: "Leave the tour. It waits for you in the account menu.",
  left: "The tour waits for you in the account menu, at the lower left.",
  skipPractice: "Leave the practice out",
  byKeyboard: "By keyboard:",
  finish: "Finish",
  templates: "Look at templates",
  noCluster: "There is no practice cluster on this server: the tour asks you for a cluster when it runs.",
  steps: {
    add: () => ({
      title: "Add a program",
      text: "A Deployment is a program that keeps running. Drag it from the left onto the canvas, or click it.",
      keys: "press / , type deployment, press Enter.",
    }),
    image: (program: string) => ({
      title: "Say what runs in it",
      text: `The image is the packed program. Select ${program} and type nginx:1.27 as its image: a web server.`,
      keys: "Tab goes to the Image field.",
    }),
    connect: (program: string) => ({
      title: "Give it an address",
      text: `Others reach it through a Service. Pull a line from the dot at the left of ${program} onto the empty canvas, let go, and choose Service.`,
      keys: "with the node selected press Shift and C, then choose Service.",
    }),
    port: (address: string) => ({
      title: "Mend what is red",
      text: `The Service ${address} does not know on which port the program listens. Under Ports press Add, and type 80.`,
      keys: "press P for the list of problems; Enter goes to the field.",
    }),
    plan: () => ({
      title: "See what would happen",
      text: "Preview asks the cluster what a run would create or change. Nothing is touched.",
      keys: "press Ctrl, Shift and Enter.",
    }),
    run: () => ({
      title: "Run it",
      text: "Now press Run. It goes to your practice cluster: a simulation, so nothing can break.",
      keys: "press Ctrl and Enter, then Enter on Run.",
    }),
    green: () => ({
      title: "Watch it turn green",
      text: "Each node says how it fares, live. This takes a few seconds.",
      trouble: "Something is red. Select the node: it says why, and offers a fix. Then run again.",
    }),
    logs: (program: string) => ({
      title: "Read what it says",
      text: `It runs. Select ${program} and press Logs, at the right.`,
      keys: "Tab goes from the canvas to the Logs button.",
    }),
    break: (program: string) => ({
      title: "Break it, on purpose",
      text: `On a bad day this is what you need. Give ${program} the image nginx:does-not-exist and run it again.`,
    }),
    repair: (program: string) => ({
      title: "Repair it",
      text: `${program} says why it is red. Press Fix it, type nginx:1.28, then Apply and run.`,
      keys: "Tab goes to Fix it in the panel at the right.",
    }),
    end: () => ({
      title: "You have a green deployment",
      text: "That is all there is to it: draw, preview, run, look, repair. Roll back and compare under Past runs and Versions; take it off the cluster under its place, at the top.",
    }),
  } satisfies Record<string, (name: string) => StepWords>,
};
