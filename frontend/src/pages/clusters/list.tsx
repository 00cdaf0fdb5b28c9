import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import type { Cluster } from "@/data/clusters";
import { t } from "@/texts";
import {
  aboveRowClass,
  Cell,
  cn,
  HeadCell,
  IconButton,
  Menu,
  Row,
  rowLinkClass,
  Spinner,
  Table,
  Time,
} from "@/ui";
import { type Asked, useClusterActions } from "./actions";
import { ClusterBadges, ClusterStatus, reasonOf } from "./status";

interface ListProps {
  clusters: readonly Cluster[];
  onOpen: (cluster: Cluster) => void;
  onAsk: (asked: Asked) => void;
}

export function ClusterTable({ clusters, onOpen, onAsk }: ListProps) {
  return (
    <Table label={t.clusters.title}>
      <thead className="hidden md:table-header-group">
        <tr>
          <HeadCell className="w-full">{t.clusters.columns.name}</HeadCell>
          <HeadCell>{t.clusters.columns.status}</HeadCell>
          <HeadCell className="hidden xl:table-cell">{t.clusters.columns.version}</HeadCell>
          <HeadCell className="hidden text-right lg:table-cell">{t.clusters.columns.nodes}</HeadCell>
          <HeadCell className="hidden lg:table-cell">{t.clusters.columns.checked}</HeadCell>
          <HeadCell className="w-12">
            <span className="sr-only">{t.ui.more}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {clusters.map((cluster) => (
          <ClusterRow key={cluster.id} cluster={cluster} onOpen={onOpen} onAsk={onAsk} />
        ))}
      </tbody>
    </Table>
  );
}

function ClusterRow({ cluster, onOpen, onAsk }: Omit<ListProps, "clusters"> & { cluster: Cluster }) {
  const actions = useClusterActions(cluster, onAsk, () => onOpen(cluster));
  const reason = reasonOf(cluster);
  return (
    <Row>
      <Cell className="w-full max-w-0 md:min-w-60">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/clusters/$name"
            params={{ name: cluster.name }}
            search={{}}
            className={cn(rowLinkClass, "max-w-full truncate")}
          >
            {cluster.display_name || cluster.name}
          </Link>
          <ClusterBadges cluster={cluster} />
        </div>
        <p className={cn("mt-0.5 truncate text-xs text-ink-3", cluster.access !== "practice" && "font-mono")}>
          {cluster.access === "practice" ? t.clusters.practiceServer : cluster.server}
        </p>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3 md:hidden">
          <ClusterStatus cluster={cluster} />
          <span>{reason || cluster.version}</span>
        </div>
      </Cell>
      <Cell className="hidden whitespace-nowrap md:table-cell">
        <ClusterStatus cluster={cluster} />
        {reason && <p className="mt-0.5 pl-4 text-xs text-ink-3">{reason}</p>}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 xl:table-cell">{cluster.version || "–"}</Cell>
      <Cell className="hidden text-right text-ink-2 tabular-nums lg:table-cell">
        {cluster.node_count ?? "–"}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 lg:table-cell">
        <Time value={cluster.checked_at} className={aboveRowClass} />
      </Cell>
      <Cell className="w-12 pr-2 pl-0 text-right">
        <Menu
          trigger={
            <IconButton
              label={t.clusters.actionsFor(cluster.name)}
              hideTooltip
              className={cn(
                aboveRowClass,
                "md:opacity-60 md:group-hover:opacity-100 md:focus-visible:opacity-100",
              )}
            >
              {actions.isTesting ? <Spinner /> : <MoreHorizontal />}
            </IconButton>
          }
          items={actions.items}
        />
      </Cell>
    </Row>
  );
}
