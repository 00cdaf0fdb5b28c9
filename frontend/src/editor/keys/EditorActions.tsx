/** What an open workflow offers to the command palette, and what a link may ask it to begin with. Draws nothing. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import {
  CircleAlert,
  FileClock,
  FileInput,
  GitCompareArrows,
  History,
  Keyboard,
  Maximize,
  Play,
  Plus,
  Users,
  Workflow,
} from "lucide-react";
import { useEffect, useMemo } from "react";
import { type PageAction, useOfferActions } from "@/app/actions";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor } from "../editor";
import { t } from "../texts";

export function EditorActions() {
  const { commands, graph, view, workflow } = useEditor();
  const canvas = useCanvas();
  const navigate = useNavigate({ from: "/workflows/$workflowId" });
  const { begin }: Record<string, unknown> = useSearch({ from: "/member/workflows/$workflowId" });

  useEffect(() => {
    if (begin === undefined) return;
    const hasNodes = graph.getState().graph.nodes.length > 0;
    if ((begin === "run" || begin === "plan") && hasNodes && workflow.role !== "viewer")
      view.setState({ isRunOpen: true, isPlanOnly: begin === "plan" });
    // Once: a reload must not ask again.
    void navigate({ search: ({ begin: _, ...rest }: Record<string, unknown>) => rest, replace: true });
  }, [begin, graph, navigate, view, workflow.role]);

  const actions = useMemo((): PageAction[] => {
    const openRun = (isPlanOnly: boolean) => () => {
      if (graph.getState().graph.nodes.length > 0) view.setState({ isRunOpen: true, isPlanOnly });
    };
    const writing: PageAction[] = [
      { label: t.bar.runNow, icon: <Play />, keys: ["mod", "enter"], run: openRun(false) },
      { label: t.bar.planNow, icon: <GitCompareArrows />, run: openRun(true) },
      {
        label: t.bar.add,
        icon: <Plus />,
        keys: ["/"],
        run: () => view.setState(({ paletteCalls }) => ({ paletteCalls: paletteCalls + 1 })),
      },
      {
        label: t.bar.arrange,
        icon: <Workflow />,
        keys: ["t"],
        run: () => commands.arrange().then(canvas.fit),
      },
      {
        label: t.bar.importInto,
        icon: <FileInput />,
        run: () => navigate({ to: "/import", search: { into: workflow.id } }),
      },
    ];
    const reading: PageAction[] = [
      { label: t.drawer.problems, icon: <CircleAlert />, run: () => view.setState({ drawer: "problems" }) },
      { label: t.bar.runs, icon: <History />, run: () => view.setState({ drawer: "runs" }) },
      { label: t.bar.versions, icon: <FileClock />, run: () => view.setState({ drawer: "versions" }) },
      { label: t.bar.fit, icon: <Maximize />, keys: ["f"], run: canvas.fit },
      {
        label: t.bar.shortcuts,
        icon: <Keyboard />,
        keys: ["?"],
        run: () => view.setState({ areShortcutsOpen: true }),
      },
    ];
    const sharing: PageAction[] = [
      { label: t.operate.sharing.open, icon: <Users />, run: () => view.setState({ isShareOpen: true }) },
    ];
    return [
      ...(workflow.role === "viewer" ? [] : writing),
      ...reading,
      ...(workflow.role === "owner" ? sharing : []),
    ];
  }, [canvas, commands, graph, navigate, view, workflow]);
  useOfferActions(t.bar.actions, actions);
  return null;
}
