import { ExternalLink } from "lucide-react";
import type { Hook } from "@/data/hooks";
import { t } from "@/texts";
import { Button, CopyButton, Notice } from "@/ui";
import { shortAddress } from "./source";

const words = t.hooks;
const LOCAL = /^https?:\/\/(localhost|127\.|\[::1\])/;

interface SecretProps {
  hook: Hook;
  secret: string;
  onDone: () => void;
}

/** The one time that the secret is shown. It stays until one says that one has it. */
export function HookSecret({ hook, secret, onDone }: SecretProps) {
  const place = settingsOf(hook);
  return (
    <section
      aria-label={words.secretTitle}
      className="mx-5 mb-4 flex flex-col gap-3 rounded-lg border border-line bg-sunken/60 p-4"
    >
      <div>
        <h3 className="text-sm font-semibold">{words.secretTitle}</h3>
        <p className="mt-0.5 text-xs text-pretty text-ink-2">{words.steps[hook.provider]}</p>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-2 text-sm">
        <Given name={words.url} value={hook.url} copy={words.copyUrl} />
        <Given name={words.secret} value={secret} copy={words.copySecret} />
      </dl>
      {LOCAL.test(hook.url) && <Notice tone="warn">{words.onlyHere}</Notice>}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-xs text-pretty text-ink-3">{words.secretText}</p>
        <div className="flex gap-2">
          {place && (
            <Button size="sm" asChild>
              <a href={place} target="_blank" rel="noreferrer">
                <ExternalLink />
                {words.openHost(words.providers[hook.provider])}
              </a>
            </Button>
          )}
          <Button size="sm" variant="primary" onClick={onDone}>
            {words.haveIt}
          </Button>
        </div>
      </div>
    </section>
  );
}

function Given({ name, value, copy }: { name: string; value: string; copy: string }) {
  return (
    <>
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1 rounded-md border border-line bg-surface py-0.5 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-xs break-all select-all">{value}</code>
        <CopyButton text={value} label={copy} />
      </dd>
    </>
  );
}

/** Where the two are pasted, at hosts whose addresses are known. */
function settingsOf({ provider, git_url }: Hook): string {
  const address = shortAddress(git_url);
  if (provider === "github" && address.startsWith("github.com/"))
    return `https://${address}/settings/hooks/new`;
  return provider === "gitlab" && address.startsWith("gitlab.com/") ? `https://${address}/-/hooks` : "";
}
