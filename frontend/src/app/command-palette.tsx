import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import {
  Blocks,
  Box,
  Boxes,
  FileInput,
  Hammer,
  House,
  LayoutTemplate,
  LogOut,
  Moon,
  Play,
  Plus,
  Server,
  Sun,
  Warehouse,
  Workflow,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { signOut, useSession } from "@/auth/session";
import { type Hit, recentWorkflowsQuery, searchQuery } from "@/data/dashboard";
import type { WorkflowItem } from "@/data/workflows";
import { t } from "@/texts";
import { useTourMenu } from "@/tour/entry";
import { Keys } from "@/ui";
import { useOffered } from "./actions";
import { useSettingsSections } from "./settings-sections";
import { setTheme, useTheme } from "./theme";
import { useDebounced } from "./use-debounced";

const row =
  "flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 text-sm text-ink data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3";

const SHOWN = 4;

const ICONS: Record<string, ReactNode> = {
  workflow: <Workflow />,
  node: <Box />,
  template: <LayoutTemplate />,
  cluster: <Server />,
  resource: <Boxes />,
  build: <Hammer />,
  plugin: <Blocks />,
};

function hitOf({ id, name, description }: WorkflowItem): Hit {
  return {
    type: "workflow",
    id,
    title: name,
    subtitle: description,
    url: `/workflows/${id}`,
    score: 1,
    match: "exact",
  };
}

/** What was typed is in it: the server knows better than the palette what matches. */
function valueOfHit(text: string, { title, subtitle, type, id }: Hit): string {
  return `${text} ${title} ${subtitle} ${type}/${id}`;
}

/** Everything within reach of the keyboard. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const theme = useTheme((state) => state.theme);
  const tour = useTourMenu();
  const [text, setText] = useState("");
  const [selected, setSelected] = useState("");
  // "run shop" looks for what is called shop, to run it.
  const toRun = /^run(?:\s+(.*))?$/i.exec(text.trim());
  const asked = useDebounced((toRun ? (toRun[1] ?? "") : text).trim());
  const search = useQuery(searchQuery(asked));
  const found = search.data?.results;
  const recent = useQuery(recentWorkflowsQuery).data?.workflows;
  const hits = asked ? (found ?? []) : (recent ?? []).slice(0, SHOWN).map(hitOf);
  const offered = useOffered();
  const sections = useSettingsSections();
  const isAdmin = useSession((state) => state.user?.role === "admin");
  // Without a name, what is open is meant.
  const runnable = toRun && (toRun[1] || !offered) ? hits.filter((hit) => hit.type === "workflow") : [];
  const first = firstOf();
  function firstOf(): string {
    if (runnable[0]) return `${text} run ${runnable[0].id}`;
    if (offered?.actions[0] && (!text || toRun)) return offered.actions[0].label;
    return hits[0] ? valueOfHit(text, hits[0]) : "";
  }
  // What arrives later goes before what was there, and the first row is the one that Enter takes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: cmdk chooses by itself as one types, before that arrives
  useEffect(() => {
    if (first) setSelected(first);
  }, [first, found]);
  const run = (action: () => unknown) => () => {
    onClose();
    void action();
  };
  const entry = (label: string, icon: ReactNode, action: () => unknown, keys?: string[]) => (
    <Command.Item key={label} value={label} className={row} onSelect={run(action)}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {keys && <Keys keys={keys} />}
    </Command.Item>
  );
  return (
    <Command.Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      label={t.palette.title}
      value={selected}
      onValueChange={setSelected}
      overlayClassName="fixed inset-0 z-50 animate-fade-in bg-scrim"
      contentClassName="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-xl animate-pop-in overflow-hidden rounded-xl border border-line bg-raised shadow-lg outline-none dark:bg-surface"
      className="flex max-h-[60vh] flex-col [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder={t.palette.placeholder}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-4 text-base outline-none"
      />
      {search.isError && (
        <p role="status" className="border-b border-line px-4 py-2 text-xs text-bad-ink">
          {t.palette.failed}
        </p>
      )}
      <Command.List className="overflow-y-auto p-1.5">
        <Command.Empty className="px-4 py-8 text-center text-sm text-ink-3">{t.palette.empty}</Command.Empty>
        {runnable.length > 0 && (
          <Command.Group heading={t.palette.actions}>
            {runnable.map((hit) => (
              <Command.Item
                key={hit.id}
                value={`${text} run ${hit.id}`}
                className={row}
                onSelect={run(() => navigate({ href: `${hit.url}?begin=run` }))}
              >
                <Play />
                <span className="min-w-0 flex-1 truncate">{t.palette.run(hit.title)}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {offered && (
          <Command.Group heading={offered.title}>
            {offered.actions.map((action) => entry(action.label, action.icon, action.run, action.keys))}
          </Command.Group>
        )}
        {hits.length > 0 && (
          <Command.Group
            heading={
              asked ? (hits[0]?.match === "close" ? t.palette.close : t.palette.found) : t.palette.recent
            }
          >
            {hits.map((hit) => (
              <Command.Item
                key={`${hit.type}/${hit.id}`}
                value={valueOfHit(text, hit)}
                className={row}
                onSelect={run(() => navigate({ href: hit.url }))}
              >
                {ICONS[hit.type] ?? <Box />}
                <span className="min-w-0 flex-1 truncate">
                  {hit.title}
                  {hit.subtitle && <span className="ml-2 text-xs text-ink-3">{hit.subtitle}</span>}
                </span>
                <span className="text-2xs text-ink-3">{t.palette.types[hit.type] ?? hit.type}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading={t.palette.goTo}>
          {entry(t.nav.home, <House />, () => navigate({ to: "/" }))}
          {entry(t.nav.workflows, <Workflow />, () => navigate({ to: "/workflows", search: {} }))}
          {entry(t.nav.templates, <LayoutTemplate />, () => navigate({ to: "/templates", search: {} }))}
          {entry(t.nav.plugins, <Blocks />, () => navigate({ to: "/plugins", search: {} }))}
          {entry(t.nav.clusters, <Server />, () => navigate({ to: "/clusters", search: {} }))}
          {entry(t.nav.resources, <Boxes />, () => navigate({ to: "/resources", search: {} }))}
          {entry(t.nav.builds, <Hammer />, () => navigate({ to: "/builds", search: {} }))}
          {entry(t.nav.registries, <Warehouse />, () => navigate({ to: "/registries", search: {} }))}
          {sections.map(({ to, label, icon }) =>
            entry(t.palette.settings(label), icon, () => navigate({ to })),
          )}
        </Command.Group>
        <Command.Group heading={t.palette.actions}>
          {entry(t.workflows.new, <Plus />, () => navigate({ to: "/workflows", search: { create: true } }))}
          {entry(t.imports.title, <FileInput />, () => navigate({ to: "/import", search: {} }))}
          {entry(t.palette.fromTemplate, <LayoutTemplate />, () =>
            navigate({ to: "/templates", search: {} }),
          )}
          {entry(t.builds.new, <Hammer />, () => navigate({ to: "/builds/new", search: {} }))}
          {entry(t.clusters.add, <Plus />, () => navigate({ to: "/clusters", search: { add: true } }))}
          {tour.map(({ label, icon, onSelect }) => entry(label, icon, onSelect))}
          {isAdmin &&
            entry(t.registries.add, <Plus />, () => navigate({ to: "/registries", search: { add: true } }))}
          {theme === "dark"
            ? entry(t.theme.toLight, <Sun />, () => setTheme("light"))
            : entry(t.theme.toDark, <Moon />, () => setTheme("dark"))}
          {entry(t.nav.signOut, <LogOut />, async () => {
            await signOut();
            await navigate({ to: "/sign-in", search: {}, replace: true });
          })}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
