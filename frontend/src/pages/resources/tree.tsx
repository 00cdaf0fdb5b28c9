import { Link } from "@tanstack/react-router";
import type { ResourceDetail } from "@/data/resources";
import { t } from "@/texts";
import { cn, StatusDot } from "@/ui";
import { branchesOf } from "./branches";
import { HEALTH_TONES } from "./kinds";

/** What it belongs to and what belongs to it; each a way to go on. */
export function OwnerTree({ resource }: { resource: ResourceDetail }) {
  const branches = branchesOf(resource);
  if (branches.length === 1) return <p className="text-sm text-ink-3">{t.resources.treeOnly}</p>;
  return (
    <>
      <ul className="-mx-1.5 flex flex-col" data-testid="owner-tree">
        {branches.map(({ item, depth, isThis }) => (
          <li key={item.id} style={{ paddingLeft: depth * 14 }}>
            <Link
              to="/resources/$resourceId"
              params={{ resourceId: item.id }}
              search={{}}
              aria-current={isThis ? "page" : undefined}
              title={`${item.kind} ${item.name}: ${item.status}`}
              className={cn(
                "flex items-center gap-2 rounded-md px-1.5 py-1 text-xs hover:bg-hover",
                isThis && "bg-active font-medium",
              )}
            >
              <StatusDot tone={HEALTH_TONES[item.health]} />
              <span className="shrink-0 text-ink-2">{item.kind}</span>
              <span className="truncate">{item.name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {resource.tree.is_cut && <p className="mt-2 text-xs text-ink-3">{t.resources.treeCut}</p>}
    </>
  );
}
