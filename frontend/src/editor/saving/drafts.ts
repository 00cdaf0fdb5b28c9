/**
 * Edits that have not reached the server, kept in the browser for the person and the workflow, together with what they
 * were made on, so that they can be brought together with whatever the server has by then. Secret values never go there.
 */

import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from "idb";
import { draftOf } from "../model/secrets";
import type { Graph } from "../model/types";

export interface Draft {
  /** Of the open editor that the edits were made in. */
  id: string;
  user: string;
  workflow: string;
  /** What the server had when the edits began. */
  base: Graph;
  graph: Graph;
  /** Keys of secrets whose typed values were not kept. */
  untold: string[];
  /** Milliseconds since 1970, of the last edit. */
  at: number;
}

export interface Drafts {
  /** Marks the edits of this editor as looked after, until `close`: no other tab is offered them. */
  open: () => void;
  close: () => void;
  write: (graph: Graph, base: Graph) => Promise<void>;
  /** What is on the screen is on the server: nothing is kept of this editor any more. */
  clear: () => Promise<void>;
  /** What no open editor looks after, oldest first. */
  lost: () => Promise<Draft[]>;
  /** Goes on with a lost draft as if it had been made in this editor. */
  adopt: (draft: Draft) => Promise<void>;
  drop: (id: string) => Promise<void>;
  putBack: (draft: Draft) => Promise<void>;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft; indexes: { place: [string, string] } };
}

type Store = IDBPObjectStore<Schema, ["drafts"], "drafts", "readwrite">;

/** Nobody comes back for what is older, in milliseconds. */
const OLDEST = 90 * 24 * 3600 * 1000;
const STORE = "drafts";

let opening: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>("sailcloth", 1, {
    upgrade: (db) =>
      db.createObjectStore(STORE, { keyPath: "id" }).createIndex("place", ["user", "workflow"]),
    // Another tab, of a newer release, has to change it: the next use opens it again.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      opening = null;
    },
    terminated: () => {
      opening = null;
    },
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

const lockOf = (id: string) => `sailcloth.draft.${id}`;

/** Where the browser keeps nothing, or has no room, all of this does nothing: the edits are on the screen still. */
export function draftsOf(user: string, workflow: string, id: string = crypto.randomUUID()): Drafts {
  let release: () => void = () => undefined;
  const change = async (act: (store: Store) => Promise<unknown>[]): Promise<void> => {
    try {
      const transaction = (await database()).transaction(STORE, "readwrite");
      const acts = act(transaction.store);
      // At once: a page that is being closed hears no answer any more.
      transaction.commit();
      await Promise.all([...acts, transaction.done]);
    } catch {
      // As above.
    }
  };
  return {
    open: () => {
      release();
      void navigator.locks?.request(lockOf(id), () => new Promise<void>((done) => (release = done)));
    },
    close: () => release(),
    write: (graph, base) =>
      change((store) => [store.put({ id, user, workflow, ...draftOf(graph, base), at: Date.now() })]),
    clear: () => change((store) => [store.delete(id)]),
    drop: (other) => change((store) => [store.delete(other)]),
    putBack: (draft) => change((store) => [store.put(draft)]),
    adopt: (draft) => change((store) => [store.put({ ...draft, id }), store.delete(draft.id)]),
    lost: async () => {
      try {
        const [db, held] = await Promise.all([database(), heldLocks()]);
        const found = await db.getAllFromIndex(STORE, "place", [user, workflow]);
        const isOld = (draft: Draft) => draft.at < Date.now() - OLDEST;
        for (const draft of found.filter(isOld)) await db.delete(STORE, draft.id);
        return found
          .filter((draft) => draft.id !== id && !held.has(lockOf(draft.id)) && !isOld(draft))
          .sort((a, b) => a.at - b.at);
      } catch {
        return [];
      }
    },
  };
}

async function heldLocks(): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.flatMap(({ name }) => name ?? []));
}

/** The same text for graphs that say the same. */
export function canonical(graph: Graph): string {
  const sorted = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify({ nodes: graph.nodes, edges: graph.edges }, sorted);
}
