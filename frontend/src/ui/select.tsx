import * as Radix from "@radix-ui/react-select";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { useFieldProps } from "./field";
import { controlClass } from "./input";

interface SelectOption<Value extends string = string> {
  value: Value;
  label: ReactNode;
  /** A second line in the list. */
  note?: ReactNode;
  icon?: ReactNode;
  isDisabled?: boolean;
}

interface SelectProps<Value extends string> {
  value: Value | undefined;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  placeholder?: string;
  /** The accessible name, where no field gives one. */
  label?: string;
  isDisabled?: boolean;
  className?: string;
}

export function Select<Value extends string>({
  value,
  onValueChange,
  options,
  placeholder,
  label,
  isDisabled = false,
  className,
}: SelectProps<Value>) {
  return (
    <Radix.Root
      value={value ?? ""}
      onValueChange={(next) => onValueChange(next as Value)}
      disabled={isDisabled}
    >
      <Radix.Trigger
        {...useFieldProps()}
        {...(label ? { "aria-label": label } : {})}
        className={cn(
          controlClass,
          "flex h-8 items-center justify-between gap-2 px-2.5 text-left text-sm data-[placeholder]:text-ink-3",
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon asChild>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-ink-3" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-pop-in overflow-hidden rounded-lg border border-line bg-raised p-1 shadow-lg"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.isDisabled ?? false}
                className="flex cursor-default items-center gap-2 rounded-md py-1.5 pr-2 pl-2 text-sm text-ink outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover"
              >
                {option.icon}
                <span className="min-w-0 flex-1">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.note && <span className="block text-xs text-ink-3">{option.note}</span>}
                </span>
                <Radix.ItemIndicator>
                  <Check aria-hidden className="size-3.5 text-accent-ink" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
