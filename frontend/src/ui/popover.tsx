import * as Radix from "@radix-ui/react-popover";
import type { ReactNode } from "react";
import { cn } from "./cn";

interface PopoverProps {
  /** What a screen reader calls it. */
  label: string;
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  className?: string;
}

export function Popover({
  label,
  trigger,
  children,
  align = "start",
  side,
  isOpen,
  onOpenChange,
  className,
}: PopoverProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={cn(
            "z-50 w-72 animate-pop-in rounded-lg border border-line bg-raised p-3 text-sm shadow-lg outline-none",
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
