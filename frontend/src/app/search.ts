/** What pages keep in the address. Whatever does not fit is dropped: a mistyped link still opens its page. */

type Raw = Record<string, unknown>;

/** What went wrong on the way to a provider and back. */
export interface ProviderSearch {
  error?: string | undefined;
  provider?: string | undefined;
}

export interface GuestSearch extends ProviderSearch {
  /** Where to go after the sign-in. */
  next?: string | undefined;
}

export interface WorkflowsSearch {
  q?: string | undefined;
  status?: "draft" | "published" | "archived" | undefined;
  sort?: "updated" | "created" | "name" | undefined;
  page?: number | undefined;
  create?: boolean | undefined;
}

export interface ClustersSearch {
  q?: string | undefined;
  page?: number | undefined;
  add?: boolean | undefined;
  /** Old links name the one to open here. */
  cluster?: string | undefined;
}

const CLUSTER_TABS = ["overview", "offers", "access", "log", "sharing"] as const;
export type ClusterTab = (typeof CLUSTER_TABS)[number];

export interface ClusterSearch {
  tab?: ClusterTab | undefined;
}

const RESOURCE_SORTS = ["name", "kind", "namespace", "health", "created_at"] as const;
export type ResourceSort = (typeof RESOURCE_SORTS)[number];

export interface ResourcesSearch {
  q?: string | undefined;
  cluster?: string | undefined;
  namespace?: string | undefined;
  kind?: string | undefined;
  status?: string | undefined;
  workflow?: string | undefined;
  favorite?: boolean | undefined;
  sort?: ResourceSort | undefined;
  order?: "asc" | "desc" | undefined;
}

const RESOURCE_TABS = ["overview", "pods", "logs", "terminal", "yaml", "events", "history"] as const;
export type ResourceTab = (typeof RESOURCE_TABS)[number];

export interface ResourceSearch {
  tab?: ResourceTab | undefined;
  /** Whose logs or terminal, where there are several. */
  pod?: string | undefined;
  container?: string | undefined;
}

export interface PluginSearch {
  cluster?: string | undefined;
}

export interface PluginsSearch extends PluginSearch {
  q?: string | undefined;
  category?: string | undefined;
  show?: "on" | "off" | undefined;
}

export interface TemplatesSearch {
  q?: string | undefined;
  category?: string | undefined;
}

