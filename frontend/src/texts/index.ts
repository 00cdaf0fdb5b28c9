/** Every word that the product says, by the language in use. */
import { en } from "./en";

export type Texts = typeof en;
export const t: Texts = en;
