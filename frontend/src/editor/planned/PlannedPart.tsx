import { useView } from "../editor";
import { PlanRows } from "../run/PlanView";
import { t } from "../texts";

/** In the settings of a node, while a plan lies over the picture: what a run would change of its objects. */
export function PlannedPart({ nodeId }: { nodeId: string }) {
  const planned = useView((state) => state.planned);
  const rows = planned?.byNode[nodeId];
  if (!planned || !rows) return null;
  return (
    <section
      aria-label={t.planned.part}
      className="border-b border-line px-4 py-3"
      data-testid="planned-part"
    >
      <h3 className="text-xs font-medium">{t.planned.part}</h3>
      <p className="mb-2 text-2xs text-ink-3">{t.operate.target.place(planned.cluster, planned.namespace)}</p>
      <PlanRows rows={rows} isOpen />
    </section>
  );
}
