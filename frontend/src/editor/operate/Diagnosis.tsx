/** Why a node is red, in sentences, and what makes it green again. */

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RotateCw, Stethoscope, TriangleAlert, Wrench } from "lucide-react";
import { useState } from "react";
import { Button, cn, IconButton, Skeleton } from "@/ui";
import { useEditor, useLive, useView } from "../editor";
import type { NodeStatus } from "../model/types";
import { t } from "../texts";
import { type Check, getDiagnostics } from "./calls";
import { FixDialog } from "./FixDialog";

const words = t.operate.diagnosis;

/** Worth asking why: it does not fare well, or takes its time. */
export function isTroubled(status: NodeStatus | undefined): boolean {
  if (!status) return false;
  return (
    status.state === "failed" ||
    status.state === "degraded" ||
    status.health === "degraded" ||
    status.health === "missing"
  );
}

export function Diagnosis({ nodeId }: { nodeId: string }) {
  const status = useLive((state) => state.nodes[nodeId]);
  if (!isTroubled(status)) return null;
  return (
    <Card
      nodeId={nodeId}
      moment={`${status?.state} ${status?.message}`}
      isBad={status?.state !== "degraded"}
    />
  );
}

function Card({ nodeId, moment, isBad }: { nodeId: string; moment: string; isBad: boolean }) {
  const { workflow } = useEditor();
  const targetId = useView((state) => state.targetId) ?? undefined;
  const run = useLive((state) => `${state.run?.run_id} ${state.run?.status}`);
  const [fixing, setFixing] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ["editor", "diagnostics", workflow.id, nodeId, targetId, moment, run],
    queryFn: () => getDiagnostics(workflow.id, nodeId, targetId),
    staleTime: 15_000,
    retry: false,
  });
  const wrong = (found.data?.checks ?? []).filter((check) => check.status !== "pass");
  const passed = (found.data?.checks.length ?? 0) - wrong.length;
  return (
    <section
      aria-label={isBad ? words.titleError : words.titleWarning}
      data-testid="diagnosis"
      className={cn("border-b border-line px-4 py-3", isBad ? "bg-bad-soft/50" : "bg-warn-soft/50")}
    >
      <div className="flex items-center gap-2">
        <Stethoscope
          aria-hidden
          className={cn("size-4 shrink-0", isBad ? "text-bad-ink" : "text-warn-ink")}
        />
        <h3 className="flex-1 text-xs font-semibold">{isBad ? words.titleError : words.titleWarning}</h3>
        <IconButton
          size="sm"
          label={words.again}
          isBusy={found.isFetching}
          onClick={() => void found.refetch()}
        >
          <RotateCw />
        </IconButton>
      </div>
      {found.isPending ? (
        <div role="status" className="mt-2 flex flex-col gap-1.5 text-xs text-ink-3">
          {words.checking}
          <Skeleton className="h-10" />
        </div>
      ) : found.isError ? (
        <p role="alert" className="mt-1 text-xs text-bad-ink">
          {words.failed} {found.error.message}
        </p>
      ) : wrong.length === 0 ? (
        <p className="mt-1 text-xs text-ink-2">{words.none}</p>
      ) : (
        <ul className="mt-2 flex flex-col gap-2">
          {wrong.map((check) => (
            <Finding key={`${check.check} ${check.cause} ${check.message}`} check={check} onFix={setFixing} />
          ))}
        </ul>
      )}
      {passed > 0 && (
        <p className="mt-2 flex items-center gap-1.5 text-2xs text-ink-3">
          <CircleCheck aria-hidden className="size-3.5 text-ok" />
          {words.passed(passed)}
        </p>
      )}
      {fixing && <FixDialog nodeId={nodeId} fixType={fixing} onClose={() => setFixing(null)} />}
    </section>
  );
}

function Finding({ check, onFix }: { check: Check; onFix: (fixType: string) => void }) {
  const { workflow } = useEditor();
  const isError = check.status === "error";
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <li
      className="rounded-lg border border-line bg-surface px-3 py-2.5 shadow-sm"
      data-testid="finding"
      data-cause={check.cause}
    >
      <div className="flex items-start gap-2">
        <Icon aria-hidden className={cn("mt-0.5 size-3.5 shrink-0", isError ? "text-bad" : "text-warn")} />
        <div className="min-w-0 flex-1">
          <p className="text-xs text-pretty break-words">{check.message}</p>
          {check.suggestion && <p className="mt-1 text-xs text-pretty text-ink-2">{check.suggestion}</p>}
        </div>
      </div>
      {check.log.length > 0 && (
        <details className="mt-1.5 pl-5.5">
          <summary className="w-fit cursor-pointer rounded-sm text-2xs text-ink-3 hover:text-ink">
            {words.lastLines}
          </summary>
          <pre className="mt-1 max-h-40 overflow-auto rounded-md bg-sunken px-2 py-1.5 text-2xs whitespace-pre-wrap break-all">
            {check.log.join("\n")}
          </pre>
        </details>
      )}
      {check.fix_type && workflow.role !== "viewer" && (
        <div className="mt-2 pl-5.5">
          <Button
            size="sm"
            variant="primary"
            data-testid="fix-button"
            onClick={() => onFix(check.fix_type ?? "")}
          >
            <Wrench />
            {words.fix}
          </Button>
        </div>
      )}
    </li>
  );
}
