/** The editor of one workflow: loads it with the node types, then shows the picture. */

import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { isApiError } from "@/api/errors";
import { useSession } from "@/auth/session";
import { TourGuide, TourOffer } from "@/tour/slot";
import { EmptyState, ErrorState, Spinner, toast } from "@/ui";
import { getTemplates, getWorkflow, validate } from "./api/calls";
import { BuildArrivals } from "./building/BuildArrivals";
import { Canvas } from "./canvas/Canvas";
import { createEditor, EditorContext, useEditor } from "./editor";
import { fetchInsights } from "./forms/insights/Insight";
import { DraftOffer } from "./header/DraftOffer";
import { Header } from "./header/Header";
import { Inspector } from "./inspector/Inspector";
import { ShortcutSheet } from "./keys/ShortcutSheet";
import { useShortcuts } from "./keys/useShortcuts";
import { useLiveStatus } from "./live/useLiveStatus";
import { indexProblems } from "./model/problems";
import type { Template, Workflow } from "./model/types";
import { RunSheet } from "./operate/RunSheet";
import { ShareDialog } from "./operate/ShareDialog";
import { useTargetInAddress } from "./operate/useTargetInAddress";
import { Palette } from "./palette/Palette";
import { QuickAdd } from "./palette/QuickAdd";
import { PlannedBar } from "./planned/PlannedBar";
import { Drawer } from "./run/Drawer";
import { RunBar } from "./run/RunBar";
import { RunDialog } from "./run/RunDialog";
import { hearElsewhere } from "./saving/elsewhere";
import { KeepDialog } from "./templates/KeepDialog";
import { t } from "./texts";

export default function EditorPage({ workflowId }: { workflowId: string }) {
  const templates = useQuery({
    queryKey: ["editor", "templates"],
    queryFn: getTemplates,
    staleTime: 300_000,
  });
  const workflow = useQuery({
    queryKey: ["editor", "workflow", workflowId],
    queryFn: () => getWorkflow(workflowId),
    // The open editor is the truth from here on: nothing may load over it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const error = workflow.error ?? templates.error;
  if (error) {
    if (isApiError(error) && error.isMissing) return <EmptyState title={t.missing} />;
    return (
      <ErrorState
        error={error}
        onRetry={() => {
          void workflow.refetch();
          void templates.refetch();
        }}
      />
    );
  }
  if (!workflow.data || !templates.data) {
    return (
      <div role="status" className="grid h-full place-items-center text-sm text-ink-3">
        <span className="flex items-center gap-2.5">
          <Spinner /> {t.loading}
        </span>
      </div>
    );
  }
  return <OpenEditor workflow={workflow.data.data} etag={workflow.data.etag} templates={templates.data} />;
}

interface OpenEditorProps {
  workflow: Workflow;
  etag: string | null;
  templates: readonly Template[];
}

function OpenEditor({ workflow, etag, templates }: OpenEditorProps) {
  const user = useSession((session) => session.user?.id ?? "");
  const [editor] = useState(() =>
    createEditor(
      workflow,
      templates,
      user,
      (keys) => toast.note(t.save.lostSecrets(keys.join(", "))),
      (hadEdits) => toast.note(hadEdits ? t.save.merged : t.save.newer),
    ),
  );
  // What was loaded first; a later answer to the same query is not what is on the screen.
  const [firstEtag] = useState(etag);
  useEffect(() => {
    // Who may only look keeps no edits: a save would be refused.
    if (editor.workflow.role === "viewer") return;
    editor.autosave.start(firstEtag);
    const stopHearing = hearElsewhere(
      editor.workflow.id,
      (news) => void editor.autosave.noticeElsewhere(news),
    );
    return () => {
      stopHearing();
      void editor.autosave.flush();
      editor.autosave.stop();
    };
  }, [editor, firstEtag]);
  useEffect(() => {
    fetchInsights();
    let isOver = false;
    void validate(editor.workflow.id)
      .then((problems) => {
        // A save that came first knows better.
        const { savedAt } = editor.saving.getState();
        if (!isOver && savedAt === null) editor.saving.setState({ problems: indexProblems(problems) });
      })
      .catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [editor]);
  return (
    <EditorContext.Provider value={editor}>
      <ReactFlowProvider>
        <Frame />
      </ReactFlowProvider>
    </EditorContext.Provider>
  );
}

/** A link may name the node that it is about. */
function useNodeInAddress(): void {
  const { graph, selection } = useEditor();
  const { node }: Record<string, unknown> = useSearch({ from: "/member/workflows/$workflowId" });
  useEffect(() => {
    const isThere = graph.getState().graph.nodes.some((each) => each.id === node);
    if (typeof node === "string" && isThere) selection.getState().select([node]);
  }, [graph, selection, node]);
}

function Frame() {
  const { workflow } = useEditor();
  useShortcuts();
  useTargetInAddress();
  useNodeInAddress();
  useLiveStatus();
  return (
    <div className="flex h-full flex-col" data-testid="editor">
      <TourGuide />
      <Header />
      <div className="relative flex min-h-0 flex-1">
        <Palette />
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="relative min-h-0 flex-1">
            <Canvas />
            <RunBar />
            <PlannedBar />
            {workflow.role !== "viewer" && <DraftOffer />}
            <TourOffer />
          </div>
          <Drawer />
        </div>
        <Inspector />
      </div>
      <QuickAdd />
      <BuildArrivals />
      <RunDialog />
      <RunSheet />
      <ShareDialog />
      <KeepDialog />
      <ShortcutSheet />
    </div>
  );
}
