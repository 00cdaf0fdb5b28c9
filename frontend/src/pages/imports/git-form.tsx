import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { type AskedRepository, useFetchRepository } from "@/data/imports";
import { t } from "@/texts";
import { Button, Card, Checkbox, Field, Input, PasswordInput } from "@/ui";
import { Refusal } from "./refusal";

/** The address of a repository; a private one with what opens it. */
export function GitForm() {
  const { into, url = "", ref = "", path = "" } = useSearch({ from: "/member/import" });
  const navigate = useNavigate();
  const fetching = useFetchRepository();
  const [asked, setAsked] = useState<AskedRepository>({
    git_url: url,
    ref,
    path,
    username: "",
    token: "",
    submodules: false,
  });
  const [isPrivate, setPrivate] = useState(false);
  const set = (change: Partial<AskedRepository>) => setAsked({ ...asked, ...change });
  const errorOf = (field: string) =>
    fetching.error instanceof ApiError ? fetching.error.fields[`source.${field}`]?.[0] : undefined;
  const isPlaced = ["git_url", "ref", "path", "credentials"].some((field) => errorOf(field));
  const send = () =>
    fetching.mutate(
      { ...asked, git_url: asked.git_url.trim(), ...(isPrivate ? {} : { username: "", token: "" }) },
      {
        onSuccess: (found) =>
          void navigate({ to: "/import/$importId", params: { importId: found.id }, search: { into } }),
      },
    );
  return (
    <Card className="p-4">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {fetching.error && !isPlaced && <Refusal error={fetching.error} />}
        <Field label={t.imports.gitUrl} hint={t.imports.gitUrlHint} error={errorOf("git_url")}>
          <Input
            type="url"
            required
            spellCheck={false}
            autoComplete="url"
            placeholder="https://github.com/team/app"
            value={asked.git_url}
            onChange={(event) => set({ git_url: event.target.value })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t.imports.gitRef} aside={t.imports.optional} error={errorOf("ref")}>
            <Input
              spellCheck={false}
              placeholder="main"
              value={asked.ref}
              onChange={(event) => set({ ref: event.target.value })}
            />
          </Field>
          <Field
            label={t.imports.gitPath}
            aside={t.imports.optional}
            hint={t.imports.gitPathHint}
            error={errorOf("path")}
          >
            <Input
              spellCheck={false}
              placeholder="deploy/compose.yaml"
              value={asked.path}
              onChange={(event) => set({ path: event.target.value })}
            />
          </Field>
        </div>
        <div className="flex flex-col gap-2">
          <Checkbox
            isOn={asked.submodules}
            onChange={(submodules) => set({ submodules })}
            label={t.imports.submodules}
          />
          <Checkbox isOn={isPrivate} onChange={setPrivate} label={t.imports.isPrivate} />
        </div>
        {isPrivate && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t.imports.gitUser} aside={t.imports.optional}>
              <Input
                autoComplete="off"
                value={asked.username}
                onChange={(event) => set({ username: event.target.value })}
              />
            </Field>
            <Field label={t.imports.gitToken} hint={t.imports.gitTokenHint} error={errorOf("credentials")}>
              <PasswordInput
                required
                autoComplete="off"
                value={asked.token}
                onChange={(event) => set({ token: event.target.value })}
              />
            </Field>
          </div>
        )}
        <div>
          <Button
            type="submit"
            variant="primary"
            disabled={asked.git_url.trim() === ""}
            isBusy={fetching.isPending}
          >
            {t.imports.fetch}
          </Button>
        </div>
      </form>
    </Card>
  );
}
