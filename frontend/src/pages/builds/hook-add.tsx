import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type BuildSummary, buildQuery, buildsQuery, nameOf } from "@/data/builds";
import { type NewHook, type Provider, useAddHook } from "@/data/hooks";
import { t } from "@/texts";
import { ErrorState, Field, FormDialog, Notice, Segmented, Select, Skeleton } from "@/ui";
import { sourceWords } from "./source";

const words = t.hooks;
const PROVIDERS = (["github", "gitlab"] as const).map((value) => ({ value, label: words.providers[value] }));
const SEEN = 100;

interface AddProps {
  /** What is built again; empty to choose among the last ones. */
  buildId: string;
  onClose: () => void;
  onAdded: (hook: NewHook) => void;
}

export function AddHook({ buildId, onClose, onAdded }: AddProps) {
  const navigate = useNavigate();
  const list = useQuery(buildsQuery({ limit: SEEN }));
  const named = useQuery({ ...buildQuery(buildId), enabled: buildId !== "" });
  const builds = distinct([...(named.data ? [named.data] : []), ...(list.data?.builds ?? [])]);
  const [chosen, setChosen] = useState(buildId);
  const [provider, setProvider] = useState<Provider | null>(null);
  const add = useAddHook();
  const build = builds.find((each) => each.id === chosen) ?? (chosen === "" ? builds[0] : undefined);
  const isWithoutBuild = list.isSuccess && builds.length === 0;
  const host = provider ?? (build?.source.git_url?.includes("gitlab") ? "gitlab" : "github");
  return (
    <FormDialog
      id="hook-add"
      title={words.add}
      description={words.addText}
      action={isWithoutBuild ? t.builds.new : words.addAction}
      isBusy={add.isPending}
      onClose={onClose}
      onSubmit={async (event) => {
        event.preventDefault();
        if (isWithoutBuild) await navigate({ to: "/builds/new", search: {} });
        if (build) add.mutate({ buildId: build.id, provider: host }, { onSuccess: onAdded });
      }}
      problem={add.error?.message ?? named.error?.message ?? null}
    >
      {list.isPending ? (
        <Skeleton className="h-16" />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} className="py-4" />
      ) : builds.length === 0 ? (
        <Notice tone="info">{words.noGit}</Notice>
      ) : (
        <>
          <Field label={words.what}>
            <Select
              value={build?.id}
              placeholder={words.chooseBuild}
              onValueChange={setChosen}
              options={builds.map((each) => ({
                value: each.id,
                label: sourceWords({ source: each.source, revision: "" }),
                note: nameOf(each),
              }))}
            />
          </Field>
          <div className="flex flex-col gap-1.5">
            <span className="text-sm font-medium">{words.provider}</span>
            <Segmented
              className="self-start"
              label={words.provider}
              value={host}
              onValueChange={setProvider}
              options={PROVIDERS}
            />
          </div>
        </>
      )}
    </FormDialog>
  );
}

/** Of builds that are alike the newest. */
function distinct(builds: readonly BuildSummary[]): BuildSummary[] {
  const found = new Map<string, BuildSummary>();
  for (const build of builds) {
    if (build.source.kind !== "git") continue;
    const { git_url, ref, subdirectory, submodules } = build.source;
    const like = [git_url, ref, subdirectory, submodules, build.image, build.tag, build.node_id].join("\n");
    if (!found.has(like)) found.set(like, build);
  }
  return [...found.values()];
}
