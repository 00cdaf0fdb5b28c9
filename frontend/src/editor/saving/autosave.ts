/**
 * Brings every change to the server soon after it was made, one save at a time, and says honestly when it cannot.
 * Knows no React; what it calls is handed in.
 */

import { ApiError, messageOf } from "@/api/errors";
import { isSameGraph, mergeGraphs, type Side } from "../model/merge";
import { indexProblems } from "../model/problems";
import { afterSave, dropLost } from "../model/secrets";
import type { Graph, Problem } from "../model/types";
import type { GraphStore } from "../stores/graph";
import type { SavingStore } from "../stores/saving";
import { canonical, type Draft, type Drafts } from "./drafts";

export interface SavePort {
  save: (graph: Graph, etag: string | null) => Promise<{ etag: string | null; problems: Problem[] }>;
  /** The graph and the ETag that the server has now. */
  load: () => Promise<{ etag: string | null; graph: Graph }>;
}

interface Parts {
  graph: GraphStore;
  saving: SavingStore;
  drafts: Drafts;
  port: SavePort;
  /** Told when a secret's value has to be typed again. */
  onLostSecrets: (keys: string[]) => void;
  /** Told when what someone else saved came into the picture, beside one's own edits or alone. */
  onMerged?: (hadEdits: boolean) => void;
  /** Tells the other tabs of this browser that there is something new; they tell by `noticeElsewhere`. */
  announce?: (etag: string | null) => void;
}

const QUIET = 600;
const DRAFT_AFTER = 250;
const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 30_000;

export class Autosave {
  private etagNow: string | null = null;
  private saved: Graph | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private draftTimer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private running: Promise<void> | null = null;
  private stopListening: (() => void) | null = null;

  constructor(private readonly parts: Parts) {}

  get etag(): string | null {
    return this.etagNow;
  }

  /** A call beside the saves (renaming) changed the row too. */
  set etag(value: string | null) {
    this.etagNow = value;
  }

  get isClean(): boolean {
    return this.saved === this.parts.graph.getState().graph;
  }

