import { Link, useSearch } from "@tanstack/react-router";
import { type Import, useImportProgress } from "@/data/imports";
import { t } from "@/texts";
import { Button, Card, ErrorState, Spinner } from "@/ui";

/** A repository on its way: which step it is at, and what git says. */
export function Fetching({ session }: { session: Import }) {
  const progress = useImportProgress(session.id);
  const percent = progress?.percent ?? null;
  return (
    <Card className="mx-auto mt-10 w-full max-w-xl p-6">
      <div className="flex items-center gap-3" role="status">
        <Spinner />
        <h2 className="text-base font-semibold">
          {progress ? t.imports.stages[progress.stage] : t.imports.waiting}
        </h2>
        {percent !== null && <span className="ml-auto text-sm tabular-nums text-ink-2">{percent} %</span>}
      </div>
      <div
        role="progressbar"
        aria-label={t.imports.stages.fetching}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { "aria-valuenow": percent })}
        className="mt-4 h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300"
          style={{ width: `${percent ?? (progress?.stage === "looking" ? 100 : 4)}%` }}
        />
      </div>
      <p className="mt-3 truncate font-mono text-xs text-ink-3">{progress?.message ?? session.source.name}</p>
    </Card>
  );
}

export function FetchFailed({ session }: { session: Import }) {
  const { into } = useSearch({ from: "/member/import/$importId" });
  const { name: url, ref, path } = session.source;
  return (
    <ErrorState
      error={new Error(session.error)}
      title={t.imports.fetchFailed}
      actions={
        <Button asChild>
          <Link to="/import" search={{ into, by: "git", url, ref, path }}>
            {t.imports.another}
          </Link>
        </Button>
      }
    />
  );
}
