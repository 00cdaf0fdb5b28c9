/** Keeps the live store fed from the status stream for as long as the editor is open. */

import { useEffect } from "react";
import { openEventStream } from "@/api/stream";
import { getLog } from "../api/calls";
import { useEditor } from "../editor";
import { type StreamEvent, withLog } from "../model/live";
import type { LiveStore } from "../stores/live";

const KNOWN = new Set(["snapshot", "run", "node", "log"]);

export function useLiveStatus(): void {
  const { live, workflow } = useEditor();
  useEffect(() => {
    const stream = openEventStream(`/workflows/${encodeURIComponent(workflow.id)}/status/stream`, {
      onState: (line) => live.setState({ line }),
      onEvent: (event) => {
        if (!KNOWN.has(event.type)) return;
        live.getState().receive({ type: event.type, data: event.data } as StreamEvent);
        if (event.type === "snapshot") void catchUp(live);
      },
    });
    return stream.close;
  }, [live, workflow.id]);
}

/** A snapshot has no log: that of the run it shows is fetched once. */
async function catchUp(live: LiveStore): Promise<void> {
  const runId = live.getState().run?.run_id;
  if (!runId || live.getState().log.length > 0) return;
  try {
    const lines = await getLog(runId);
    live.setState((state) => withLog(state, runId, lines));
  } catch {
    // The log of an old run is not worth an alarm.
  }
}
