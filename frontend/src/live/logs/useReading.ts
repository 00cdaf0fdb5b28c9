/** How somebody reads lines: whether they follow the end, what they search for and where in it they are. */
import { useEffect, useMemo, useState } from "react";
import { useDebounced } from "@/app/use-debounced";
import { type LogBuffer, matchesIn } from "./buffer";

export interface Looks {
  isFollowing: boolean;
  wraps: boolean;
  showsTimes: boolean;
  isFiltered: boolean;
}

interface Readable {
  buffer: LogBuffer;
  hold: (isHeld: boolean) => void;
}

/** `of`: whose lines are looked through; all, without it. It changes with what it looks for. */
export function useReading(
  session: Readable,
  version: number,
  first: Partial<Looks> = {},
  of?: (pod: string) => boolean,
) {
  const [looks, setLooks] = useState<Looks>({
    isFollowing: true,
    wraps: false,
    showsTimes: true,
    isFiltered: false,
    ...first,
  });
  const [text, setText] = useState("");
  const wanted = useDebounced(text.trim());
  const [current, setCurrent] = useState<number | null>(null);
  const { buffer } = session;
  useEffect(() => session.hold(!looks.isFollowing), [session, looks.isFollowing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` is what says that there are other lines
  const own = useMemo(() => (of ? numbersOf(buffer, of) : null), [buffer, of, version]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const matches = useMemo(() => matchesIn(buffer, wanted, of), [buffer, wanted, of, version]);
  const place = current === null ? -1 : matches.indexOf(current);
  const change = (next: Partial<Looks>) => setLooks((old) => ({ ...old, ...next }));
  const step = (by: 1 | -1) => {
    if (matches.length === 0) return;
    const next =
      place < 0 ? (by > 0 ? 0 : matches.length - 1) : (place + by + matches.length) % matches.length;
    setCurrent(matches[next] ?? null);
    change({ isFollowing: false });
  };
  return {
    looks,
    change,
    /** The numbers of the lines to show; null for all. */
    only: looks.isFiltered && wanted ? matches : own,
    wanted,
    current,
    search: { text, onText: setText, count: matches.length, at: place + 1, onStep: step },
  };
}

export type Reading = ReturnType<typeof useReading>;

function numbersOf(buffer: LogBuffer, of: (pod: string) => boolean): number[] {
  const found: number[] = [];
  for (const line of buffer.lines()) if (of(line.pod)) found.push(line.index);
  return found;
}
