import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { LayoutTemplate } from "lucide-react";
import { Gallery } from "@/app/gallery";
import { type Stack, stacksQuery } from "@/data/templates";
import { t } from "@/texts";
import { Badge } from "@/ui";
import { StackIcon } from "./icon";

/** Search and category stand in the address. */
export function TemplatesPage() {
  const search = useSearch({ from: "/member/templates" });
  const navigate = useNavigate({ from: "/templates" });
  const change = (next: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  return (
    <Gallery
      words={t.templates}
      icon={<LayoutTemplate />}
      list={useQuery(stacksQuery)}
      narrowed={search}
      onNarrow={change}
      onShowAll={() => change({ q: undefined, category: undefined })}
      wordsOf={(stack) => `${stack.display_name} ${stack.description} ${stack.category}`}
      columns="sm:grid-cols-2 lg:grid-cols-3"
      card={(stack) => <StackCard stack={stack} />}
    />
  );
}

function StackCard({ stack }: { stack: Stack }) {
  const mark = t.templates.origin[stack.origin];
  return (
    <Link
      to="/templates/$templateId"
      params={{ templateId: stack.id }}
      className="group flex h-full gap-3 rounded-lg border border-line bg-surface p-4 shadow-sm transition-colors hover:border-line-strong hover:bg-hover"
    >
      <StackIcon icon={stack.icon} category={stack.category} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-center gap-2">
          <span className="truncate text-sm font-medium">{stack.display_name}</span>
          {mark && <Badge>{mark}</Badge>}
        </span>
        <span className="mt-0.5 line-clamp-2 text-xs text-pretty text-ink-2">{stack.description}</span>
        <span className="mt-auto pt-2 text-2xs text-ink-3">
          {stack.category} · {t.templates.nodes(stack.nodes.length)}
        </span>
      </span>
    </Link>
  );
}
