/** Where what is built here is pushed to, and with which registry's password. */
import { useQuery } from "@tanstack/react-query";
import { Lock, LockOpen, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { type PushPlace as Place, pushPlace } from "@/data/push";
import { registriesQuery } from "@/data/registries";
import { t } from "../../texts";
import { useForm } from "../context";
import type { InsightProps } from "./Insight";

export default function PushPlace({ text }: InsightProps) {
  const { registry } = useForm();
  const { data } = useQuery(registriesQuery(1));
  const place = data && pushPlace(text, registry ?? "", data.registries);
  if (!place) return null;
  const [icon, words] = said(place);
  return (
    <p
      className="flex items-start gap-1 text-2xs text-ink-3 [&_svg]:mt-0.5 [&_svg]:size-3 [&_svg]:shrink-0"
      data-testid="push-place"
    >
      {icon}
      <span className="min-w-0 break-all">{words}</span>
    </p>
  );
}

function said(place: Place): [ReactNode, string] {
  if (place.kind === "registry") {
    const { name, registry } = place;
    return registry.has_credentials
      ? [<Lock key="in" aria-hidden />, t.form.pushPlace(name, registry.name)]
      : [<LockOpen key="open" aria-hidden />, t.form.pushOpen(name, registry.name)];
  }
  const warning = <TriangleAlert key="no" aria-hidden className="text-warn-ink" />;
  if (place.kind === "unknown") return [warning, t.form.pushUnknown(place.registry)];
  if (place.kind === "elsewhere") return [warning, t.form.pushNoRegistry(place.host)];
  return [warning, t.form.pushNowhere];
}
