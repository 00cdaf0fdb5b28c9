import type { Verdict } from "@/app/search";
import { t } from "@/texts";
import { Badge, type Tone } from "@/ui";

const TONES: Record<Verdict, Tone> = {
  kept: "neutral",
  mapped: "ok",
  approximated: "warn",
  refused: "bad",
};

/** From what needs least attention to what needs most. */
const WEIGHT: Record<Verdict, number> = { kept: 0, mapped: 1, approximated: 2, refused: 3 };

export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return [...verdicts].sort((left, right) => WEIGHT[right] - WEIGHT[left])[0];
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return <Badge tone={TONES[verdict]}>{t.imports.verdicts[verdict]}</Badge>;
}
