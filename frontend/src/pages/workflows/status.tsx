import type { WorkflowStatus } from "@/data/workflows";
import { t } from "@/texts";
import { Badge, type Tone } from "@/ui";

const tones: Record<WorkflowStatus, Tone> = { draft: "neutral", published: "accent", archived: "warn" };

export function StatusBadge({ status }: { status: WorkflowStatus }) {
  return <Badge tone={tones[status]}>{t.workflows.status[status]}</Badge>;
}
