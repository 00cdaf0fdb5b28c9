/** The tags of an image. Pure. */

/** The same image by another tag; a digest would win over it, so it goes. */
export function withTag(image: string, tag: string): string {
  const named = image.trim().replace(/@.*$/, "");
  const last = named.lastIndexOf("/") + 1;
  const colon = named.indexOf(":", last);
  return `${colon === -1 ? named : named.slice(0, colon)}:${tag}`;
}
