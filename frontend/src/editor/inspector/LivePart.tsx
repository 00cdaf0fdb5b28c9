import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { cn, StatusDot, Time } from "@/ui";
import { sentenceOf } from "../canvas/change";
import { fateOf, HEALTH_TONES, isBusy, STATE_TONES } from "../canvas/tones";
import { useLive } from "../editor";
import type { Address } from "../model/types";
import { isTroubled } from "../operate/Diagnosis";
import { useTargets } from "../operate/targets";
import { t } from "../texts";

/** Its name is taken on every server: what runs there is a simulation. */
const PRACTICE = "practice";

/** How the node fares on the cluster, object by object. */
export function LivePart({ nodeId }: { nodeId: string }) {
  const status = useLive((state) => state.nodes[nodeId]);
  const { current } = useTargets();
  if (!status || fateOf(status) === "") return null;
  const tone = STATE_TONES[status.state];
  return (
    <section aria-label={t.inspector.live} className="border-b border-line px-4 py-3" data-testid="node-live">
      <div className="flex items-center gap-2 text-xs font-medium">
        <StatusDot tone={tone} isLive={isBusy(status.state)} />
        {fateOf(status)}
        {status.replicas && (
          <span className="font-normal text-ink-2">
            {t.ready(status.replicas.ready, status.replicas.wanted)}
          </span>
        )}
      </div>
      {status.message && !isTroubled(status) && (
        <p className={cn("mt-1 text-xs text-pretty", tone === "bad" ? "text-bad-ink" : "text-ink-2")}>
          {status.message}
        </p>
      )}
      {status.last_change && (
        <p className="mt-1 text-2xs text-pretty text-ink-3" data-testid="last-change">
          {t.lastChange.label}, <Time value={status.last_change.at} />: {sentenceOf(status.last_change)}
        </p>
      )}
      {status.objects.length > 0 && (
        <ul className="mt-2 flex flex-col gap-1" aria-label={t.inspector.objects}>
          {status.objects.map((object) => (
            <li
              key={`${object.kind} ${object.namespace} ${object.name}`}
              className="flex items-center gap-2 text-2xs"
            >
              <StatusDot tone={HEALTH_TONES[object.health] ?? "neutral"} className="size-1.5" />
              <span className="text-ink-3">{object.kind}</span>
              <span className="truncate font-mono text-ink-2">{object.name}</span>
              {object.reason && <span className="ml-auto shrink-0 text-ink-3">{object.reason}</span>}
            </li>
          ))}
        </ul>
      )}
      {status.urls && status.urls.length > 0 && (
        <div className="mt-2 flex flex-col gap-1">
          <span className="text-2xs text-ink-3">{t.inspector.urls}</span>
          {status.urls.map((address) => (
            <AddressView key={address.text || address.url} address={address} />
          ))}
          {current?.cluster === PRACTICE && (
            <p className="text-2xs text-pretty text-ink-3">{t.inspector.simulated}</p>
          )}
        </div>
      )}
    </section>
  );
}

/** A link, or a command line to copy. */
function AddressView({ address }: { address: Address }) {
  const [isCopied, setCopied] = useState(false);
  if (address.type !== "port_forward" && /^https?:/.test(address.url)) {
    return (
      <a
        href={address.url}
        target="_blank"
        rel="noreferrer"
        className="truncate font-mono text-2xs text-accent-ink hover:underline"
      >
        {address.url}
      </a>
    );
  }
  const text = address.text || address.url;
  return (
    <button
      type="button"
      title={text}
      className="flex items-center gap-1.5 rounded-sm bg-sunken px-1.5 py-1 text-left font-mono text-2xs text-ink-2 hover:text-ink"
      onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}
    >
      <span className="min-w-0 flex-1 truncate">{text}</span>
      {isCopied ? <Check className="size-3 shrink-0" /> : <Copy className="size-3 shrink-0" />}
    </button>
  );
}
