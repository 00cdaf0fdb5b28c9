/** Keeps the live store fed from the status stream for as long as the editor is open. */

import { useEffect } from "react";
import { openEventStream } from "@/api/stream";
import { getLog } from "../api/calls";
import { useEditor, useView } from "../editor";
import { NOTHING, type StreamEvent, withLog } from "../model/live";
import type { LiveStore } from "../stores/live";

const KNOWN = new Set(["snapshot", "run", "node", "log"]);

export function useLiveStatus(): void {
  const { live, view, workflow } = useEditor();
  const targetId = useView((state) => state.targetId);
  useEffect(() => {
    const query = targetId ? `?target=${encodeURIComponent(targetId)}` : "";
    const stream = openEventStream(`/workflows/${encodeURIComponent(workflow.id)}/status/stream${query}`, {
      onState: (line) => live.setState({ line }),
      onError: (error) => {
        // A place that is gone, or no longer shared: back to where it ran last.
        if (targetId && (error.isMissing || error.status === 403)) view.setState({ targetId: null });
      },
      onEvent: (event) => {
        if (!KNOWN.has(event.type)) return;
        live.getState().receive({ type: event.type, data: event.data } as StreamEvent);
        if (event.type === "snapshot") void catchUp(live);
      },
    });
    return () => {
      stream.close();
      live.setState(NOTHING);
    };
  }, [live, view, workflow.id, targetId]);
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
