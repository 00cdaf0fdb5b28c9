import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { podsQuery, type Resource, type ResourceDetail } from "@/data/resources";
import TerminalView from "@/live/terminal/TerminalView";
import { t } from "@/texts";
import { Card, ErrorState, Select, SkeletonRows } from "@/ui";

interface TabProps {
  resource: ResourceDetail;
  pod: string | undefined;
  onPod: (pod: string | undefined) => void;
}

/** A shell in a pod, or in one of the pods of a workload. */
export default function TerminalTab({ resource, pod, onPod }: TabProps) {
  if (resource.kind === "Pod") return <InPod pod={resource} />;
  return <InWorkload resource={resource} pod={pod} onPod={onPod} />;
}

function InWorkload({ resource, pod, onPod }: TabProps) {
  const pods = useQuery(podsQuery(resource.id));
  if (pods.isPending) return <SkeletonRows count={2} />;
  if (pods.isError && !pods.data)
    return <ErrorState error={pods.error} onRetry={() => void pods.refetch()} />;
  const found = pods.data.pods.filter((each) => each.deleted_at === null);
  const chosen =
    found.find((each) => each.name === pod) ?? found.find((each) => each.health === "healthy") ?? found[0];
  if (!chosen) return <Card className="px-4 py-8 text-center text-sm text-ink-3">{t.resources.noPods}</Card>;
  return (
    <InPod
      key={chosen.id}
      pod={chosen}
      choice={
        <Select
          label={t.resources.choosePod}
          className="w-auto max-w-80"
          value={chosen.name}
          onValueChange={onPod}
          options={found.map((each) => ({ value: each.name, label: each.name, note: each.status }))}
        />
      }
    />
  );
}

function InPod({ pod, choice }: { pod: Resource; choice?: React.ReactNode }) {
  const containers = containersOf(pod);
  const [container, setContainer] = useState<string>();
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2.5">
      {(choice || containers.length > 1) && (
        <div className="flex flex-wrap gap-2">
          {choice}
          {containers.length > 1 && (
            <Select
              label={t.live.terminal.container}
              className="w-auto max-w-56"
              value={container ?? containers[0]}
              onValueChange={setContainer}
              options={containers.map((name) => ({ value: name, label: name }))}
            />
          )}
        </div>
      )}
      <TerminalView resourceId={pod.id} container={container} />
    </div>
  );
}

function containersOf(pod: Resource): string[] {
  const names = pod.facts.containers;
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string") : [];
}
