/** A build as its form holds it, and what is sent of it. Pure. */
import { z } from "zod";
import { ApiError } from "@/api";
import { type Build, type BuildInput, nameOf } from "@/data/builds";
import { t } from "@/texts";

const words = t.builds.form;

export const SOURCE_KINDS = ["git", "upload", "inline"] as const;
export const WHERES = ["source", "here"] as const;

const pair = z.object({ name: z.string(), value: z.string(), isSecret: z.boolean() });

export const draftSchema = z
  .object({
    kind: z.enum(SOURCE_KINDS),
    git_url: z.string().trim(),
    ref: z.string().trim(),
    subdirectory: z.string().trim(),
    submodules: z.boolean(),
    isPrivate: z.boolean(),
    username: z.string().trim(),
    token: z.string(),
    upload: z.object({ id: z.string(), name: z.string(), size: z.number() }).nullable(),
    where: z.enum(WHERES),
    dockerfile: z.string().trim(),
    text: z.string(),
    registry_id: z.string(),
    engine: z.string(),
    image: z.string().trim().min(1, t.errors.required),
    tag: z.string().trim(),
    target: z.string().trim(),
    platforms: z.string(),
    build_args: z.array(pair),
    secrets: z.array(pair),
  })
  .superRefine((draft, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (draft.kind === "git" && !draft.git_url) refuse("git_url", t.errors.required);
    if (draft.kind === "upload" && !draft.upload) refuse("upload", words.nothingUploaded);
    if (writesDockerfile(draft) && !draft.text.trim()) refuse("text", t.errors.required);
    for (const field of ["build_args", "secrets"] as const) {
      const names = draft[field].map((row) => row.name.trim()).filter(Boolean);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice) refuse(field, words.twice(twice));
    }
  });

export type Draft = z.infer<typeof draftSchema>;

export const EMPTY: Draft = {
  kind: "git",
  git_url: "",
  ref: "",
  subdirectory: "",
  submodules: false,
  isPrivate: false,
  username: "",
  token: "",
  upload: null,
  where: "source",
  dockerfile: "",
  text: "",
  registry_id: "",
  engine: "",
  image: "",
  tag: "",
  target: "",
  platforms: "",
  build_args: [],
  secrets: [],
};

/** Whether the Dockerfile is what was typed. */
export function writesDockerfile({ kind, where }: Pick<Draft, "kind" | "where">): boolean {
  return kind === "inline" || where === "here";
}

/** As an earlier build was; what is secret of it nobody knows. A Dockerfile that was written for it is there to change. */
export function draftOf(build: Build): Draft {
  const { source } = build;
  const isWritten = source.kind === "inline" || build.is_dockerfile_detected;
  const row = (name: string, value: string, isSecret: boolean) => ({ name, value, isSecret });
  return {
    ...EMPTY,
    kind: source.kind,
    git_url: source.git_url ?? "",
    ref: source.ref ?? "",
    subdirectory: source.subdirectory ?? "",
    submodules: source.submodules ?? false,
    upload: source.upload ? { id: source.upload, name: t.builds.sources.upload, size: 0 } : null,
    where: isWritten ? "here" : "source",
    dockerfile: build.dockerfile,
    text: isWritten ? build.dockerfile_text : "",
    registry_id: build.registry_id ?? "",
    engine: build.engine,
    // Its host and path are the registry's.
    image: build.registry_id ? build.image : nameOf({ image: build.image, tag: "" }).replace(/:$/, ""),
    tag: build.tag,
    target: build.target,
    platforms: build.platforms.join(", "),
    build_args: Object.entries(build.build_args).map(([name, value]) => row(name, value, false)),
    secrets: build.secret_names.map((name) => row(name, "", true)),
  };
}

export function sourceOf(draft: Draft): NonNullable<BuildInput["source"]> {
  if (draft.kind === "upload") return { upload: draft.upload?.id ?? "" };
  if (draft.kind === "inline") return { files: { Dockerfile: `${draft.text.trimEnd()}\n` } };
  const { git_url, ref, subdirectory, submodules, isPrivate, username, token } = draft;
  return {
    git_url,
    ...(ref ? { ref } : {}),
    ...(subdirectory ? { subdirectory } : {}),
    ...(submodules ? { submodules } : {}),
    ...(isPrivate && token ? { token, ...(username ? { username } : {}) } : {}),
  };
}

export function inputOf(draft: Draft): BuildInput {
  const given = (rows: Draft["secrets"]) => rows.filter((row) => row.name.trim() !== "");
  const args = given(draft.build_args).map(({ name, value, isSecret }) => [
    name.trim(),
    isSecret ? { value, secret: true } : value,
  ]);
  const secrets = given(draft.secrets).map(({ name, value }) => [name.trim(), value]);
  const platforms = draft.platforms.split(/[\s,]+/).filter(Boolean);
  // A text has lines: without one it would be taken for a path.
  const dockerfile =
    draft.kind === "inline" ? "" : draft.where === "here" ? `${draft.text.trimEnd()}\n` : draft.dockerfile;
  return {
    source: sourceOf(draft),
    image: draft.image,
    ...(dockerfile ? { dockerfile } : {}),
    ...(draft.tag ? { tag: draft.tag } : {}),
    ...(draft.registry_id ? { registry_id: draft.registry_id } : {}),
    ...(draft.engine ? { engine: draft.engine } : {}),
    ...(draft.target ? { target: draft.target } : {}),
    ...(platforms.length > 0 ? { platforms } : {}),
    ...(args.length > 0 ? { build_args: Object.fromEntries(args) } : {}),
    ...(secrets.length > 0 ? { secrets: Object.fromEntries(secrets) } : {}),
  };
}

/** What the server says of a field of the source belongs to the field of the form. */
export function refusalOf(error: unknown, draft: Draft): unknown {
  if (!(error instanceof ApiError)) return error;
  const fields: Record<string, string[]> = {};
  for (const [name, texts] of Object.entries(error.fields)) {
    const own = name.replace(/^source\./, "");
    fields[own === "files" || (own === "dockerfile" && writesDockerfile(draft)) ? "text" : own] = texts;
  }
  return new ApiError(error.status, error.code, error.message, fields, error.details, error.retryAfter);
}

/** A name for an image, from where its source is. */
export function suggestedImage(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/]*\//i, "").replace(/(\.git)?\/*$/, "");
  const parts = path
    .toLowerCase()
    .split("/")
    .map((part) => part.replace(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ""));
  return /^[a-z]+:\/\//i.test(url) ? parts.filter(Boolean).slice(-2).join("/") : "";
}
