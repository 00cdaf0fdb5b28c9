import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import {
  Boxes,
  FileInput,
  LayoutTemplate,
  LogOut,
  Moon,
  Plus,
  Server,
  Settings,
  Sun,
  Warehouse,
  Workflow,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { signOut } from "@/auth/session";
import { clustersQuery } from "@/data/clusters";
import { type WorkflowItem, workflowsQuery } from "@/data/workflows";
import { t } from "@/texts";
import { setTheme, useTheme } from "./theme";
import { useDebounced } from "./use-debounced";

const row =
  "flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 text-sm text-ink data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3";

const SHOWN = 4;

/** What a row is found by. The id makes it one of its kind. */
function searchText(workflow: WorkflowItem): string {
  return `${workflow.name} ${workflow.description} ${workflow.tags.join(" ")} ${workflow.id}`;
}

/** Everything within reach of the keyboard. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const theme = useTheme((state) => state.theme);
  const [text, setText] = useState("");
  const [selected, setSelected] = useState("");
  const asked = useDebounced(text.trim());
  const workflows = useQuery(workflowsQuery({ q: asked || undefined, limit: SHOWN })).data?.workflows ?? [];
  const clusters = useQuery(clustersQuery({ q: asked || undefined, limit: SHOWN })).data?.clusters ?? [];
  const first = workflows[0] ? searchText(workflows[0]) : "";
  // What arrives later goes before what was there, and the first row is the one that Enter takes.
  useEffect(() => setSelected(first), [first]);
  const run = (action: () => unknown) => () => {
    onClose();
    void action();
  };
  const entry = (label: string, icon: ReactNode, action: () => unknown) => (
    <Command.Item key={label} value={label} className={row} onSelect={run(action)}>
      {icon}
      {label}
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
      <Command.List className="overflow-y-auto p-1.5">
        <Command.Empty className="px-4 py-8 text-center text-sm text-ink-3">{t.palette.empty}</Command.Empty>
        {workflows.length > 0 && (
          <Command.Group heading={t.palette.workflows}>
            {workflows.map((workflow) => (
              <Command.Item
                key={workflow.id}
                value={searchText(workflow)}
                className={row}
                onSelect={run(() =>
                  navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow.id }, search: {} }),
                )}
              >
                <Workflow />
                <span className="truncate">{workflow.name}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {clusters.length > 0 && (
          <Command.Group heading={t.palette.clusters}>
            {clusters.map((cluster) => (
              <Command.Item
                key={cluster.id}
                value={`${cluster.display_name} ${cluster.name} ${cluster.id}`}
                className={row}
                onSelect={run(() =>
                  navigate({ to: "/clusters/$name", params: { name: cluster.name }, search: {} }),
                )}
              >
                <Server />
                <span className="truncate">{cluster.display_name || cluster.name}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading={t.palette.goTo}>
          {entry(t.nav.workflows, <Workflow />, () => navigate({ to: "/workflows", search: {} }))}
          {entry(t.nav.templates, <LayoutTemplate />, () => navigate({ to: "/templates", search: {} }))}
          {entry(t.nav.clusters, <Server />, () => navigate({ to: "/clusters", search: {} }))}
          {entry(t.nav.resources, <Boxes />, () => navigate({ to: "/resources", search: {} }))}
          {entry(t.nav.registries, <Warehouse />, () => navigate({ to: "/registries", search: {} }))}
          {entry(t.nav.settings, <Settings />, () => navigate({ to: "/settings/profile" }))}
        </Command.Group>
        <Command.Group heading={t.palette.actions}>
          {entry(t.workflows.new, <Plus />, () => navigate({ to: "/workflows", search: { create: true } }))}
          {entry(t.imports.title, <FileInput />, () => navigate({ to: "/import", search: {} }))}
          {entry(t.clusters.add, <Plus />, () => navigate({ to: "/clusters", search: { add: true } }))}
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
