/** In the panel of a build, and of what runs its image: the last builds, and another one. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Hammer } from "lucide-react";
import { useMemo } from "react";
import { type BuildSummary, buildsKey, buildsQuery, isUnderWay, nameOf } from "@/data/builds";
import { BuildStatusLabel, ProgressBar } from "@/live/builds/status";
import { Took } from "@/live/builds/took";
import { Button, Time, Tooltip, toast } from "@/ui";
import { useEditor, useGraph } from "../editor";
import { nodeName } from "../model/names";
import type { GraphNode } from "../model/types";
import { t } from "../texts";
import { buildNode } from "./calls";
import { BUILD, buildsOf, isBuildable } from "./graph";

const words = t.building;
const SHOWN = 3;
const linkClass = "rounded-sm text-accent-ink hover:underline";

export function BuildPart({ node }: { node: GraphNode }) {
  const graph = useGraph((state) => state.graph);
  const builds = useMemo(() => buildsOf(graph, node), [graph, node]);
  return builds.map((build) => <Builds key={build.id} build={build} isOwn={node.type === BUILD} />);
}

function Builds({ build, isOwn }: { build: GraphNode; isOwn: boolean }) {
  const { autosave, workflow } = useEditor();
  const client = useQueryClient();
  const found = useQuery(buildsQuery({ workflow: workflow.id, node: build.id, limit: SHOWN })).data?.builds;
  const [latest] = found ?? [];
  const start = useMutation({
    mutationFn: async () => {
      // What is built is what the server knows of it.
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      return buildNode(workflow.id, build.id);
    },
    onSuccess: () => {
      toast.done(words.started);
      return client.invalidateQueries({ queryKey: [...buildsKey, "list"] });
    },
    onError: toast.failed,
  });
  const title = isOwn ? words.title : words.from(nodeName(build) || words.unnamed);
  const canBuild = isBuildable(build);
  const button = (
    <Button
      size="sm"
      data-testid="build-now"
      isBusy={start.isPending}
      aria-disabled={!canBuild || undefined}
      disabled={latest !== undefined && isUnderWay(latest)}
      onClick={() => canBuild && start.mutate()}
    >
      <Hammer />
      {words.now}
    </Button>
  );
  return (
    <section aria-label={title} className="border-b border-line px-4 py-3" data-testid="node-builds">
      <div className="flex items-center justify-between gap-2">
        <h3 className="truncate text-xs font-medium">{title}</h3>
        {workflow.role !== "viewer" &&
          (canBuild ? button : <Tooltip label={words.noSource}>{button}</Tooltip>)}
      </div>
      {found?.length === 0 && <p className="mt-1 text-xs text-ink-3">{words.none}</p>}
      {found && found.length > 0 && (
        <>
          <ul className="mt-1.5 -mx-2 flex flex-col">
            {found.map((each) => (
              <li key={each.id}>
                <BuildLine build={each} />
              </li>
            ))}
          </ul>
          <p className="mt-1 flex flex-wrap gap-x-4 text-2xs">
            <Link to="/builds" search={{ workflow: workflow.id }} className={linkClass}>
              {words.all}
            </Link>
            {latest && (
              <Link to="/builds/webhooks" search={{ add: latest.id }} className={linkClass}>
                {words.onPush}
              </Link>
            )}
          </p>
        </>
      )}
    </section>
  );
}

/** `isNamed`: among builds of several images. */
export function BuildLine({ build, isNamed = false }: { build: BuildSummary; isNamed?: boolean }) {
  return (
    <Link
      to="/builds/$buildId"
      params={{ buildId: build.id }}
      search={{}}
      aria-label={words.open(nameOf(build))}
      className="block rounded-md px-2 py-1 hover:bg-hover"
    >
      <span className="flex min-w-0 items-center gap-2 text-2xs text-ink-3">
        {isNamed && (
          <span className="min-w-0 flex-1 truncate text-xs font-medium text-ink">{nameOf(build)}</span>
        )}
        <span className="[&_span]:text-xs">
          <BuildStatusLabel build={build} />
        </span>
        <span className="ml-auto shrink-0 tabular-nums">
          <Took build={build} />
        </span>
        <span aria-hidden>·</span>
        <Time value={build.created_at} />
      </span>
      {isUnderWay(build) && build.status !== "queued" && (
        <ProgressBar value={build.progress} className="mt-1" />
      )}
      {build.status === "failed" && (
        <span className="mt-0.5 line-clamp-2 block text-2xs text-bad-ink">{build.error}</span>
      )}
    </Link>
  );
}
