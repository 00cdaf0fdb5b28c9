import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { gitLoginsQuery } from "@/data/git-logins";
import { t } from "@/texts";
import { Checkbox, Field, Input, PasswordInput, Segmented, Textarea } from "@/ui";
import { SOURCE_KINDS, suggestedImage, WHERES, writesDockerfile } from "./draft";
import type { BuildForm } from "./new-page";
import { Preview } from "./preview";
import { Upload } from "./upload";

const words = t.builds.form;
const EXAMPLE = "FROM nginx:1.27\nCOPY --from=busybox:1 /bin/busybox /usr/local/bin/busybox\n";

/** Where it comes from, and which Dockerfile of it. */
export function SourceFields({ form }: { form: BuildForm }) {
  const kind = form.watch("kind");
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-sm font-semibold">{words.source}</h2>
        <Segmented
          label={words.source}
          value={kind}
          onValueChange={(next) => form.setValue("kind", next)}
          options={SOURCE_KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        />
      </div>
      {kind === "git" && <GitFields form={form} />}
      {kind === "upload" && (
        <Upload
          value={form.watch("upload")}
          onChange={(upload) => form.setValue("upload", upload)}
          error={form.errorOf("upload")}
        />
      )}
      {kind === "inline" ? <DockerfileText form={form} /> : <DockerfileChoice form={form} />}
    </>
  );
}

function GitFields({ form }: { form: BuildForm }) {
  const isPrivate = form.watch("isPrivate");
  const address = form.register("git_url");
  return (
    <>
      <Field label={words.address} hint={words.addressHint} error={form.errorOf("git_url")}>
        <Input
          className="font-mono"
          inputMode="url"
          placeholder="https://github.com/team/app"
          {...address}
          onBlur={(event) => {
            void address.onBlur(event);
            // Only where nobody has named it yet.
            if (form.getValues("image") === "")
              form.setValue("image", suggestedImage(event.target.value.trim()));
          }}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.ref} hint={words.refHint} error={form.errorOf("ref")} aside={t.ui.optional}>
          <Input className="font-mono" placeholder="main" {...form.register("ref")} />
        </Field>
        <Field
          label={words.subdirectory}
          hint={words.subdirectoryHint}
          error={form.errorOf("subdirectory")}
          aside={t.ui.optional}
        >
          <Input className="font-mono" {...form.register("subdirectory")} />
        </Field>
      </div>
      <Checkbox
        label={words.submodules}
        isOn={form.watch("submodules")}
        onChange={(next) => form.setValue("submodules", next)}
      />
      <Checkbox
        label={words.isPrivate}
        isOn={isPrivate}
        onChange={(next) => form.setValue("isPrivate", next)}
      />
      <KeptLogin url={form.watch("git_url")} isGiven={isPrivate} />
      {isPrivate && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={words.username} error={form.errorOf("username")} aside={t.ui.optional}>
            <Input {...form.register("username")} />
          </Field>
          <Field label={words.token} hint={words.tokenHint} error={form.errorOf("token")}>
            <PasswordInput autoComplete="new-password" {...form.register("token")} />
          </Field>
        </div>
      )}
    </>
  );
}

/** Whether one is kept for the host, so that none need be given here. */
function KeptLogin({ url, isGiven }: { url: string; isGiven: boolean }) {
  const logins = useQuery(gitLoginsQuery).data?.git_logins;
  const address = URL.canParse(url) ? new URL(url).origin : "";
  const kept = logins?.find((login) => login.address === address);
  if (kept && !isGiven) return <p className="text-xs text-ink-3">{words.loginKept(kept.address)}</p>;
  if (kept || !isGiven || !logins || address === "") return null;
  return (
    <Link
      to="/builds/logins"
      search={{ add: address }}
      className="self-start rounded-sm text-xs text-accent-ink hover:underline"
    >
      {words.keepLogin}
    </Link>
  );
}

function DockerfileChoice({ form }: { form: BuildForm }) {
  const where = form.watch("where");
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-medium">{words.dockerfile}</h3>
        <Segmented
          label={words.dockerfileWhere}
          value={where}
          onValueChange={(next) => form.setValue("where", next)}
          options={WHERES.map((value) => ({ value, label: words.dockerfileWheres[value] }))}
        />
      </div>
      {writesDockerfile({ kind: "git", where }) ? (
        <DockerfileText form={form} />
      ) : (
        <>
          <Field
            label={words.dockerfilePath}
            hint={words.dockerfilePathHint}
            error={form.errorOf("dockerfile")}
            aside={t.ui.optional}
          >
            <Input className="font-mono" placeholder="Dockerfile" {...form.register("dockerfile")} />
          </Field>
          <Preview form={form} />
        </>
      )}
    </div>
  );
}

function DockerfileText({ form }: { form: BuildForm }) {
  const isAlone = form.watch("kind") === "inline";
  return (
    <Field
      label={words.dockerfile}
      hint={isAlone ? words.dockerfileHint : undefined}
      error={form.errorOf("text")}
    >
      <Textarea
        rows={12}
        className="font-mono text-xs leading-5"
        placeholder={EXAMPLE}
        {...form.register("text")}
      />
    </Field>
  );
}
