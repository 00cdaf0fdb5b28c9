/** One open workflow: its stores, its rules and what can be done. Made when a page opens, given down by context. */

import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { getWorkflow, saveGraph } from "./api/calls";
import { type Commands, createCommands } from "./commands";
import { Rules } from "./model/rules";
import type { Graph, Template, Workflow } from "./model/types";
import { Autosave } from "./saving/autosave";
import { type Drafts, draftsOf } from "./saving/drafts";
import { announce } from "./saving/elsewhere";
import { createFlowStore, type FlowState, type FlowStore } from "./stores/flow";
import { createGraphStore, type GraphState, type GraphStore } from "./stores/graph";
import { createLiveStore, type LiveState, type LiveStore } from "./stores/live";
import { createSavingStore, type SavingState, type SavingStore } from "./stores/saving";
import { createSelectionStore, type SelectionState, type SelectionStore } from "./stores/selection";
import { createViewStore, type ViewState, type ViewStore } from "./stores/view";

export interface Editor {
  workflow: Workflow;
  rules: Rules;
  graph: GraphStore;
  selection: SelectionStore;
  flow: FlowStore;
  saving: SavingStore;
  live: LiveStore;
  view: ViewStore;
  drafts: Drafts;
  autosave: Autosave;
  commands: Commands;
}

const graphOf = (workflow: Workflow): Graph => ({ nodes: workflow.nodes, edges: workflow.edges });

export function createEditor(
  workflow: Workflow,
  templates: readonly Template[],
  user: string,
  onLostSecrets: (keys: string[]) => void,
  onMerged: (hadEdits: boolean) => void = () => undefined,
): Editor {
  const rules = new Rules(templates);
  const graph = createGraphStore();
  graph.getState().load(graphOf(workflow));
  const selection = createSelectionStore();
  const flow = createFlowStore(graph, selection, rules);
  const saving = createSavingStore();
  const view = createViewStore();
  const drafts = draftsOf(user, workflow.id);
  const autosave = new Autosave({
    graph,
    saving,
    drafts,
    onLostSecrets,
    onMerged,
    announce: (etag) => announce(workflow.id, etag),
    port: {
      save: async (sent, etag) => {
        const answer = await saveGraph(workflow.id, sent, etag);
        return { etag: answer.etag, problems: answer.data.problems ?? [] };
      },
      load: async () => {
        const answer = await getWorkflow(workflow.id);
        return { etag: answer.etag, graph: graphOf(answer.data) };
      },
    },
  });
  const commands = createCommands({ graph, selection, flow, rules });
  return {
    workflow,
    rules,
    graph,
    selection,
    flow,
    saving,
    live: createLiveStore(),
    view,
    drafts,
    autosave,
    commands,
  };
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("This belongs inside of an open editor.");
  return editor;
}

export const useGraph = <T>(select: (state: GraphState) => T): T => useStore(useEditor().graph, select);
export const useSelection = <T>(select: (state: SelectionState) => T): T =>
  useStore(useEditor().selection, select);
export const useFlow = <T>(select: (state: FlowState) => T): T => useStore(useEditor().flow, select);
export const useSaving = <T>(select: (state: SavingState) => T): T => useStore(useEditor().saving, select);
export const useLive = <T>(select: (state: LiveState) => T): T => useStore(useEditor().live, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(useEditor().view, select);
