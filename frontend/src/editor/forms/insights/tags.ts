/** The tags of an image. Pure. */

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** What is likely wanted first: `latest`, then the newest numbers. */
export function sortedTags(tags: readonly string[]): string[] {
  return tags.toSorted((a, b) => {
    if (a === "latest" || b === "latest") return a === "latest" ? -1 : 1;
    return COLLATOR.compare(b, a);
  });
}

/** The same image by another tag; a digest would win over it, so it goes. */
export function withTag(image: string, tag: string): string {
  const named = image.trim().replace(/@.*$/, "");
  const last = named.lastIndexOf("/") + 1;
  const colon = named.indexOf(":", last);
  return `${colon === -1 ? named : named.slice(0, colon)}:${tag}`;
}
