import type { ReactNode } from "react";
import { Card } from "@/ui";

interface SectionProps {
  title: string;
  text?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** One subject of the settings: its heading, and a card with what there is to see or change. */
export function Section({ title, text, actions, children }: SectionProps) {
  return (
    <section aria-label={title} className="mb-8 max-w-2xl">
      <div className="mb-3 flex items-end justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
          {text && <p className="text-sm text-pretty text-ink-2">{text}</p>}
        </div>
        {actions}
      </div>
      <Card>{children}</Card>
    </section>
  );
}
