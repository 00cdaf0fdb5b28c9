import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatBytes } from "@/data/amounts";
import { type Build, isUnderWay, pinned } from "@/data/builds";
import { Took } from "@/live/builds/took";
import { t } from "@/texts";
import { CopyButton, Time } from "@/ui";

const words = t.builds.facts;
const linkClass = "rounded-sm text-accent-ink hover:underline";

/** What came of it, in one row. */
export function Facts({ build }: { build: Build }) {
  const image = pinned(build);
  return (
    <dl
      aria-label={words.label}
      className="mb-3 flex shrink-0 flex-wrap items-center gap-x-6 gap-y-1.5 text-sm"
    >
      <Fact name={words.image} className="max-w-full">
        <span className="truncate font-mono text-xs" title={image || build.image}>
          {build.image}
          {build.digest && <span className="text-ink-3">@{build.digest.slice(0, 19)}…</span>}
        </span>
        {image ? (
          <CopyButton text={image} label={t.builds.copyImage} />
        ) : (
          <span className="text-xs text-ink-3">
            {isUnderWay(build) ? t.builds.noDigestYet : t.builds.notPushed}
          </span>
        )}
      </Fact>
      {build.size !== null && <Fact name={words.size}>{formatBytes(build.size)}</Fact>}
      {build.revision && (
        <Fact name={words.commit}>
          <span className="font-mono text-xs" title={build.revision}>
            {build.revision.slice(0, 10)}
          </span>
        </Fact>
      )}
      <Fact name={words.took}>
        <span className="tabular-nums">
          <Took build={build} />
        </span>
      </Fact>
      <Fact name={words.started}>
        <Time value={build.created_at} />
      </Fact>
      {build.started_by && <Fact name={words.by}>{build.started_by}</Fact>}
      {build.workflow_id && (
        <Fact name={words.workflow}>
          <Link
            to="/workflows/$workflowId"
            params={{ workflowId: build.workflow_id }}
            search={build.node_id ? { node: build.node_id } : {}}
            className={linkClass}
          >
            {t.builds.openWorkflow}
          </Link>
        </Fact>
      )}
      {build.retry_of && (
        <Fact name={words.retryOf}>
          <Link to="/builds/$buildId" params={{ buildId: build.retry_of }} search={{}} className={linkClass}>
            {t.builds.retryOf}
          </Link>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, className = "", children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className={`flex min-w-0 items-center gap-1.5 ${className}`}>
      <dt className="shrink-0 text-xs text-ink-3">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">{children}</dd>
    </div>
  );
}
