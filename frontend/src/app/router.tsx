/** All addresses of the product. Pages are fetched when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { ensureSession } from "@/auth/session";
import { CrashPage } from "./crash";
import { AppLayout } from "./layout";
import { NotFoundPage } from "./not-found";
import { PageLoading } from "./page-loading";
import { safeNext } from "./safe-next";
import {
  activitySearch,
  buildHooksSearch,
  buildSearch,
  buildsSearch,
  clusterSearch,
  clustersSearch,
  editorSearch,
  gitLoginsSearch,
  guestSearch,
  importReportSearch,
  importSearch,
  newBuildSearch,
  peopleSearch,
  pluginSearch,
  pluginsSearch,
  providerSearch,
  registriesSearch,
  resourceSearch,
  resourcesSearch,
  templatesSearch,
  workflowsSearch,
} from "./search";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

/** Pages for whoever is not signed in; who is goes on to where they wanted to. */
const guest = createRoute({
  getParentRoute: () => root,
  id: "guest",
  validateSearch: guestSearch,
  component: lazyRouteComponent(() => import("@/pages/auth/layout"), "GuestLayout"),
});

const sendOn = async ({ search }: { search: { next?: string | undefined } }) => {
  if (await ensureSession()) throw redirect({ href: safeNext(search.next) });
};

const signIn = createRoute({
  getParentRoute: () => guest,
  path: "/sign-in",
  beforeLoad: sendOn,
  component: lazyRouteComponent(() => import("@/pages/auth/sign-in"), "SignInPage"),
});

const register = createRoute({
  getParentRoute: () => guest,
  path: "/register",
  beforeLoad: sendOn,
  component: lazyRouteComponent(() => import("@/pages/auth/register"), "RegisterPage"),
});

const forgot = createRoute({
  getParentRoute: () => guest,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("@/pages/auth/forgot"), "ForgotPage"),
});

const reset = createRoute({
  getParentRoute: () => guest,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("@/pages/auth/reset"), "ResetPage"),
});

const verify = createRoute({
  getParentRoute: () => guest,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("@/pages/auth/verify"), "VerifyPage"),
});

const oauth = createRoute({
  getParentRoute: () => guest,
  path: "/oauth/callback",
  component: lazyRouteComponent(() => import("@/pages/auth/oauth"), "OAuthPage"),
});

/** Everything else needs a session. */
const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  component: AppLayout,
  beforeLoad: async ({ location }) => {
    if (await ensureSession()) return;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => member,
  path: "/",
  component: lazyRouteComponent(() => import("@/pages/dashboard/page"), "DashboardPage"),
});

const workflows = createRoute({
  getParentRoute: () => member,
  path: "/workflows",
  validateSearch: workflowsSearch,
  component: lazyRouteComponent(() => import("@/pages/workflows/page"), "WorkflowsPage"),
});

/** The editor keeps its own state in the address: which node is selected, which panel is open. */
const workflow = createRoute({
  getParentRoute: () => member,
  path: "/workflows/$workflowId",
  validateSearch: editorSearch,
  component: lazyRouteComponent(() => import("@/pages/workflows/editor-route"), "EditorRoute"),
});

const clusters = createRoute({
  getParentRoute: () => member,
  path: "/clusters",
  validateSearch: clustersSearch,
  beforeLoad: ({ search }) => {
    if (search.cluster)
      throw redirect({ to: "/clusters/$name", params: { name: search.cluster }, search: {} });
  },
  component: lazyRouteComponent(() => import("@/pages/clusters/page"), "ClustersPage"),
});

const cluster = createRoute({
  getParentRoute: () => member,
  path: "/clusters/$name",
  validateSearch: clusterSearch,
  component: lazyRouteComponent(() => import("@/pages/clusters/detail-page"), "ClusterPage"),
});

const resources = createRoute({
  getParentRoute: () => member,
  path: "/resources",
  validateSearch: resourcesSearch,
  component: lazyRouteComponent(() => import("@/pages/resources/page"), "ResourcesPage"),
});

const resource = createRoute({
  getParentRoute: () => member,
  path: "/resources/$resourceId",
  validateSearch: resourceSearch,
  component: lazyRouteComponent(() => import("@/pages/resources/detail-page"), "ResourcePage"),
});

const builds = createRoute({
  getParentRoute: () => member,
  path: "/builds",
  validateSearch: buildsSearch,
  component: lazyRouteComponent(() => import("@/pages/builds/page"), "BuildsPage"),
});

const newBuild = createRoute({
  getParentRoute: () => member,
  path: "/builds/new",
  validateSearch: newBuildSearch,
  component: lazyRouteComponent(() => import("@/pages/builds/new-page"), "NewBuildPage"),
});

