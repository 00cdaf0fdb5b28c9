import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { resourcesQuery } from "@/data/resources";
import { Checkbox, ConfirmDialog, toast } from "@/ui";
import { useEditor, useLive } from "../editor";
import { t } from "../texts";
import { type Target, undeploy } from "./calls";
import { claimsOf } from "./claims";
import { placeOf } from "./targets";

/** Takes everything off a cluster again; data only when it is asked for by name. */
export function UndeployDialog({ target, onClose }: { target: Target; onClose: () => void }) {
  const { view } = useEditor();
  const nodes = useLive((state) => state.nodes);
  const found = useQuery({
    ...resourcesQuery(
      { cluster: target.cluster ?? undefined, namespace: target.namespace, kind: "PersistentVolumeClaim" },
      1,
    ),
    enabled: target.cluster !== null,
  });
  const claims = claimsOf(nodes, target.namespace, found.data?.resources ?? []);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    try {
      await undeploy(
        target.id,
        claims.filter((claim) => chosen.has(claim)),
      );
      toast.note(t.operate.undeploy.started);
      view.setState({ drawer: "run" });
      onClose();
    } catch (error) {
      toast.failed(error);
      setBusy(false);
    }
  };
  const toggle = (claim: string, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(claim);
    else next.delete(claim);
    setChosen(next);
  };
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.operate.undeploy.title(placeOf(target))}
      description={t.operate.undeploy.text(target.object_count)}
      action={t.operate.undeploy.action}
      isBusy={isBusy}
      onConfirm={() => void start()}
    >
      {claims.length > 0 && (
        <div className="mt-3 flex flex-col gap-2">
          <p className="text-sm text-ink-2">{t.operate.undeploy.claims}</p>
          {claims.map((claim) => (
            <Checkbox
              key={claim}
              isOn={chosen.has(claim)}
              label={t.operate.undeploy.claim(claim)}
              onChange={(isOn) => toggle(claim, isOn)}
            />
          ))}
        </div>
      )}
    </ConfirmDialog>
  );
}
