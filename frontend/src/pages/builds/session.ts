/** The log of one build from its first line on; what else its stream tells goes to whoever knows the build. */
import type { StreamEvent } from "@/api";
import type { Build } from "@/data/builds";
import { LineSession } from "@/live/logs/lines";
import { type StatusNews, type StepNews, withStatus, withStep } from "./news";

/** More lines than any but the most talkative builds have; the file has them all. */
const KEPT = 100_000;

interface Listener {
  /** The whole, as it is now. */
  onBuild: (build: Build) => void;
  onNews: (change: (build: Build) => Build) => void;
  onEnd: () => void;
}

export class BuildSession extends LineSession<object> {
  /** Up to here the snapshot has it already; only the lines are still of interest. */
  private known = 0;

  constructor(
    id: string,
    private readonly listener: Listener,
  ) {
    super(`/builds/${encodeURIComponent(id)}/stream`, KEPT, {});
  }

  protected hear({ id, type, data }: StreamEvent): void {
    switch (type) {
      case "snapshot": {
        const { build, cursor } = data as { build: Build; cursor: number };
        this.known = cursor;
        this.restart({});
        this.listener.onBuild(build);
        return;
      }
      case "line": {
        const { stage, text, time } = data as { stage: string; text: string; time: string };
        this.keep({ kind: "line", pod: stage, container: "", time, text });
        return;
      }
      case "step":
        if (this.isNews(id)) {
          const now = new Date().toISOString();
          this.listener.onNews((build) => withStep(build, data as StepNews, now));
        }
        return;
      case "status":
        if (this.isNews(id)) {
          const now = new Date().toISOString();
          this.listener.onNews((build) => withStatus(build, data as StatusNews, now));
        }
        return;
      case "done":
        this.end("");
        this.listener.onEnd();
        return;
    }
  }

  private isNews(id: string | undefined): boolean {
    return Number(id) > this.known;
  }
}
