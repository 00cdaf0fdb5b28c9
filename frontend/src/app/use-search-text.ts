import { useEffect, useRef, useState } from "react";
import { useDebounced } from "./use-debounced";

/** What is typed into a search whose words are in the address: `onChange` has them when the typing has settled, and what
 * the address says by other ways is taken over. */
export function useSearchText(value: string, onChange: (text: string) => void) {
  const [text, setText] = useState(value);
  const said = useRef(value);
  const settled = useDebounced(text.trim());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the typing has settled
  useEffect(() => {
    if (settled === value) return;
    said.current = settled;
    onChange(settled);
  }, [settled]);
  useEffect(() => {
    // Our own words come back while somebody may be typing on.
    if (value !== said.current) setText(value);
    said.current = value;
  }, [value]);
  return [text, setText] as const;
}
