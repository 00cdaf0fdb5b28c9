import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { type BuildSummary, isUnderWay, nameOf } from "@/data/builds";
import { BuildStatusLabel, ProgressBar } from "@/live/builds/status";
import { Took } from "@/live/builds/took";
import { t } from "@/texts";
import { aboveRowClass, Cell, cn, HeadCell, IconButton, Menu, Row, rowLinkClass, Table, Time } from "@/ui";
import { useBuildActions } from "./actions";
import { SourceLine } from "./source";

export function BuildTable({ builds }: { builds: readonly BuildSummary[] }) {
  return (
    <Table label={t.builds.title}>
      <thead className="hidden md:table-header-group">
        <tr>
          <HeadCell className="w-1/2 xl:w-1/3">{t.builds.columns.image}</HeadCell>
          <HeadCell className="w-1/2 xl:w-1/3">{t.builds.columns.status}</HeadCell>
          <HeadCell className="hidden w-1/3 xl:table-cell">{t.builds.columns.source}</HeadCell>
          <HeadCell className="text-right">{t.builds.columns.took}</HeadCell>
          <HeadCell>{t.builds.columns.when}</HeadCell>
          <HeadCell className="w-12">
            <span className="sr-only">{t.ui.more}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {builds.map((build) => (
          <BuildRow key={build.id} build={build} />
        ))}
      </tbody>
    </Table>
  );
}

function BuildRow({ build }: { build: BuildSummary }) {
  return (
    <Row data-testid="build-row">
      <Cell className="w-full max-w-0 md:w-1/2 xl:w-1/3">
        <Link
          to="/builds/$buildId"
          params={{ buildId: build.id }}
          search={{}}
          className={cn(rowLinkClass, "block truncate")}
        >
          {nameOf(build)}
        </Link>
        <p className="mt-0.5 truncate font-mono text-xs text-ink-3">{hostOf(build)}</p>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3 md:hidden">
          <BuildStatusLabel build={build} />
          <Time value={build.created_at} />
        </div>
      </Cell>
      <Cell className="hidden w-1/2 max-w-0 md:table-cell xl:w-1/3">
        <BuildStatusLabel build={build} />
        {isUnderWay(build) && build.status !== "queued" && (
          <ProgressBar value={build.progress} className="mt-1.5 w-28" />
        )}
        {build.status === "failed" && (
          <p className="mt-0.5 truncate pl-4 text-xs text-ink-3" title={build.error}>
            {build.error}
          </p>
        )}
      </Cell>
      <Cell className="hidden w-1/3 max-w-0 text-ink-2 xl:table-cell">
        <SourceLine build={build} />
      </Cell>
      <Cell className="hidden text-right whitespace-nowrap text-ink-2 tabular-nums md:table-cell">
        <Took build={build} />
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 md:table-cell">
        <Time value={build.created_at} className={aboveRowClass} />
      </Cell>
      <Cell className="w-12 pr-2 pl-0 text-right">
        <RowMenu build={build} />
      </Cell>
    </Row>
  );
}

function hostOf({ image }: BuildSummary): string {
  return image.slice(0, image.length - nameOf({ image, tag: "" }).length).replace(/\/$/, "");
}

function RowMenu({ build }: { build: BuildSummary }) {
  const { items } = useBuildActions(build);
  return (
    <Menu
      trigger={
        <IconButton
          label={t.builds.actionsFor(nameOf(build))}
          hideTooltip
          className={cn(
            aboveRowClass,
            "md:opacity-60 md:group-hover:opacity-100 md:focus-visible:opacity-100",
          )}
        >
          <MoreHorizontal />
        </IconButton>
      }
      items={items}
    />
  );
}
