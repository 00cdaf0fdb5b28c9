import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { t } from "@/texts";

interface Late<Props> {
  (props: Props): ReactNode;
  /** Fetches it ahead, so that it is there also when the server is not. */
  fetch: () => void;
}

/**
 * A part that is fetched when it is first shown. Where it cannot be fetched it says so in its own place, instead of
 * taking the page with it, and tries again when there is a network again.
 */
export function late<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  waiting: ReactNode = null,
): Late<Props> {
  let known: ComponentType<Props> | null = null;
  const ask = async () => {
    known = (await load()).default;
    return known;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: made once, at the level of a module, like lazy of React
  function LatePart(props: Props) {
    const [Part, setPart] = useState(() => known);
    const [hasFailed, setFailed] = useState(false);
    const isThere = Part !== null;
    useEffect(() => {
      if (isThere) return;
      let isOver = false;
      const attempt = () =>
        void ask().then(
          (found) => !isOver && setPart(() => found),
          () => !isOver && setFailed(true),
        );
      attempt();
      window.addEventListener("online", attempt);
      return () => {
        isOver = true;
        window.removeEventListener("online", attempt);
      };
    }, [isThere]);
    if (Part) return <Part {...props} />;
    return hasFailed ? <p className="py-1 text-xs text-ink-3">{t.ui.partOffline}</p> : waiting;
  }
  LatePart.fetch = () => void ask().catch(() => undefined);
  return LatePart;
}
