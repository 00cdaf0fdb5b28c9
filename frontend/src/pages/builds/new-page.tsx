import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Hammer } from "lucide-react";
import type { Schemas } from "@/api";
import { type ApiForm, useApiForm } from "@/app/form";
import { Page } from "@/app/page";
import { buildQuery, engineQuery, useStartBuild } from "@/data/builds";
import { type Registry, registriesQuery } from "@/data/registries";
import { t } from "@/texts";
import { Button, Card, ErrorState, Notice, Skeleton } from "@/ui";
import { BackToBuilds } from "./back";
import { type Draft, draftOf, draftSchema, EMPTY, inputOf, refusalOf } from "./draft";
import { ImageFields } from "./image-fields";
import { OptionFields } from "./option-fields";
import { SourceFields } from "./source-fields";

const words = t.builds.form;

export type BuildForm = ApiForm<Draft>;

/** The form of a build; `?from=` begins it as an earlier one was. */
export function NewBuildPage() {
  const { from } = useSearch({ from: "/member/builds/new" });
  const earlier = useQuery({ ...buildQuery(from ?? ""), enabled: from !== undefined });
  const registries = useQuery(registriesQuery(1));
  const failed = earlier.error ?? registries.error;
  const isReady = registries.data && (from === undefined || earlier.data);
  return (
    <Page title={words.title} subtitle={words.subtitle} isForm back={<BackToBuilds />}>
      {isReady ? (
        <Form
          key={from ?? ""}
          registries={registries.data.registries}
          initial={earlier.data ? draftOf(earlier.data) : withDefault(registries.data.registries)}
        />
      ) : failed ? (
        <ErrorState error={failed} onRetry={() => void (earlier.error ? earlier : registries).refetch()} />
      ) : (
        <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-4">
          <Skeleton className="h-64" />
          <Skeleton className="h-40" />
        </div>
      )}
    </Page>
  );
}

function builtBy({ name, version, has_buildkit }: Schemas["BuildEngineOut"]): string {
  const kind = has_buildkit ? words.withBuildkit : words.withoutBuildkit;
  return [words.builtBy(words.engines[name] ?? name, version), name === "docker" && kind]
    .filter(Boolean)
    .join(" ");
}

function withDefault(registries: readonly Registry[]): Draft {
  const chosen = registries.find((each) => each.is_default) ?? registries[0];
  return { ...EMPTY, registry_id: chosen?.id ?? "" };
}

/** That of an earlier build may be gone since. */
function withEngineThatIsThere(draft: Draft, names: readonly string[]): Draft {
  return names.length > 1 && names.includes(draft.engine) ? draft : { ...draft, engine: "" };
}

function Form({ registries, initial }: { registries: readonly Registry[]; initial: Draft }) {
  const navigate = useNavigate();
  const start = useStartBuild();
  const form: BuildForm = useApiForm<Draft>(draftSchema, initial, async (draft) => {
    try {
      const { id } = await start.mutateAsync(inputOf(withEngineThatIsThere(draft, engine?.names ?? [])));
      await navigate({ to: "/builds/$buildId", params: { buildId: id }, search: {} });
    } catch (error) {
      throw refusalOf(error, draft);
    }
  });
  const engine = useQuery(engineQuery(form.watch("engine"))).data;
  return (
    <form className="flex flex-col gap-4" onSubmit={form.send} noValidate>
      {engine && !engine.is_configured && <Notice tone="warn">{words.noEngine}</Notice>}
      {engine?.problem && <Notice tone="warn">{words.engineProblem(engine.problem)}</Notice>}
      {registries.length === 0 && (
        <Notice tone="warn">
          {words.noRegistry}{" "}
          <Link to="/registries" search={{}} className="font-medium underline">
            {words.toRegistries}
          </Link>
        </Notice>
      )}
      <Card className="flex flex-col gap-4 p-4 sm:p-5">
        <SourceFields form={form} />
      </Card>
      <Card className="p-4 sm:p-5">
        <ImageFields form={form} registries={registries} />
      </Card>
      <OptionFields form={form} engine={engine} />
      {form.problem && <Notice>{form.problem}</Notice>}
      <div className="flex items-center justify-end gap-2">
        {engine?.is_configured && <p className="mr-auto text-xs text-ink-3">{builtBy(engine)}</p>}
        <Button onClick={() => void navigate({ to: "/builds", search: {} })}>{t.ui.cancel}</Button>
        <Button type="submit" variant="primary" isBusy={form.formState.isSubmitting}>
          <Hammer />
          {words.start}
        </Button>
      </div>
    </form>
  );
}
