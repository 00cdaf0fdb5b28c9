/** The bar above the picture: its name, whether it is saved, and what can be done with the whole. */

import { Link, useNavigate } from "@tanstack/react-router";
import {
  ChevronLeft,
  CircleAlert,
  Download,
  Ellipsis,
  Eye,
  FileClock,
  FileInput,
  GitCompareArrows,
  History,
  Keyboard,
  LayoutTemplate,
  Play,
  Redo2,
  Trash2,
  TriangleAlert,
  Undo2,
  Users,
  Workflow,
} from "lucide-react";
import { useTourMenu } from "@/tour/entry";
import { Badge, Button, cn, IconButton, Menu, Tooltip, toast } from "@/ui";
import { getManifests, type ManifestFormat } from "../api/calls";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useGraph, useLive, useSaving } from "../editor";
import { isRunning } from "../model/live";
import { TargetMenu } from "../operate/TargetMenu";
import { useTargets } from "../operate/targets";
import { t } from "../texts";
import { NameField } from "./NameField";
import { SaveMark } from "./SaveMark";

export function Header() {
  return (
    <header className="relative z-20 flex h-12 shrink-0 items-center gap-1.5 border-b border-line bg-surface pr-3 pl-2">
      <Link
        to="/workflows"
        aria-label={t.back}
        title={t.back}
        className="grid size-8 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
      >
        <ChevronLeft className="size-4" />
      </Link>
      <NameField />
      <StateMark />
      <div className="flex-1" />
      <ProblemCount />
      <TargetMenu />
      <UndoButtons />
      <span aria-hidden className="mx-1 h-5 w-px bg-line max-sm:hidden" />
      <MoreMenu />
      <RunButtons />
    </header>
  );
}

/** Whether it is saved; for who may only look, that nothing will be. */
function StateMark() {
  const { workflow } = useEditor();
  if (workflow.role !== "viewer") return <SaveMark />;
  return (
    <Tooltip side="bottom" label={t.operate.sharing.viewOnlyHint}>
      <span>
        <Badge tone="info">
          <Eye />
          {t.operate.sharing.viewOnly}
        </Badge>
      </span>
    </Tooltip>
  );
}

function UndoButtons() {
  const { commands } = useEditor();
  const canUndo = useGraph((state) => state.history.past.length > 0);
  const canRedo = useGraph((state) => state.history.future.length > 0);
  return (
    <div className="flex max-sm:hidden">
      <IconButton label={t.bar.undo} keys={["mod", "z"]} disabled={!canUndo} onClick={commands.undo}>
        <Undo2 />
      </IconButton>
      <IconButton label={t.bar.redo} keys={["mod", "shift", "z"]} disabled={!canRedo} onClick={commands.redo}>
        <Redo2 />
      </IconButton>
    </div>
  );
}

function ProblemCount() {
  const { view } = useEditor();
  const errors = useSaving((state) => state.problems.errors);
  const warnings = useSaving((state) => state.problems.warnings);
  if (errors + warnings === 0) return null;
  const text = t.bar.problems(errors, warnings);
  const Icon = errors > 0 ? CircleAlert : TriangleAlert;
  return (
    <Button
      size="sm"
      variant="ghost"
      data-testid="problem-count"
      className={cn(errors > 0 ? "text-bad-ink hover:text-bad-ink" : "text-warn-ink hover:text-warn-ink")}
      onClick={() => view.setState(({ drawer }) => ({ drawer: drawer === "problems" ? null : "problems" }))}
    >
      <Icon />
      <span className="max-md:hidden">{text}</span>
      <span className="md:hidden" aria-hidden>
        {errors + warnings}
      </span>
    </Button>
  );
}

function RunButtons() {
  const { view, workflow } = useEditor();
  const running = useLive((state) => isRunning(state.run));
  const isEmpty = useGraph((state) => state.graph.nodes.length === 0);
  const open = (isPlanOnly: boolean) => view.setState({ isRunOpen: true, isPlanOnly });
  if (workflow.role === "viewer") return null;
  return (
    <>
      <Button
        disabled={isEmpty}
        title={isEmpty ? t.bar.nothingToRun : t.bar.planHint}
        onClick={() => open(true)}
        data-testid="plan-button"
      >
        <GitCompareArrows />
        <span className="max-md:hidden">{t.bar.plan}</span>
      </Button>
      <Button
        variant="primary"
        disabled={isEmpty}
        isBusy={running}
        aria-label={t.bar.run}
        title={isEmpty ? t.bar.nothingToRun : undefined}
        data-testid="run-button"
        onClick={() => open(false)}
      >
        <Play className="fill-current" />
        {t.bar.run}
      </Button>
    </>
  );
}

function MoreMenu() {
  const { commands, view, workflow, autosave } = useEditor();
  const canvas = useCanvas();
  const navigate = useNavigate();
  const tour = useTourMenu();
  const { current } = useTargets();
  const download = async (format: ManifestFormat) => {
    await autosave.flush();
    try {
      const { blob, filename } = await getManifests(workflow.id, format);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = filename;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Menu
      trigger={
        <IconButton label={t.bar.more} hideTooltip data-testid="more-menu">
          <Ellipsis />
        </IconButton>
      }
      items={[
        { label: t.bar.runs, icon: <History />, onSelect: () => view.setState({ drawer: "runs" }) },
        { label: t.bar.versions, icon: <FileClock />, onSelect: () => view.setState({ drawer: "versions" }) },
        ...(workflow.role === "owner"
          ? [
              {
                label: t.operate.sharing.open,
                icon: <Users />,
                onSelect: () => view.setState({ isShareOpen: true }),
              },
            ]
          : []),
        {
          label: t.bar.keepTemplate,
          icon: <LayoutTemplate />,
          onSelect: () => view.setState({ isKeepOpen: true }),
        },
        ...(workflow.role === "viewer"
          ? []
          : [
              {
                label: t.bar.importInto,
                icon: <FileInput />,
                onSelect: () => void navigate({ to: "/import", search: { into: workflow.id } }),
              },
            ]),
        "separator",
        { label: t.bar.downloadYaml, icon: <Download />, onSelect: () => void download("yaml") },
        { label: t.bar.downloadJson, icon: <Download />, onSelect: () => void download("json") },
        { label: t.bar.downloadKustomize, icon: <Download />, onSelect: () => void download("kustomize") },
        "separator",
        ...(current?.is_deployed && workflow.role !== "viewer"
          ? [
              {
                label: t.bar.undeploy,
                icon: <Trash2 />,
                isDanger: true,
                onSelect: () => view.setState({ isUndeployOpen: true }),
              },
            ]
          : []),
        {
          label: t.bar.arrange,
          icon: <Workflow />,
          keys: ["t"],
          onSelect: () => void commands.arrange().then(canvas.fit),
        },
        {
          label: t.bar.shortcuts,
          icon: <Keyboard />,
          keys: ["?"],
          onSelect: () => view.setState({ areShortcutsOpen: true }),
        },
        ...tour,
      ]}
    />
  );
}
