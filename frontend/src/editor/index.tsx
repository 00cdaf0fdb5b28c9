/** The editor of one workflow: loads it with the node types, then shows the picture. */

import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { FileQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import { isApiError } from "@/api/errors";
import { usePageTitle } from "@/app/title";
import { useSession } from "@/auth/session";
import { TourGuide, TourOffer } from "@/tour/slot";
import { Button, EmptyState, ErrorState, Spinner, toast } from "@/ui";
import { AddressKeeper, openPlace } from "./address/AddressKeeper";
import { placeOf } from "./address/address";
import { getTemplates, getWorkflow, validate } from "./api/calls";
import { BuildArrivals } from "./building/BuildArrivals";
import { Canvas } from "./canvas/Canvas";
import { createEditor, EditorContext, useEditor } from "./editor";
import { fetchInsights } from "./forms/insights/Insight";
import { DraftOffer } from "./header/DraftOffer";
import { Header } from "./header/Header";
import { Inspector } from "./inspector/Inspector";
import { EditorActions } from "./keys/EditorActions";
import { ShortcutSheet } from "./keys/ShortcutSheet";
import { useShortcuts } from "./keys/useShortcuts";
import { useLiveStatus } from "./live/useLiveStatus";
import { indexProblems } from "./model/problems";
import type { Template, Workflow } from "./model/types";
import { RunSheet } from "./operate/RunSheet";
import { ShareDialog } from "./operate/ShareDialog";
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
    if (isApiError(error) && error.isMissing) return <Missing />;
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

function Missing() {
  usePageTitle(t.missing);
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon={<FileQuestion />}
        title={t.missing}
        actions={
          <Button asChild variant="primary">
            <Link to="/workflows">{t.back}</Link>
          </Button>
        }
      >
        {t.missingText}
      </EmptyState>
    </div>
  );
}

interface OpenEditorProps {
  workflow: Workflow;
  etag: string | null;
  templates: readonly Template[];
}

function OpenEditor({ workflow, etag, templates }: OpenEditorProps) {
  const user = useSession((session) => session.user?.id ?? "");
  const router = useRouter();
  const [editor] = useState(() => {
    const made = createEditor(
      workflow,
      templates,
      user,
      (keys) => toast.note(t.save.lostSecrets(keys.join(", "))),
      (hadEdits) => toast.note(hadEdits ? t.save.merged : t.save.newer),
    );
    // Before anything is asked of the server: the first stream is of the right target.
    openPlace(made, placeOf(router.state.location.search));
    return made;
  });
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

function Frame() {
  const { workflow } = useEditor();
  useShortcuts();
  useLiveStatus();
  return (
    <div className="flex h-full flex-col" data-testid="editor">
      <TourGuide />
      <AddressKeeper />
      <EditorActions />
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
