/** What is to be known of a plugin at a glance. */

import type { Plugin } from "@/data/plugins";
import { TypeIcon } from "@/graph/type-icon";
import { t } from "@/texts";
import { Badge, cn } from "@/ui";

/** Grey while it is off, so that what is on stands out. */
export function PluginIcon({ plugin }: { plugin: Plugin }) {
  return (
    <TypeIcon
      icon={plugin.icon}
      category={plugin.category}
      className={cn("size-9 [&_svg]:size-4.5", !plugin.enabled && "grayscale")}
    />
  );
}

export function PluginMarks({ plugin, className }: { plugin: Plugin; className?: string }) {
  const missing = plugin.requirements.filter((each) => each.is_met === false);
  if (!plugin.broken && !plugin.is_off_for_all && missing.length === 0) return null;
  return (
    <div className={cn("flex flex-wrap gap-1.5", className)}>
      {plugin.broken && <Badge tone="bad">{t.plugins.broken}</Badge>}
      {plugin.is_off_for_all && <Badge>{t.plugins.offForAll}</Badge>}
      {missing.map((each) => (
        <Badge key={each.name} tone="warn">
          {t.plugins.missing(each.name)}
        </Badge>
      ))}
    </div>
  );
}
