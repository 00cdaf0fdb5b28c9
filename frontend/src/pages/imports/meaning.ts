/** What a pasted text is about, where nobody asked for one: only what can hardly be anything else is taken. */
export type Meaning = "compose" | "manifests" | "repository";

const MOST = 2 * 1024 * 1024;
const SERVICES = /^services[ \t]*:/m;
const API_VERSION = /^apiVersion[ \t]*:/m;
const KIND = /^kind[ \t]*:/m;
const REPOSITORY = /^https:\/\/[\w.-]+(:\d+)?\/[^\s/]+\/[^\s/?#]+(\/[^\s?#]+)*\/?$/;

export function meaningOf(text: string): Meaning | null {
  if (text.length > MOST) return null;
  if (REPOSITORY.test(text.trim())) return "repository";
  if (SERVICES.test(text)) return "compose";
  return API_VERSION.test(text) && KIND.test(text) ? "manifests" : null;
}