export const VERDICTS = ["kept", "mapped", "approximated", "refused"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface ImportSearch {
  /** The workflow that it was begun in. */
  into?: string | undefined;
  by?: "git" | "cluster" | undefined;
  /** What the form of a repository begins with, so that a link may name one. */
  url?: string | undefined;
  ref?: string | undefined;
  path?: string | undefined;
}

export interface ImportReportSearch extends ImportSearch {
  verdict?: Verdict | undefined;
  tab?: "picture" | undefined;
}

export const BUILD_FILTERS = ["running", "succeeded", "failed", "cancelled"] as const;
export type BuildFilter = (typeof BUILD_FILTERS)[number];

export interface BuildsSearch {
  q?: string | undefined;
  status?: BuildFilter | undefined;
  /** The id of the one that they were made for. */
  workflow?: string | undefined;
  page?: number | undefined;
}

export interface NewBuildSearch {
  /** An earlier build that this one begins as. */
  from?: string | undefined;
}

export interface GitLoginsSearch {
  /** The Git host for which a login is kept: the form opens with it. Empty for any. */
  add?: string | undefined;
}

export interface BuildHooksSearch {
  /** A build that each push makes again: the form opens with it. Empty to choose one. */
  add?: string | undefined;
}

const BUILD_TABS = ["log", "dockerfile", "settings"] as const;
export type BuildTab = (typeof BUILD_TABS)[number];

export interface BuildSearch {
  tab?: BuildTab | undefined;
  /** The place of the step whose lines are read. */
  step?: number | undefined;
}

export interface RegistriesSearch {
  page?: number | undefined;
  add?: boolean | undefined;
}

/** `?q=42` arrives as a number, for the router reads JSON. */
function text(value: unknown): string | undefined {
  if (typeof value === "string") return value || undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function oneOf<Value extends string>(value: unknown, values: readonly Value[]): Value | undefined {
  return values.find((one) => one === value);
}

/** The first page is not worth a word. */
function page(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 1 ? value : undefined;
}

function flag(value: unknown): true | undefined {
  return value === true || undefined;
}

export function providerSearch(raw: Raw): ProviderSearch {
  return { error: text(raw.error), provider: text(raw.provider) };
}

export function guestSearch(raw: Raw): GuestSearch {
  return { next: text(raw.next), ...providerSearch(raw) };
}

export function workflowsSearch(raw: Raw): WorkflowsSearch {
  return {
    q: text(raw.q),
    status: oneOf(raw.status, ["draft", "published", "archived"]),
    sort: oneOf(raw.sort, ["updated", "created", "name"]),
    page: page(raw.page),
    create: flag(raw.create),
  };
}

export function clustersSearch(raw: Raw): ClustersSearch {
  return { q: text(raw.q), page: page(raw.page), add: flag(raw.add), cluster: text(raw.cluster) };
}

export function clusterSearch(raw: Raw): ClusterSearch {
  const tab = oneOf(raw.tab, CLUSTER_TABS);
  return { tab: tab === "overview" ? undefined : tab };
}

export function resourcesSearch(raw: Raw): ResourcesSearch {
  return {
    q: text(raw.q),
    cluster: text(raw.cluster),
    namespace: text(raw.namespace),
    kind: text(raw.kind),
    status: text(raw.status),
    workflow: text(raw.workflow),
    favorite: flag(raw.favorite),
    sort: oneOf(raw.sort, RESOURCE_SORTS),
    order: oneOf(raw.order, ["asc", "desc"]),
  };
}

export function resourceSearch(raw: Raw): ResourceSearch {
  const tab = oneOf(raw.tab, RESOURCE_TABS);
  return {
    tab: tab === "overview" ? undefined : tab,
    pod: text(raw.pod),
    container: text(raw.container),
  };
}

export function registriesSearch(raw: Raw): RegistriesSearch {
  return { page: page(raw.page), add: flag(raw.add) };
}

/** The editor knows best what it keeps there. */
export function editorSearch(raw: Raw): Raw {
  return raw;
}

export function templatesSearch(raw: Raw): TemplatesSearch {
  return { q: text(raw.q), category: text(raw.category) };
}

export function pluginsSearch(raw: Raw): PluginsSearch {
  return {
    q: text(raw.q),
    category: text(raw.category),
    cluster: text(raw.cluster),
    show: oneOf(raw.show, ["on", "off"]),
  };
}

export function pluginSearch(raw: Raw): PluginSearch {
  return { cluster: text(raw.cluster) };
}

export function importSearch(raw: Raw): ImportSearch {
  return {
    into: text(raw.into),
    by: oneOf(raw.by, ["git", "cluster"]),
    url: text(raw.url),
    ref: text(raw.ref),
    path: text(raw.path),
  };
}

export function importReportSearch(raw: Raw): ImportReportSearch {
  return { into: text(raw.into), verdict: oneOf(raw.verdict, VERDICTS), tab: oneOf(raw.tab, ["picture"]) };
}

export function buildsSearch(raw: Raw): BuildsSearch {
  return {
    q: text(raw.q),
    status: oneOf(raw.status, BUILD_FILTERS),
    workflow: text(raw.workflow),
    page: page(raw.page),
  };
}

export function buildSearch(raw: Raw): BuildSearch {
  const tab = oneOf(raw.tab, BUILD_TABS);
  const isPlace = typeof raw.step === "number" && Number.isInteger(raw.step) && raw.step >= 0;
  return { tab: tab === "log" ? undefined : tab, step: isPlace ? (raw.step as number) : undefined };
}

export function newBuildSearch(raw: Raw): NewBuildSearch {
  return { from: text(raw.from) };
}

export function gitLoginsSearch(raw: Raw): GitLoginsSearch {
  return { add: typeof raw.add === "string" ? raw.add : undefined };
}

export function buildHooksSearch(raw: Raw): BuildHooksSearch {
  return { add: typeof raw.add === "string" ? raw.add : undefined };
}

export const ACTIVITY_TYPES = [
  "workflow",
  "run",
  "cluster",
  "resource",
  "terminal",
  "build",
  "registry",
  "import",
  "template",
  "plugin",
  "user",
  "session",
  "token",
  "signup",
  "audit",
] as const;
export const ACTIVITY_DAYS = ["1", "7", "30", "90"] as const;

export interface ActivitySearch {
  q?: string | undefined;
  type?: string | undefined;
  object?: string | undefined;
  actor?: string | undefined;
  days?: string | undefined;
  page?: number | undefined;
  entry?: string | undefined;
}

export function activitySearch(raw: Raw): ActivitySearch {
  return {
    q: text(raw.q),
    type: text(raw.type),
    object: text(raw.object),
    actor: text(raw.actor),
    days: oneOf(text(raw.days), ACTIVITY_DAYS),
    page: page(raw.page),
    entry: text(raw.entry),
  };
}

export interface PeopleSearch {
  q?: string | undefined;
  role?: "user" | "admin" | undefined;
  disabled?: true | undefined;
  page?: number | undefined;
  person?: string | undefined;
}

export function peopleSearch(raw: Raw): PeopleSearch {
  return {
    q: text(raw.q),
    role: oneOf(raw.role, ["user", "admin"]),
    disabled: flag(raw.disabled),
    page: page(raw.page),
    person: text(raw.person),
  };
}
