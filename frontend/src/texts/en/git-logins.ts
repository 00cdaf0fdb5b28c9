/** Logins for private repositories. */
export const gitLogins = {
  title: "Git logins",
  subtitle: "One for each Git host: builds from private repositories there sign in with it.",
  add: "Keep a login",
  addTitle: "Keep a login for a Git host",
  addText:
    "It is encrypted, sent to this host alone, and never shown again. It takes the place of the one before.",
  addAction: "Keep it",
  emptyTitle: "No logins are kept",
  emptyText:
    "Public repositories need none. For private ones keep a token that may read them: build nodes and builds on push use it as well.",
  host: "Git host",
  hostHint: "https://github.com, or the address of any repository there.",
  username: "User",
  token: "Token or password",
  tokenHint: "One that may only read is enough.",
  as: (name: string) => (name ? `as ${name}` : "by its token"),
  since: "Kept",
  replace: "Replace…",
  remove: "Remove…",
  removeTitle: (address: string) => `Forget the login for ${address}?`,
  removeText: "Builds from private repositories there fail until another one is kept.",
  removeAction: "Forget it",
  kept: (address: string) => `The login for ${address} is kept.`,
  removed: (address: string) => `The login for ${address} is forgotten.`,
};