  /** From now on: `graph` in the store is what the server has. */
  start(etag: string | null): void {
    this.stop();
    this.etagNow = etag;
    this.saved = this.parts.graph.getState().graph;
    this.failures = 0;
    this.parts.saving.setState({ state: "saved", reason: "" });
    this.parts.drafts.open();
    const unsubscribe = this.parts.graph.subscribe((state, before) => {
      if (state.graph !== before.graph) this.noticed();
    });
    const online = () => this.retryNow();
    window.addEventListener("online", online);
    window.addEventListener("pagehide", this.writeDraft);
    window.addEventListener("beforeunload", this.warn);
    this.stopListening = () => {
      unsubscribe();
      this.parts.drafts.close();
      window.removeEventListener("online", online);
      window.removeEventListener("pagehide", this.writeDraft);
      window.removeEventListener("beforeunload", this.warn);
    };
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.draftTimer);
    this.stopListening?.();
    this.stopListening = null;
  }

  /** Saves what there is to save at once; false when it could not. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    for (let turn = 0; turn < 3 && !this.isClean; turn += 1) {
      if (this.state === "conflict") return false;
      await (this.running ?? this.run());
      if (this.state !== "saved" && this.state !== "unsaved") break;
    }
    return this.isClean;
  }

  /** Brings in what someone else saved; what both changed is decided by `picks`, by the key of each clash. */
  async mergeTheirs(picks: Readonly<Record<string, Side>> = {}): Promise<void> {
    const { conflict } = this.parts.saving.getState();
    if (!conflict) return;
    const mine = this.parts.graph.getState().graph;
    this.take(mergeGraphs(conflict.base, mine, conflict.theirs, picks).graph, conflict.theirs, conflict.etag);
    if (!this.isClean) await this.run();
  }

  /** Another tab saved, or one comes back to this one: what is new there is shown here, when nothing is unsaved. */
  async noticeElsewhere(etag?: string | null): Promise<void> {
    if (etag !== undefined && etag === this.etagNow) return;
    if (!this.stopListening || !this.isClean || this.running) return;
    try {
      const found = await this.parts.port.load();
      // Edited or saved meanwhile: the next save finds out.
      if (!this.stopListening || !this.isClean || this.running || found.etag === this.etagNow) return;
      this.etagNow = found.etag;
      if (isSameGraph(found.graph, this.parts.graph.getState().graph)) return;
      this.saved = found.graph;
      this.parts.graph.getState().edit(() => found.graph);
      this.parts.onMerged?.(false);
    } catch {
      // It is looked for again, at the next chance.
    }
  }

  /** Writes over what someone else saved meanwhile. */
  async keepMine(): Promise<void> {
    const { etag } = await this.parts.port.load();
    this.etagNow = etag;
    this.parts.saving.setState({ state: "unsaved", reason: "", conflict: null });
    await this.run();
  }

  /** Takes what someone else saved; one's own edits stay one undo away. */
  async takeTheirs(): Promise<void> {
    const { etag, graph } = await this.parts.port.load();
    this.etagNow = etag;
    this.parts.graph.getState().edit(() => graph);
    this.settle(graph);
    this.parts.saving.setState({ state: "saved", reason: "", conflict: null });
  }

  /**
   * The server was to change one thing by itself. Takes it over, under edits that are not saved yet; true once it is
   * there. Where somebody changed more than that, it stays the conflict that it is.
   */
  async follow(change: (graph: Graph, theirs: Graph) => Graph): Promise<boolean> {
    await this.running;
    const { etag, graph: theirs } = await this.parts.port.load();
    const mine = this.parts.graph.getState().graph;
    const changed = change(mine, theirs);
    if (changed === mine) return false;
    if (this.isClean) {
      this.etagNow = etag;
      this.saved = theirs;
      this.parts.graph.getState().amend(() => theirs);
      return true;
    }
    if (!this.saved || canonical(change(this.saved, theirs)) !== canonical(theirs)) return false;
    this.etagNow = etag;
    this.saved = theirs;
    this.parts.saving.setState({ state: "unsaved", reason: "" });
    this.parts.graph.getState().amend(() => changed);
    return true;
  }

  /**
   * Brings edits that an earlier visit could not save into what the server has now, as if that visit had never ended:
   * what clashes waits for the person. False while the edits of this visit cannot be saved.
   */
  async restore(draft: Draft): Promise<boolean> {
    if (!(await this.flush())) return false;
    const { etag, graph: theirs } = await this.parts.port.load();
    const { graph, clashes } = mergeGraphs(draft.base, draft.graph, theirs);
    await this.parts.drafts.adopt(draft);
    if (clashes.length === 0) {
      this.take(graph, theirs, etag, !isSameGraph(draft.base, theirs));
      return true;
    }
    this.saved = draft.base;
    this.parts.saving.setState({
      state: "conflict",
      reason: "",
      conflict: { base: draft.base, theirs, etag, clashes },
    });
    this.parts.graph.getState().edit(() => draft.graph);
    return true;
  }

  /** Another call than a save was told that someone else was first. */
  reportConflict(reason: string): void {
    clearTimeout(this.timer);
    void this.meet(reason);
  }

  /** Someone else was first: brought together at once where nobody has to be asked, else it waits for the person. */
  private async meet(reason: string): Promise<void> {
    const base = this.saved ?? this.parts.graph.getState().graph;
    this.parts.saving.setState({ state: "conflict", reason, conflict: null });
    const { etag, graph: theirs } = await this.parts.port.load();
    const { graph, clashes } = mergeGraphs(base, this.parts.graph.getState().graph, theirs);
    if (this.state !== "conflict") return;
    if (clashes.length === 0) this.take(graph, theirs, etag);
    else this.parts.saving.setState({ conflict: { base, theirs, etag, clashes } });
  }

  private take(merged: Graph, theirs: Graph, etag: string | null, isTheirNews = true): void {
    this.etagNow = etag;
    this.saved = theirs;
    const isNews = !isSameGraph(merged, this.parts.graph.getState().graph);
    this.parts.saving.setState({ state: "unsaved", reason: "", conflict: null });
    if (isSameGraph(merged, theirs)) {
      this.parts.graph.getState().edit(() => theirs);
      this.settleState();
    } else if (isNews) this.parts.graph.getState().edit(() => merged);
    else this.schedule(QUIET);
    if (isNews && isTheirNews) this.parts.onMerged?.(true);
  }

  private get state() {
    return this.parts.saving.getState().state;
  }

  private noticed(): void {
    if (this.isClean) {
      // An undo back to what is saved.
      if (this.state === "unsaved") this.settleState();
      return;
    }
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(this.writeDraft, DRAFT_AFTER);
    if (this.state === "conflict") return;
    if (this.state !== "offline" && this.state !== "saving") this.parts.saving.setState({ state: "unsaved" });
    if (this.state !== "offline") this.schedule(QUIET);
  }

  private schedule(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), wait);
  }

  private retryNow(): void {
    if (this.state === "offline") void this.run();
  }

  private run(): Promise<void> {
    this.running ??= this.save().finally(() => {
      this.running = null;
      if (this.stopListening && !this.isClean && this.state === "unsaved") this.schedule(QUIET);
    });
    return this.running;
  }

  private async save(): Promise<void> {
    clearTimeout(this.timer);
    const sent = this.parts.graph.getState().graph;
    if (this.state !== "offline") this.parts.saving.setState({ state: "saving" });
    try {
      const { etag, problems } = await this.parts.port.save(sent, this.etagNow);
      this.etagNow = etag;
      this.failures = 0;
      this.accept(sent, problems);
      this.parts.announce?.(etag);
    } catch (error) {
      await this.fail(error);
    }
  }

  private accept(sent: Graph, problems: Problem[]): void {
    const current = this.parts.graph.getState().graph;
    const next = afterSave(current, sent);
    this.saved = current === sent ? next : sent;
    if (next !== current) this.parts.graph.getState().amend(() => next);
    this.parts.saving.setState({ problems: indexProblems(problems), reason: "" });
    this.settleState();
  }

  private settle(graph: Graph): void {
    this.saved = graph;
    this.settleState();
  }

  private settleState(): void {
    if (!this.isClean) {
      this.parts.saving.setState({ state: "unsaved" });
      return;
    }
    clearTimeout(this.timer);
    clearTimeout(this.draftTimer);
    void this.parts.drafts.clear();
    this.parts.saving.setState({ state: "saved", savedAt: Date.now() });
  }

  private async fail(error: unknown): Promise<void> {
    this.writeDraft();
    const reason = messageOf(error);
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 412) {
      await this.meet(reason).catch((failure: unknown) => this.fail(failure));
    } else if (status === 400 && error instanceof ApiError) {
      this.refuse(error, reason);
    } else if (status === 0 || status === 429 || status >= 500) {
      this.parts.saving.setState({ state: "offline", reason });
      const wait = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : this.backOff();
      if (this.stopListening) this.schedule(wait);
    } else {
      this.parts.saving.setState({ state: "refused", reason });
    }
  }

  private refuse(error: ApiError, reason: string): void {
    const problems = Array.isArray(error.details.problems) ? (error.details.problems as Problem[]) : [];
    const lost = problems.filter((problem) => problem.code === "secret_value_missing");
    if (lost.length > 0) {
      const keys = lost.flatMap((problem) => {
        const key = problem.field?.replace(/^values\./, "");
        return problem.node_id && key ? [{ nodeId: problem.node_id, key }] : [];
      });
      this.parts.saving.setState({ state: "unsaved" });
      this.parts.graph.getState().amend((graph) => dropLost(graph, keys));
      this.parts.onLostSecrets(keys.map((item) => item.key));
      return;
    }
    this.parts.saving.setState({
      state: "refused",
      reason,
      ...(problems.length > 0 ? { problems: indexProblems(problems) } : {}),
    });
  }

  private backOff(): number {
    this.failures += 1;
    return Math.min(FIRST_RETRY * 2 ** (this.failures - 1), LONGEST_RETRY);
  }

  private readonly writeDraft = (): void => {
    clearTimeout(this.draftTimer);
    if (this.saved && !this.isClean)
      void this.parts.drafts.write(this.parts.graph.getState().graph, this.saved);
  };

  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (this.isClean) return;
    this.writeDraft();
    void this.flush();
    event.preventDefault();
  };
}
