import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, CircleCheck, CircleDashed, ExternalLink, TriangleAlert } from "lucide-react";
import { backLinkClass, Page } from "@/app/page";
import { useSession } from "@/auth/session";
import { type Plugin, pluginQuery, type Requirement } from "@/data/plugins";
import { t } from "@/texts";
import { Card, CopyButton, cn, ErrorState, Notice, SkeletonRows } from "@/ui";
import { ClusterChoice } from "./cluster-choice";
import { PluginMarks } from "./marks";
import { CallAgain, SwitchesForAll } from "./switches";

const back = (
  <Link to="/plugins" search={{}} className={backLinkClass}>
    <ChevronLeft />
    {t.plugins.back}
  </Link>
);

export function PluginPage() {
  const { pluginId } = useParams({ from: "/member/plugins/$pluginId" });
  const { cluster } = useSearch({ from: "/member/plugins/$pluginId" });
  const found = useQuery(pluginQuery(pluginId, cluster));
  if (found.isPending)
    return (
      <Page title={t.plugins.title} back={back}>
        <Card>
          <SkeletonRows count={6} />
        </Card>
      </Page>
    );
  if (found.isError)
    return (
      <Page title={t.plugins.title} back={back}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  return <Detail plugin={found.data} cluster={cluster} />;
}

function Detail({ plugin, cluster }: { plugin: Plugin; cluster: string | undefined }) {
  const isAdmin = useSession((state) => state.user?.role === "admin");
  // Of what could not be read nobody knows what it brings.
  const isEmpty = plugin.broken && plugin.node_types.length === 0;
  return (
    <Page
      title={plugin.display_name}
      subtitle={plugin.description}
      back={back}
      marks={<PluginMarks plugin={plugin} />}
    >
      {plugin.broken && (
        <div className="mb-4">
          <Notice className="flex flex-wrap items-center gap-3">
            <span className="min-w-0 flex-1">
              <span className="block font-medium break-words">{plugin.problem}</span>
              {t.plugins.brokenText}
            </span>
            {plugin.is_stopped && <CallAgain plugin={plugin} />}
          </Notice>
        </div>
      )}
      <div className={cn("grid items-start gap-4", !isEmpty && "lg:grid-cols-[minmax(0,1fr)_20rem]")}>
        <div className="flex min-w-0 flex-col gap-4 empty:hidden">
          {!isEmpty && <Kinds plugin={plugin} />}
          {!isEmpty && <Needs plugin={plugin} cluster={cluster} />}
        </div>
        <Card className="flex flex-col gap-4 p-4">
          <SwitchesForAll plugin={plugin} isAdmin={isAdmin} />
          <div className="border-t border-line pt-3 text-xs text-ink-2">
            <p>{t.plugins.origin[plugin.origin]}</p>
            <p className="mt-1 text-ink-3">
              {[
                plugin.version && t.plugins.version(plugin.version),
                plugin.author && t.plugins.by(plugin.author),
              ]
                .filter(Boolean)
                .join(" ")}
            </p>
            {plugin.homepage && <Outside url={plugin.homepage} label={t.plugins.homepage} className="mt-2" />}
          </div>
        </Card>
      </div>
    </Page>
  );
}

function Outside({ url, label, className = "" }: { url: string; label: string; className?: string }) {
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className={`inline-flex items-center gap-1 text-xs text-ink-2 underline underline-offset-2 hover:text-ink ${className}`}
    >
      {label}
      <ExternalLink aria-hidden className="size-3" />
    </a>
  );
}

function Kinds({ plugin }: { plugin: Plugin }) {
  return (
    <Card>
      <h2 className="px-4 pt-3.5 text-sm font-semibold">{t.plugins.inside}</h2>
      {plugin.node_types.length === 0 && plugin.webhook_targets.length === 0 && (
        <p className="px-4 pt-1 pb-4 text-xs text-ink-2">{t.plugins.noKinds}</p>
      )}
      <ul className="divide-y divide-line">
        {plugin.node_types.map((type) => (
          <li key={type.type} className="px-4 py-3">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="text-sm font-medium">{type.display_name}</span>
              <span className="font-mono text-2xs break-all text-ink-3">
                {type.api_version} {type.kind}
              </span>
            </div>
            <p className="mt-0.5 text-xs text-pretty text-ink-2">{type.description}</p>
            {type.source_url && <Outside url={type.source_url} label={t.plugins.source} className="mt-1" />}
          </li>
        ))}
        {plugin.webhook_targets.map((target) => (
          <li key={target.id} className="px-4 py-3">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="text-sm font-medium">{target.display_name}</span>
              <span className="text-2xs text-ink-3">{t.plugins.target}</span>
            </div>
            <p className="mt-0.5 text-xs text-pretty text-ink-2">{target.description}</p>
            {target.source_url && (
              <Outside url={target.source_url} label={t.plugins.source} className="mt-1" />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Needs({ plugin, cluster }: { plugin: Plugin; cluster: string | undefined }) {
  const navigate = useNavigate({ from: "/plugins/$pluginId" });
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3">
        <h2 className="text-sm font-semibold">{t.plugins.needs}</h2>
        {plugin.requirements.length > 0 && (
          <ClusterChoice
            cluster={cluster}
            onChange={(next) => void navigate({ search: { cluster: next }, replace: true })}
          />
        )}
      </div>
      {plugin.requirements.length === 0 && (
        <p className="px-4 pt-1 pb-4 text-xs text-ink-2">{t.plugins.needsNothing}</p>
      )}
      <ul className="divide-y divide-line">
        {plugin.requirements.map((each) => (
          <Need key={each.name} requirement={each} />
        ))}
      </ul>
    </Card>
  );
}

function Need({ requirement }: { requirement: Requirement }) {
  const { is_met: isMet } = requirement;
  return (
    <li className="flex gap-3 px-4 py-3" data-testid="requirement">
      {isMet === null ? (
        <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
      ) : isMet ? (
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok-ink" />
      ) : (
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn-ink" />
      )}
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{requirement.name}</p>
        <p className="text-xs text-ink-2">
          {isMet === null
            ? t.plugins.unknown
            : isMet
              ? t.plugins.met
              : t.plugins.notMet(requirement.missing.join(", "))}
        </p>
        {!isMet && requirement.install && (
          <div className="mt-2 flex items-start gap-2 rounded-md bg-sunken px-3 py-2">
            <code className="min-w-0 flex-1 font-mono text-2xs break-words whitespace-pre-wrap text-ink-2">
              {requirement.install}
            </code>
            <CopyButton text={requirement.install} label={t.plugins.copyInstall} />
          </div>
        )}
        {requirement.url && <Outside url={requirement.url} label={t.plugins.install} className="mt-2" />}
      </div>
    </li>
  );
}
