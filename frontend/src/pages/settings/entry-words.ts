/** Entries of the audit record in words, and where what they tell of is shown. */
import type { AuditEntry } from "@/data/audit";
import { t } from "@/texts";

/** `cluster.credentials_changed` becomes "Cluster credentials changed". */
export function wordsOf(action: string): string {
  const words = action.replaceAll(/[._]/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function actorOf(entry: AuditEntry): string {
  if (entry.actor.kind === "system") return t.activity.bySystem;
  return entry.actor.name || entry.actor.id;
}

/** A path of the product; null where it has no page of its own, or where it is gone. */
export function pageOf({ action, object }: AuditEntry): string | null {
  if (!object.id || /\.(deleted|purged|removed)$/.test(action)) return null;
  const id = encodeURIComponent(object.id);
  switch (object.type) {
    case "workflow":
      return `/workflows/${id}`;
    case "cluster":
      return object.name ? `/clusters/${encodeURIComponent(object.name)}` : null;
    case "resource":
      return `/resources/${id}`;
    case "build":
      return `/builds/${id}`;
    case "template":
      return `/templates/${id}`;
    case "import":
      return `/import/${id}`;
    default:
      return null;
  }
}
