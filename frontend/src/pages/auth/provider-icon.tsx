import { Building2, GitBranch, GitMerge, IdCard, KeyRound, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";

/** The names that an installation may give in its settings; for any other there is the first letter. */
const icons: Record<string, ReactNode> = {
  github: <GitBranch />,
  gitlab: <GitMerge />,
  openid: <IdCard />,
  building: <Building2 />,
  key: <KeyRound />,
  shield: <ShieldCheck />,
};

/** The sign of a provider; decoration, since its name stands beside it. */
export function ProviderIcon({ icon, name }: { icon: string; name: string }) {
  return (
    <span aria-hidden className="grid size-4 shrink-0 place-items-center [&_svg]:size-4">
      {icons[icon] ?? (
        <span className="text-sm font-bold leading-none">{name.slice(0, 1).toUpperCase()}</span>
      )}
    </span>
  );
}
