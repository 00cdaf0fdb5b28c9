/** Imports: sent, looked through, decided, and made a workflow of. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, call, type Schemas } from "@/api";
import { openEventStream } from "@/api/stream";
import { workflowsKey } from "./workflows";

export type Import = Schemas["ImportOut"];
export type Analysis = Schemas["AnalysisOut"];
export type ReportRow = Schemas["RowOut"];
export type MergeNote = Schemas["NoteOut"];
export type ImportChoice = Schemas["ChoiceOut"];

const importsKey = ["imports"] as const;

export const recentImportsQuery = queryOptions({
  queryKey: [...importsKey, "recent"],
  queryFn: ({ signal }) => call(api.GET("/v1/api/import/", { params: { query: { limit: "5" } }, signal })),
});

export function importQuery(id: string) {
  return queryOptions({
    queryKey: [...importsKey, "one", id],
    queryFn: ({ signal }) => call(api.GET("/v1/api/import/{id}/", { params: { path: { id } }, signal })),
  });
}

/** `names` are those that the report is about: another project among the files has others. */
export function importFilesQuery(id: string, names: readonly string[]) {
  return queryOptions({
    queryKey: [...importsKey, "files", id, ...names],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/import/{id}/files/", { params: { path: { id } }, signal })),
    // What was sent does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface SentFile {
  /** In its folder. */
  path: string;
  file: File;
}

function useKeep() {
  const client = useQueryClient();
  return (found: Import) => {
    client.setQueryData(importQuery(found.id).queryKey, found);
    void client.invalidateQueries({ queryKey: recentImportsQuery.queryKey });
  };
}

export function useAnalyze() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (content: string) =>
      call(api.POST("/v1/api/import/analyze/", { body: { source: { content } } })),
    onSuccess: keep,
  });
}

export interface AskedRepository {
  git_url: string;
  ref: string;
  path: string;
  username: string;
  token: string;
  submodules: boolean;
}

/** Answers at once; what comes of it is told by the import's stream. */
export function useFetchRepository() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ username, token, ...source }: AskedRepository) =>
      call(
        api.POST("/v1/api/import/analyze/", {
          body: { source: { ...source, ...(token ? { credentials: { username, token } } : {}) } },
        }),
      ),
    onSuccess: keep,
  });
}

/** Looks through what lives in a namespace. */
export function useAdopt() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (source: { cluster: string; namespace: string }) =>
      call(api.POST("/v1/api/import/analyze/", { body: { source } })),
    onSuccess: keep,
  });
}

export interface ImportProgress {
  stage: "fetching" | "looking";
  percent: number | null;
  message: string;
}

/** How far it is, for as long as it is not ready; the import is read anew at the end. */
export function useImportProgress(id: string): ImportProgress | null {
  const client = useQueryClient();
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  useEffect(() => {
    const stream = openEventStream(`/import/${encodeURIComponent(id)}/stream`, {
      onEvent: ({ type, data }) => {
        if (type === "progress") setProgress(data as ImportProgress);
        if (type === "done") void client.invalidateQueries({ queryKey: importsKey });
      },
    });
    return () => stream.close();
  }, [client, id]);
  return progress;
}

export function useUpload() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (files: readonly SentFile[]) => {
      const body = new FormData();
      for (const { file } of files) body.append("file", file);
      for (const { path } of files) body.append("path", path);
      return call(
        api.POST("/v1/api/import/upload/", {
          body: body as unknown as { file: string[] },
          bodySerializer: (form) => form as unknown as FormData,
        }),
      );
    },
    onSuccess: keep,
  });
}

export function useDecide(id: string) {
  const keep = useKeep();
  return useMutation({
    mutationFn: (body: Schemas["ChoicesInRequest"]) =>
      call(api.PUT("/v1/api/import/{id}/choices/", { params: { path: { id } }, body })),
    onSuccess: keep,
  });
}

/** Gone from the list at once; it comes back when the server says no. */
export function useForgetImport() {
  const client = useQueryClient();
  const key = recentImportsQuery.queryKey;
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/v1/api/import/{id}/", { params: { path: { id } } })),
    onMutate: (id) =>
      client.setQueryData(
        key,
        (old) => old && { ...old, imports: old.imports.filter((each) => each.id !== id) },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

export function useCreateFromImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["CreateInRequest"]) =>
      call(api.POST("/v1/api/import/create-workflow/", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: workflowsKey }),
  });
}

export function useApplyImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ApplyInRequest"]) => call(api.POST("/v1/api/import/apply/", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: workflowsKey }),
  });
}
