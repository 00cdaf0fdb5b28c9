/** Turning a plugin on and off: for oneself, and by administrators for everybody. */
import { type Plugin, useSwitchPlugin } from "@/data/plugins";
import { t } from "@/texts";
import { Switch } from "@/ui";

interface SwitchProps {
  plugin: Plugin;
  className?: string;
}

export function OwnSwitch({ plugin, className = "" }: SwitchProps) {
  const choose = useSwitchPlugin();
  return (
    <Switch
      className={className}
      label={<span className="sr-only">{t.plugins.switchFor(plugin.display_name)}</span>}
      isOn={plugin.enabled}
      isDisabled={choose.isPending || plugin.broken || plugin.is_off_for_all}
      onChange={(isOn) => choose.mutate({ plugin, isOn })}
    />
  );
}

/** Whether it brings nothing to draw with. */
function tellsOnly(plugin: Plugin): boolean {
  return plugin.node_types.length === 0 && plugin.webhook_targets.length > 0;
}

export function SwitchesForAll({ plugin, isAdmin }: SwitchProps & { isAdmin: boolean }) {
  const choose = useSwitchPlugin();
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label={t.plugins.isOn}
        note={
          plugin.is_off_for_all
            ? t.plugins.offForAllText
            : tellsOnly(plugin)
              ? t.plugins.isOnTelling
              : t.plugins.isOnNote
        }
        isOn={plugin.enabled}
        isDisabled={choose.isPending || plugin.broken || plugin.is_off_for_all}
        onChange={(isOn) => choose.mutate({ plugin, isOn })}
      />
      {isAdmin && (
        <Switch
          label={t.plugins.isOnForAll}
          note={tellsOnly(plugin) ? t.plugins.isOnForAllTelling : t.plugins.isOnForAllNote}
          isOn={!plugin.is_off_for_all}
          isDisabled={choose.isPending || plugin.broken}
          onChange={(isOn) => choose.mutate({ plugin, isOn, isForAll: true })}
        />
      )}
    </div>
  );
}
