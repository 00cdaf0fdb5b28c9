/** Turning a plugin on and off: for oneself, and by administrators for everybody. */
import { type Plugin, useSwitchPlugin } from "@/data/plugins";
import { t } from "@/texts";
import { Button, Switch } from "@/ui";

interface SwitchProps {
  plugin: Plugin;
  className?: string;
}

/** One that failed while it was used can still be turned off, and on again. */
function cannotBeRead(plugin: Plugin): boolean {
  return plugin.broken && plugin.category === "broken";
}

export function OwnSwitch({ plugin, className = "" }: SwitchProps) {
  const choose = useSwitchPlugin();
  return (
    <Switch
      className={className}
      label={<span className="sr-only">{t.plugins.switchFor(plugin.display_name)}</span>}
      isOn={plugin.enabled}
      isBusy={choose.isPending}
      isDisabled={cannotBeRead(plugin) || plugin.is_off_for_all}
      onChange={(isOn) => choose.mutate({ plugin, isOn })}
    />
  );
}

/** For one whose code did not come back: whoever mended it, or waits no more for its network, lets it be called again. */
export function CallAgain({ plugin }: SwitchProps) {
  const choose = useSwitchPlugin();
  return (
    <Button
      size="sm"
      disabled={choose.isPending || plugin.is_off_for_all}
      onClick={() => choose.mutate({ plugin, isOn: true })}
    >
      {t.plugins.callAgain}
    </Button>
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
        isBusy={choose.isPending}
        isDisabled={cannotBeRead(plugin) || plugin.is_off_for_all}
        onChange={(isOn) => choose.mutate({ plugin, isOn })}
      />
      {isAdmin && (
        <Switch
          label={t.plugins.isOnForAll}
          note={tellsOnly(plugin) ? t.plugins.isOnForAllTelling : t.plugins.isOnForAllNote}
          isOn={!plugin.is_off_for_all}
          isBusy={choose.isPending}
          isDisabled={cannotBeRead(plugin)}
          onChange={(isOn) => choose.mutate({ plugin, isOn, isForAll: true })}
        />
      )}
    </div>
  );
}
