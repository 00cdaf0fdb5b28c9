import type { ReactNode } from "react";
import type { Build } from "@/data/builds";
import { t } from "@/texts";
import { Badge, Card } from "@/ui";

const words = t.builds.settings;

/** What was asked for. */
export function Settings({ build }: { build: Build }) {
  const { source } = build;
  const values = Object.entries(build.build_args);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card className="p-4">
        <h2 className="mb-2 text-sm font-semibold">{words.source}</h2>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-sm">
          {source.kind === "git" && (
            <>
              <Item name={words.address}>{source.git_url}</Item>
              <Item name={words.ref}>{source.ref || words.refDefault}</Item>
              {source.subdirectory && <Item name={words.subdirectory}>{source.subdirectory}</Item>}
              {source.submodules && <Item name={words.submodules}>{words.submodulesFetched}</Item>}
            </>
          )}
          {source.kind === "upload" && <Item name={words.archive}>{t.builds.sources.upload}</Item>}
          {source.kind === "inline" && <Item name={words.files}>{(source.files ?? []).join(", ")}</Item>}
          <Item name={words.dockerfile}>{build.dockerfile || words.dockerfileDefault}</Item>
          <Item name={words.target}>{build.target || words.targetDefault}</Item>
          <Item name={words.platforms}>{build.platforms.join(", ") || words.platformsDefault}</Item>
          <Item name={words.engine}>{build.engine}</Item>
        </dl>
      </Card>
      <Card className="p-4">
        <h2 className="mb-2 text-sm font-semibold">{words.arguments}</h2>
        {values.length === 0 ? (
          <p className="text-sm text-ink-3">{words.none}</p>
        ) : (
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1 font-mono text-xs">
            {values.map(([name, value]) => (
              <Item key={name} name={name}>
                {value}
              </Item>
            ))}
          </dl>
        )}
        <h2 className="mt-4 mb-2 text-sm font-semibold">{words.secrets}</h2>
        {build.secret_names.length === 0 ? (
          <p className="text-sm text-ink-3">{words.none}</p>
        ) : (
          <>
            <p className="flex flex-wrap gap-1.5">
              {build.secret_names.map((name) => (
                <Badge key={name} className="font-mono">
                  {name}
                </Badge>
              ))}
            </p>
            <p className="mt-2 text-xs text-ink-3">{words.secretsText}</p>
          </>
        )}
      </Card>
    </div>
  );
}

function Item({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
