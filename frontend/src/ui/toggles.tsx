import * as RadixCheckbox from "@radix-ui/react-checkbox";
import * as RadixSwitch from "@radix-ui/react-switch";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cn } from "./cn";

interface ToggleProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  label: ReactNode;
  note?: ReactNode;
  isDisabled?: boolean;
  /** The last change is on its way: another has to wait, and the focus stays. */
  isBusy?: boolean;
  className?: string;
}

export function Switch({
  isOn,
  onChange,
  label,
  note,
  isDisabled = false,
  isBusy = false,
  className,
}: ToggleProps) {
  const id = useId();
  return (
    <div className={cn("flex items-start justify-between gap-4", className)}>
      <label htmlFor={id} className="min-w-0 text-sm">
        <span className="text-ink">{label}</span>
        {note && <span className="block text-xs text-ink-3">{note}</span>}
      </label>
      <RadixSwitch.Root
        id={id}
        checked={isOn}
        disabled={isDisabled}
        aria-busy={isBusy || undefined}
        onCheckedChange={(next) => !isBusy && onChange(next)}
        className="h-4.5 w-8 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors duration-150 disabled:opacity-50 aria-busy:opacity-50 data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-3.5 rounded-full bg-white shadow-sm transition-transform duration-150 data-[state=checked]:translate-x-3.5" />
      </RadixSwitch.Root>
    </div>
  );
}

export function Checkbox({
  isOn,
  onChange,
  label,
  note,
  isDisabled = false,
  className,
}: Omit<ToggleProps, "isBusy">) {
  const id = useId();
  return (
    <div className={cn("flex items-start gap-2.5", className)}>
      <RadixCheckbox.Root
        id={id}
        checked={isOn}
        disabled={isDisabled}
        onCheckedChange={(state) => onChange(state === true)}
        className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-[4px] border border-line-strong bg-surface shadow-sm disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent"
      >
        <RadixCheckbox.Indicator>
          <Check className="size-3" strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id} className="min-w-0 text-sm">
        <span className="text-ink">{label}</span>
        {note && <span className="block text-xs text-ink-3">{note}</span>}
      </label>
    </div>
  );
}
