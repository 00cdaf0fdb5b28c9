import type { WorkflowStatus } from "@/data/workflows";
import { t } from "@/texts";
import { Badge, type Tone } from "@/ui";

const tones: Record<WorkflowStatus, Tone> = { draft: "neutral", published: "accent", archived: "neutral" };

export function StatusBadge({ status }: { status: WorkflowStatus }) {
  const isArchived = status === "archived";
  return (
    <Badge
      tone={tones[status]}
      className={isArchived ? "bg-transparent text-ink-3 ring-1 ring-line ring-inset" : ""}
    >
      {t.workflows.status[status]}
    </Badge>
  );
}
