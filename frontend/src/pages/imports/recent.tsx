import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { recentImportsQuery, useForgetImport } from "@/data/imports";
import { t } from "@/texts";
import { Badge, Card, IconButton, Spinner, Time, toast } from "@/ui";

/** What was looked through lately and may be gone on with. */
export function Recent({ into }: { into: string | undefined }) {
  const recent = useQuery(recentImportsQuery);
  const forget = useForgetImport();
  const found = recent.data?.imports ?? [];
  if (found.length === 0) return null;
  return (
    <section aria-label={t.imports.recent}>
      <h2 className="mb-2 text-sm font-medium">
        {t.imports.recent} <span className="font-normal text-ink-3">· {t.imports.expires}</span>
      </h2>
      <Card className="divide-y divide-line">
        {found.map((each) => (
          <div key={each.id} className="flex items-center pr-2 hover:bg-hover">
            <Link
              to="/import/$importId"
              params={{ importId: each.id }}
              search={{ into }}
              className="flex min-w-0 flex-1 items-center gap-3 py-2.5 pr-2 pl-4 text-sm"
            >
              <span className="min-w-0 flex-1 truncate">{each.source.name}</span>
              {each.status === "failed" && <Badge tone="bad">{t.imports.failed}</Badge>}
              {each.status === "analyzing" && <Spinner />}
              <span className="text-xs text-ink-3">
                <Time value={each.created_at} />
              </span>
            </Link>
            <IconButton
              label={t.imports.forget(each.source.name)}
              onClick={() => forget.mutate(each.id, { onError: toast.failed })}
            >
              <X />
            </IconButton>
          </div>
        ))}
      </Card>
    </section>
  );
}
