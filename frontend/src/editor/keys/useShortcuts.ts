/** Listens for the editor's keys wherever the focus is, but never inside of a field or a dialog. */

import { useEffect } from "react";
import { toast } from "@/ui";
import { useCanvas } from "../canvas/useCanvas";
import { type Editor, useEditor } from "../editor";
import { t } from "../texts";
import { type Action, actionOf } from "./shortcuts";

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return Boolean(
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox][data-state=open]",
    ),
  );
}

function hasText(): boolean {
  return (window.getSelection()?.toString() ?? "") !== "";
}

/** These work inside of a field too. */
const ALWAYS: ReadonlySet<Action> = new Set(["save", "run", "plan"]);

export function useShortcuts(): void {
  const editor = useEditor();
  const canvas = useCanvas();
  useEffect(() => {
    const actions = actionsOf(editor, canvas);
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const action = actionOf({
        key: event.key,
        hasMod: event.metaKey || event.ctrlKey,
        hasShift: event.shiftKey,
      });
      if (!action || isDialogOpen()) return;
      if (isTyping(event.target) && !ALWAYS.has(action)) {
        // Out of the field first; the next press closes the form.
        if (action === "escape" && event.target instanceof HTMLElement) event.target.blur();
        return;
      }
      event.preventDefault();
      actions[action]();
    };
    const copy = (event: ClipboardEvent) => {
      const text = isTyping(event.target) || hasText() ? null : editor.commands.copyText();
      if (!text) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") editor.commands.removeSelected();
      if (copiesSecrets(editor, text)) toast.note(t.clipboard.secrets);
    };
    const paste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (editor.commands.paste(text)) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    window.addEventListener("copy", copy);
    window.addEventListener("cut", copy);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("copy", copy);
      window.removeEventListener("cut", copy);
      window.removeEventListener("paste", paste);
    };
  }, [editor, canvas]);
}

function isDialogOpen(): boolean {
  return document.querySelector("[role=dialog][data-state=open], [role=alertdialog]") !== null;
}

function copiesSecrets(editor: Editor, text: string): boolean {
  return text.includes('"type":"secret"') && editor.selection.getState().nodeIds.size > 0;
}

function actionsOf(editor: Editor, canvas: ReturnType<typeof useCanvas>): Record<Action, () => void> {
  const { commands, view, selection, autosave, graph } = editor;
  const openRun = (isPlanOnly: boolean) => {
    if (graph.getState().graph.nodes.length > 0) view.setState({ isRunOpen: true, isPlanOnly });
  };
  /** The list of what fits the one selected node, without a pointer. */
  const connect = (end: "source" | "target") => {
    const [nodeId] = selection.getState().nodeIds;
    const node = graph.getState().graph.nodes.find((each) => each.id === nodeId);
    if (!node || selection.getState().nodeIds.size !== 1 || !editor.rules.hasEnd(node.type)) return;
    view.setState({ wish: { at: null, screen: canvas.besideOf(node.id), from: { nodeId: node.id, end } } });
  };
  return {
    connect: () => connect("source"),
    connectBack: () => connect("target"),
    add: () => view.setState((state) => ({ paletteCalls: state.paletteCalls + 1 })),
    delete: commands.removeSelected,
    undo: commands.undo,
    redo: commands.redo,
    duplicate: commands.duplicate,
    note: () => {
      const template = editor.rules.template("note");
      if (template) view.setState({ writingId: commands.add(template, canvas.centre()) });
    },
    group: commands.group,
    ungroup: commands.ungroup,
    fold: commands.foldSelected,
    all: commands.selectAll,
    fit: canvas.fit,
    zoomIn: canvas.zoomIn,
    zoomOut: canvas.zoomOut,
    arrange: () => void commands.arrange().then(canvas.fit),
    run: () => openRun(false),
    plan: () => openRun(true),
    save: () => void autosave.flush(),
    problems: () => view.setState(({ drawer }) => ({ drawer: drawer === "problems" ? null : "problems" })),
    escape: () => {
      if (view.getState().wish) view.setState({ wish: null });
      else if (selection.getState().nodeIds.size + selection.getState().edgeIds.size > 0)
        selection.getState().select([]);
      else view.setState({ drawer: null });
    },
    help: () => view.setState({ areShortcutsOpen: true }),
  };
}
