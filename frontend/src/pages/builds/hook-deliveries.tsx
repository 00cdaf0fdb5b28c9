import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { DELIVERIES, type Delivery, deliveriesQuery, MORE_DELIVERIES } from "@/data/hooks";
import { t } from "@/texts";
import { Button, ErrorState, SkeletonRows, StatusLabel, Time, type Tone } from "@/ui";

const words = t.hooks;
const TONES: Record<Delivery["outcome"], Tone> = {
  built: "ok",
  ping: "ok",
  other_branch: "neutral",
  nothing_to_build: "neutral",
  bad_signature: "bad",
  replayed: "warn",
  failed: "bad",
};
const head = "px-5 py-1.5 text-xs font-medium whitespace-nowrap text-ink-3";
const cell = "px-5 py-1.5 align-top";

/** Who called last, and what became of it. */
export function Deliveries({ hookId }: { hookId: string }) {
  const [limit, setLimit] = useState(DELIVERIES);
  const found = useQuery(deliveriesQuery(hookId, limit));
  if (found.isError && !found.data)
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} className="py-6" />;
  if (!found.data) return <SkeletonRows count={2} />;
  const { deliveries, total } = found.data;
  if (deliveries.length === 0) return <p className="px-5 py-4 text-sm text-ink-3">{words.noDeliveries}</p>;
  return (
    <div className="pb-2">
      <table aria-label={words.deliveries} className="w-full text-left text-sm">
        <thead>
          <tr>
            <th className={head}>{words.columns.outcome}</th>
            <th className={`${head} hidden sm:table-cell`}>{words.columns.ref}</th>
            <th className={`${head} hidden md:table-cell`}>{words.columns.commit}</th>
            <th className={head}>{words.columns.when}</th>
            <th className={head}>
              <span className="sr-only">{words.columns.build}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((each) => (
            <DeliveryRow key={each.id} delivery={each} />
          ))}
        </tbody>
      </table>
      {(total > DELIVERIES || limit > DELIVERIES) && (
        <Button
          size="sm"
          variant="ghost"
          className="mx-3 mt-1"
          onClick={() => setLimit(limit > DELIVERIES ? DELIVERIES : MORE_DELIVERIES)}
        >
          {limit > DELIVERIES ? words.fewer : words.more}
        </Button>
      )}
    </div>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const { outcome, ref, commit, build_id, created_at } = delivery;
  const why = delivery.error || words.why[outcome];
  return (
    <tr data-testid="delivery" data-outcome={outcome}>
      <td className={cell}>
        <StatusLabel tone={TONES[outcome]}>{words.outcomes[outcome]}</StatusLabel>
        {why && <p className="max-w-xs pl-4 text-xs text-pretty text-ink-3">{why}</p>}
      </td>
      <td className={`${cell} hidden max-w-40 truncate font-mono text-xs leading-5 sm:table-cell`}>
        {ref || "–"}
      </td>
      <td className={`${cell} hidden font-mono text-xs leading-5 md:table-cell`}>
        {commit.slice(0, 10) || "–"}
      </td>
      <td className={`${cell} whitespace-nowrap text-ink-2`}>
        <Time value={created_at} />
      </td>
      <td className={`${cell} text-right`}>
        {build_id && (
          <Link
            to="/builds/$buildId"
            params={{ buildId: build_id }}
            search={{}}
            className="rounded-sm text-accent-ink hover:underline"
          >
            {words.open}
          </Link>
        )}
      </td>
    </tr>
  );
}