const buildHooks = createRoute({
  getParentRoute: () => member,
  path: "/builds/webhooks",
  validateSearch: buildHooksSearch,
  component: lazyRouteComponent(() => import("@/pages/builds/hooks-page"), "HooksPage"),
});

const gitLogins = createRoute({
  getParentRoute: () => member,
  path: "/builds/logins",
  validateSearch: gitLoginsSearch,
  component: lazyRouteComponent(() => import("@/pages/builds/logins-page"), "GitLoginsPage"),
});

const build = createRoute({
  getParentRoute: () => member,
  path: "/builds/$buildId",
  validateSearch: buildSearch,
  component: lazyRouteComponent(() => import("@/pages/builds/detail-page"), "BuildPage"),
});

const registries = createRoute({
  getParentRoute: () => member,
  path: "/registries",
  validateSearch: registriesSearch,
  component: lazyRouteComponent(() => import("@/pages/registries/page"), "RegistriesPage"),
});

const imports = createRoute({
  getParentRoute: () => member,
  path: "/import",
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import("@/pages/imports/page"), "ImportPage"),
});

const importReport = createRoute({
  getParentRoute: () => member,
  path: "/import/$importId",
  validateSearch: importReportSearch,
  component: lazyRouteComponent(() => import("@/pages/imports/report-page"), "ImportReportPage"),
});

const templates = createRoute({
  getParentRoute: () => member,
  path: "/templates",
  validateSearch: templatesSearch,
  component: lazyRouteComponent(() => import("@/pages/templates/page"), "TemplatesPage"),
});

const template = createRoute({
  getParentRoute: () => member,
  path: "/templates/$templateId",
  component: lazyRouteComponent(() => import("@/pages/templates/detail-page"), "TemplatePage"),
});

const plugins = createRoute({
  getParentRoute: () => member,
  path: "/plugins",
  validateSearch: pluginsSearch,
  component: lazyRouteComponent(() => import("@/pages/plugins/page"), "PluginsPage"),
});

const plugin = createRoute({
  getParentRoute: () => member,
  path: "/plugins/$pluginId",
  validateSearch: pluginSearch,
  component: lazyRouteComponent(() => import("@/pages/plugins/detail-page"), "PluginPage"),
});

const settings = createRoute({
  getParentRoute: () => member,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/pages/settings/layout"), "SettingsLayout"),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/profile", replace: true });
  },
});

const profile = createRoute({
  getParentRoute: () => settings,
  path: "/profile",
  component: lazyRouteComponent(() => import("@/pages/settings/profile"), "ProfilePage"),
});

const password = createRoute({
  getParentRoute: () => settings,
  path: "/password",
  component: lazyRouteComponent(() => import("@/pages/settings/password"), "PasswordPage"),
});

const sessions = createRoute({
  getParentRoute: () => settings,
  path: "/sessions",
  component: lazyRouteComponent(() => import("@/pages/settings/sessions"), "SessionsPage"),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: "/tokens",
  component: lazyRouteComponent(() => import("@/pages/settings/tokens"), "TokensPage"),
});

const notifications = createRoute({
  getParentRoute: () => settings,
  path: "/notifications",
  component: lazyRouteComponent(() => import("@/pages/settings/notifications"), "NotificationsPage"),
});

const linkedAccounts = createRoute({
  getParentRoute: () => settings,
  path: "/linked-accounts",
  validateSearch: providerSearch,
  component: lazyRouteComponent(() => import("@/pages/settings/linked-accounts"), "LinkedAccountsPage"),
});

const activity = createRoute({
  getParentRoute: () => settings,
  path: "/activity",
  validateSearch: activitySearch,
  component: lazyRouteComponent(() => import("@/pages/settings/activity"), "ActivityPage"),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: "/people",
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import("@/pages/settings/people"), "PeoplePage"),
});

const server = createRoute({
  getParentRoute: () => settings,
  path: "/server",
  component: lazyRouteComponent(() => import("@/pages/settings/server"), "ServerPage"),
});

const routeTree = root.addChildren([
  guest.addChildren([signIn, register, forgot, reset, verify, oauth]),
  member.addChildren([
    home,
    workflows,
    workflow,
    clusters,
    cluster,
    resources,
    resource,
    builds,
    newBuild,
    buildHooks,
    gitLogins,
    build,
    registries,
    imports,
    importReport,
    templates,
    template,
    plugins,
    plugin,
    settings.addChildren([
      settingsHome,
      profile,
      password,
      linkedAccounts,
      sessions,
      tokens,
      notifications,
      activity,
      people,
      server,
    ]),
  ]),
]);

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    ...(history ? { history } : {}),
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: false,
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
