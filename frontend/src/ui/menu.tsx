import * as Radix from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { Keys } from "./keys";

export interface MenuAction {
  /** A unique name within the menu; the label when left out. */
  id?: string;
  label: string;
  icon?: ReactNode;
  keys?: string[];
  isDanger?: boolean;
  isDisabled?: boolean;
  /** Shows a tick: for a choice among several. */
  isChecked?: boolean;
  onSelect: () => void;
}

export type MenuItem = MenuAction | "separator" | { heading: string };

interface MenuProps {
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  className?: string;
}

const content =
  "z-50 min-w-44 animate-pop-in overflow-hidden rounded-lg border border-line bg-raised p-1 shadow-lg outline-none";
const row =
  "flex cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none [&_svg]:size-4 [&_svg]:shrink-0 " +
  "data-[disabled]:opacity-45 data-[highlighted]:bg-hover";

function rowClass(item: MenuAction): string {
  return cn(
    row,
    item.isDanger ? "text-bad-ink data-[highlighted]:bg-bad-soft" : "text-ink [&_svg]:text-ink-3",
  );
}

function Inside({ item }: { item: MenuAction }) {
  return (
    <>
      {item.icon}
      <span className="flex-1">{item.label}</span>
      {item.isChecked && <Check aria-hidden className="size-3.5" />}
      {item.keys && <Keys keys={item.keys} />}
    </>
  );
}

function keyOf(item: MenuItem, index: number): string {
  if (item === "separator") return `separator-${index}`;
  return "heading" in item ? item.heading : (item.id ?? item.label);
}

/** A menu under a button. */
export function Menu({ trigger, items, align = "end", side = "bottom", className }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cn(content, className)}
        >
          {items.map((item, index) => {
            const key = keyOf(item, index);
            if (item === "separator")
              return <Radix.Separator key={key} className="-mx-1 my-1 h-px bg-line" />;
            if ("heading" in item)
              return (
                <Radix.Label key={key} className="px-2 pt-1.5 pb-1 text-2xs font-medium text-ink-3">
                  {item.heading}
                </Radix.Label>
              );
            return (
              <Radix.Item
                key={key}
                className={rowClass(item)}
                disabled={item.isDisabled ?? false}
                onSelect={item.onSelect}
              >
                <Inside item={item} />
              </Radix.Item>
            );
          })}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
