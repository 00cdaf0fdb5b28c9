import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, MoreHorizontal, Plug, RotateCw } from "lucide-react";
import { useState } from "react";
import { backLinkClass, Page } from "@/app/page";
import type { ClusterTab } from "@/app/search";
import { type Cluster, clusterQuery, mayManage, useRefreshCluster } from "@/data/clusters";
import { t } from "@/texts";
import { Button, Card, ErrorState, IconButton, Menu, Skeleton, Tabs, Tooltip } from "@/ui";
import { type Asked, useClusterActions } from "./actions";
import { AskedDialog } from "./asked-dialog";
import { ConnectionLog } from "./log";
import { Offers } from "./offers";
import { Overview } from "./overview";
import { Permissions } from "./permissions";
import { Sharing } from "./sharing";
import { ClusterBadges, ClusterStatus } from "./status";

/** One cluster: how it is, what it is made of, who may use it. */
export function ClusterPage() {
  const { name } = useParams({ from: "/member/clusters/$name" });
  const cluster = useQuery({ ...clusterQuery(name), refetchInterval: 20_000 });
  if (cluster.data) return <Open cluster={cluster.data} />;
  return (
    <Page title={name} back={<Back />}>
      {cluster.isError ? (
        <ErrorState error={cluster.error} onRetry={() => void cluster.refetch()} />
      ) : (
        <div role="status" aria-label={t.ui.loading} className="grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-64" />
          <Skeleton className="h-64" />
        </div>
      )}
    </Page>
  );
}

function Back() {
  return (
    <Link to="/clusters" search={{}} className={backLinkClass}>
      <ChevronLeft aria-hidden />
      {t.clusters.back}
    </Link>
  );
}

function Open({ cluster }: { cluster: Cluster }) {
  const search = useSearch({ from: "/member/clusters/$name" });
  const navigate = useNavigate({ from: "/clusters/$name" });
  const [asked, setAsked] = useState<Asked>(null);
  return (
    <Page
      title={cluster.display_name || cluster.name}
      back={<Back />}
      marks={
        <>
          <ClusterStatus cluster={cluster} />
          <ClusterBadges cluster={cluster} />
        </>
      }
      subtitle={cluster.description}
      actions={<Actions cluster={cluster} onAsk={setAsked} />}
    >
      <Tabs
        label={cluster.name}
        value={search.tab ?? "overview"}
        onValueChange={(tab) =>
          void navigate({
            search: { tab: tab === "overview" ? undefined : (tab as ClusterTab) },
            replace: true,
          })
        }
        tabs={[
          {
            value: "overview",
            label: t.clusters.tabs.overview,
            content: (
              <Overview cluster={cluster} onReplace={() => setAsked({ kind: "credentials", cluster })} />
            ),
          },
          { value: "offers", label: t.clusters.tabs.offers, content: <Offers name={cluster.name} /> },
          { value: "access", label: t.clusters.tabs.access, content: <Permissions name={cluster.name} /> },
          { value: "log", label: t.clusters.tabs.log, content: <ConnectionLog name={cluster.name} /> },
          ...(mayManage(cluster)
            ? [
                {
                  value: "sharing",
                  label: t.clusters.tabs.sharing,
                  content: (
                    <Card className="max-w-2xl p-4">
                      <Sharing cluster={cluster} />
                    </Card>
                  ),
                },
              ]
            : []),
        ]}
      />
      <AskedDialog
        asked={asked}
        onClose={() => setAsked(null)}
        onRenamed={(name) =>
          void navigate({ to: "/clusters/$name", params: { name }, search: {}, replace: true })
        }
        onDeleted={() => {
          setAsked(null);
          void navigate({ to: "/clusters", search: {}, replace: true });
        }}
      />
    </Page>
  );
}

function Actions({ cluster, onAsk }: { cluster: Cluster; onAsk: (asked: Asked) => void }) {
  const actions = useClusterActions(cluster, onAsk);
  const refresh = useRefreshCluster();
  return (
    <>
      <Tooltip label={t.clusters.refreshHint}>
        <Button
          isBusy={refresh.isPending}
          onClick={() => refresh.mutate(cluster.name)}
          data-testid="cluster-refresh"
        >
          <RotateCw />
          {t.clusters.refresh}
        </Button>
      </Tooltip>
      <Button isBusy={actions.isTesting} onClick={actions.test}>
        <Plug />
        {t.clusters.test}
      </Button>
      <Menu
        trigger={
          <IconButton label={t.clusters.actionsFor(cluster.name)} hideTooltip variant="secondary">
            <MoreHorizontal />
          </IconButton>
        }
        items={actions.items.filter(
          (item) => item === "separator" || !("label" in item) || item.label !== t.clusters.test,
        )}
      />
    </>
  );
}
