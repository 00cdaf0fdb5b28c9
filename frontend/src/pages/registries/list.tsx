import { FolderSearch, MoreHorizontal, Pencil, Plug, Star, Trash2 } from "lucide-react";
import { type Registry, useDefaultRegistry, useTestRegistry } from "@/data/registries";
import { t } from "@/texts";
import {
  aboveRowClass,
  Badge,
  Cell,
  cn,
  HeadCell,
  IconButton,
  Menu,
  type MenuItem,
  Row,
  rowLinkClass,
  Spinner,
  StatusLabel,
  Table,
  Time,
  type Tone,
} from "@/ui";
import type { Asked } from "./page";

export const REGISTRY_TONES: Record<Registry["status"], Tone> = {
  healthy: "ok",
  unhealthy: "bad",
  unknown: "neutral",
};

interface TableProps {
  registries: readonly Registry[];
  isAdmin: boolean;
  onAsk: (asked: Asked) => void;
}

/** Why it does not work; empty where it does, or nobody has tried. */
export function reasonOf({ status, reason, error }: Registry): string {
  return status === "unhealthy" ? (t.registries.reasons[reason] ?? error) : "";
}

export function RegistryTable({ registries, isAdmin, onAsk }: TableProps) {
  return (
    <Table label={t.registries.title}>
      <thead>
        <tr>
          <HeadCell className="w-full">{t.registries.columns.name}</HeadCell>
          <HeadCell>{t.registries.columns.status}</HeadCell>
          <HeadCell className="hidden md:table-cell">{t.registries.columns.audience}</HeadCell>
          <HeadCell className="hidden lg:table-cell">{t.registries.columns.checked}</HeadCell>
          {isAdmin && (
            <HeadCell className="w-12">
              <span className="sr-only">{t.ui.more}</span>
            </HeadCell>
          )}
        </tr>
      </thead>
      <tbody>
        {registries.map((registry) => (
          <RegistryRow key={registry.id} registry={registry} isAdmin={isAdmin} onAsk={onAsk} />
        ))}
      </tbody>
    </Table>
  );
}

function RegistryRow({ registry, isAdmin, onAsk }: Omit<TableProps, "registries"> & { registry: Registry }) {
  const reason = reasonOf(registry);
  const place = [registry.host, registry.path].filter(Boolean).join("/");
  const people = registry.users?.length ?? 0;
  return (
    <Row data-testid="registry-row">
      <Cell className="w-full max-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <button
            type="button"
            className={cn(rowLinkClass, "truncate text-left")}
            onClick={() => onAsk({ kind: "browse", registry })}
          >
            {registry.name}
          </button>
          <Badge>{t.registries.types[registry.type]}</Badge>
          {registry.is_default && (
            <Badge tone="accent">
              <Star />
              {t.registries.default}
            </Badge>
          )}
          {!registry.has_credentials && <Badge tone="warn">{t.registries.withoutCredentials}</Badge>}
        </div>
        <p className="mt-0.5 truncate font-mono text-xs text-ink-3" title={registry.description || place}>
          {place}
        </p>
      </Cell>
      <Cell className="whitespace-nowrap">
        <StatusLabel tone={REGISTRY_TONES[registry.status]}>
          {t.registries.status[registry.status]}
        </StatusLabel>
        {reason && (
          <p className="mt-0.5 max-w-64 truncate pl-4 text-xs text-ink-3" title={registry.error || reason}>
            {reason}
          </p>
        )}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 md:table-cell">
        {registry.available_to === "selected" && people > 0
          ? t.registries.selectedCount(people)
          : t.registries.audiences[registry.available_to]}
      </Cell>
      <Cell className="hidden whitespace-nowrap text-ink-2 lg:table-cell">
        <Time value={registry.checked_at} />
      </Cell>
      {isAdmin && (
        <Cell className="w-12 pr-2 pl-0 text-right">
          <Actions registry={registry} onAsk={onAsk} />
        </Cell>
      )}
    </Row>
  );
}

function Actions({ registry, onAsk }: { registry: Registry; onAsk: (asked: Asked) => void }) {
  const test = useTestRegistry();
  const setDefault = useDefaultRegistry();
  const items: MenuItem[] = [
    {
      label: t.registries.browse.action,
      icon: <FolderSearch />,
      onSelect: () => onAsk({ kind: "browse", registry }),
    },
    { label: t.registries.test, icon: <Plug />, onSelect: () => test.mutate(registry) },
    { label: t.registries.edit, icon: <Pencil />, onSelect: () => onAsk({ kind: "edit", registry }) },
  ];
  if (!registry.is_default) {
    items.push({
      label: t.registries.makeDefault,
      icon: <Star />,
      onSelect: () => setDefault.mutate(registry),
    });
  }
  items.push("separator", {
    label: t.registries.remove,
    icon: <Trash2 />,
    isDanger: true,
    onSelect: () => onAsk({ kind: "remove", registry }),
  });
  return (
    <Menu
      trigger={
        <IconButton label={t.registries.actionsFor(registry.name)} hideTooltip className={aboveRowClass}>
          {test.isPending ? <Spinner /> : <MoreHorizontal />}
        </IconButton>
      }
      items={items}
    />
  );
}
