/** Keeps the live store fed from the status stream for as long as the editor is open. */

import { useEffect } from "react";
import { openEventStream } from "@/api/stream";
import { useEditor } from "../editor";
import type { StreamEvent } from "../model/live";

const KNOWN = new Set(["snapshot", "run", "node", "log"]);

export function useLiveStatus(): void {
  const { live, workflow } = useEditor();
  useEffect(() => {
    const stream = openEventStream(`/workflows/${encodeURIComponent(workflow.id)}/status/stream`, {
      onState: (line) => live.setState({ line }),
      onEvent: (event) => {
        if (KNOWN.has(event.type))
          live.getState().receive({ type: event.type, data: event.data } as StreamEvent);
      },
    });
    return stream.close;
  }, [live, workflow.id]);
}
