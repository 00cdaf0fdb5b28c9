/** How much of each box and line is drawn, by how near one looks and how many there are. */

import { createContext, useContext } from "react";

export type Nearness = "all" | "names" | "marks";

export interface Detail {
  nearness: Nearness;
  /** So many that what cannot be read is not drawn either. */
  isMany: boolean;
}

/** Above this, what is out of sight is not drawn. */
export const MANY = 250;

/** From afar there is less to read, and what is left is larger. */
export function nearnessAt(zoom: number): Nearness {
  if (zoom >= 0.55) return "all";
  return zoom >= 0.3 ? "names" : "marks";
}

export const DetailContext = createContext<Detail>({ nearness: "all", isMany: false });

export function useDetail(): Detail {
  return useContext(DetailContext);
}
