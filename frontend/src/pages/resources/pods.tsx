import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText, SquareTerminal } from "lucide-react";
import type { ReactNode } from "react";
import type { ResourceTab } from "@/app/search";
import { podsQuery, type Resource } from "@/data/resources";
import { t } from "@/texts";
import {
  aboveRowClass,
  Card,
  Cell,
  cn,
  ErrorState,
  HeadCell,
  Row,
  rowLinkClass,
  SkeletonRows,
  StatusLabel,
  Table,
  Time,
} from "@/ui";
import { HEALTH_TONES } from "./kinds";

/** The pods of a workload, a service or a node. */
export function Pods({ id }: { id: string }) {
  const pods = useQuery(podsQuery(id));
  if (pods.isPending) {
    return (
      <Card>
        <SkeletonRows count={3} />
      </Card>
    );
  }
  if (pods.isError && !pods.data)
    return <ErrorState error={pods.error} onRetry={() => void pods.refetch()} />;
  if (pods.data.pods.length === 0) {
    return <Card className="px-4 py-8 text-center text-sm text-ink-3">{t.resources.noPods}</Card>;
  }
  return (
    <Table label={t.resources.pods}>
      <thead>
        <tr>
          <HeadCell className="w-full">{t.resources.columns.name}</HeadCell>
          <HeadCell>{t.resources.columns.status}</HeadCell>
          <HeadCell className="hidden md:table-cell">{t.resources.columns.summary}</HeadCell>
          <HeadCell className="hidden lg:table-cell">{t.resources.node}</HeadCell>
          <HeadCell className="hidden text-right sm:table-cell">{t.resources.age}</HeadCell>
          <HeadCell>
            <span className="sr-only">{t.ui.more}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {pods.data.pods.map((pod) => (
          <PodRow key={pod.id} pod={pod} />
        ))}
      </tbody>
    </Table>
  );
}

function PodRow({ pod }: { pod: Resource }) {
  return (
    <Row data-testid="pod-row">
      <Cell className="w-full max-w-0">
        <Link
          to="/resources/$resourceId"
          params={{ resourceId: pod.id }}
          search={{}}
          className={cn(rowLinkClass, "block truncate")}
        >
          {pod.name}
        </Link>
      </Cell>
      <Cell>
        <StatusLabel tone={HEALTH_TONES[pod.health]} isLive={pod.health === "progressing"}>
          {pod.status}
        </StatusLabel>
      </Cell>
      <Cell className="hidden max-w-72 truncate text-xs text-ink-3 md:table-cell" title={pod.summary}>
        {pod.summary}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 lg:table-cell">{pod.node}</Cell>
      <Cell className="hidden text-right text-xs whitespace-nowrap text-ink-3 sm:table-cell">
        <Time value={pod.created_at} className={aboveRowClass} />
      </Cell>
      <Cell className="py-1 pr-2 pl-0 whitespace-nowrap">
        <PodLink pod={pod} tab="logs" label={t.resources.openLogs} icon={<FileText />} />
        {pod.actions.includes("terminal") && (
          <PodLink pod={pod} tab="terminal" label={t.resources.openTerminal} icon={<SquareTerminal />} />
        )}
      </Cell>
    </Row>
  );
}

function PodLink({
  pod,
  tab,
  label,
  icon,
}: {
  pod: Resource;
  tab: ResourceTab;
  label: string;
  icon: ReactNode;
}) {
  return (
    <Link
      to="/resources/$resourceId"
      params={{ resourceId: pod.id }}
      search={{ tab }}
      title={label}
      aria-label={`${label}: ${pod.name}`}
      className={cn(
        aboveRowClass,
        "inline-grid size-7 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink [&_svg]:size-4",
      )}
    >
      {icon}
    </Link>
  );
}
