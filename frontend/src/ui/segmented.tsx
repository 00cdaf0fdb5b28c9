import * as Radix from "@radix-ui/react-toggle-group";
import type { ReactNode } from "react";
import { cn } from "./cn";

interface SegmentedProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; name?: string }[];
  label: string;
  className?: string;
}

/** One of a few, all in sight. `name` is the accessible name where the label is an icon. */
export function Segmented<Value extends string>({
  value,
  onValueChange,
  options,
  label,
  className,
}: SegmentedProps<Value>) {
  return (
    <Radix.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(next) => next && onValueChange(next as Value)}
      className={cn("inline-flex gap-0.5 rounded-md border border-line bg-sunken p-0.5", className)}
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          aria-label={option.name}
          title={option.name}
          className="inline-flex h-6.5 items-center justify-center gap-1.5 whitespace-nowrap rounded-sm px-2.5 text-xs text-ink-2 transition-colors hover:text-ink data-[state=on]:bg-surface data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-sm dark:data-[state=on]:bg-line [&_svg]:size-3.5"
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
