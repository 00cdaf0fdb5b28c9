import { Slot } from "@radix-ui/react-slot";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";
import { Spinner } from "./spinner";
import { Tooltip } from "./tooltip";

type Variant = "primary" | "secondary" | "ghost" | "danger";
type Size = "sm" | "md" | "lg";

const base =
  "relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium " +
  "transition-[background-color,border-color,color,box-shadow] duration-100 disabled:opacity-50 aria-disabled:opacity-50 aria-busy:pointer-events-none";

const variants: Record<Variant, string> = {
  primary: "bg-accent text-on-accent shadow-sm hover:bg-accent-hover disabled:hover:bg-accent",
  secondary:
    "border border-line-strong bg-surface text-ink shadow-sm hover:bg-hover disabled:hover:bg-surface dark:bg-raised",
  ghost: "text-ink-2 hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink",
  danger: "bg-bad text-on-accent shadow-sm hover:bg-bad-hover disabled:hover:bg-bad",
};

const sizes: Record<Size, string> = {
  sm: "h-7 px-2.5 text-xs [&_svg]:size-3.5",
  md: "h-8 px-3 text-sm [&_svg]:size-4",
  lg: "h-10 px-4 text-base [&_svg]:size-4",
};

const squares: Record<Size, string> = { sm: "size-7 px-0", md: "size-8 px-0", lg: "size-10 px-0" };

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
  size?: Size;
  /** Shows a spinner and refuses presses, at an unchanged width. */
  isBusy?: boolean;
  /** Render the one child (a link) in the looks of a button. */
  asChild?: boolean;
}

export function Button({
  variant = "secondary",
  size = "md",
  isBusy = false,
  asChild = false,
  className,
  children,
  type,
  onClick,
  ...rest
}: ButtonProps) {
  const classes = cn(base, variants[variant], sizes[size], className);
  if (asChild) {
    return (
      <Slot className={classes} onClick={onClick} {...rest}>
        {children}
      </Slot>
    );
  }
  return (
    <button
      type={type ?? "button"}
      className={classes}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      // Not `disabled`: that would take the focus away from whoever pressed it.
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {isBusy ? (
        <>
          <span className="invisible contents">
            <span className="invisible inline-flex items-center gap-1.5">{children}</span>
          </span>
          <span className="absolute inset-0 grid place-items-center">
            <Spinner />
          </span>
        </>
      ) : (
        children
      )}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "asChild"> {
  /** What it does: the accessible name and the tooltip. */
  label: string;
  keys?: string[];
  children: ReactNode;
  hideTooltip?: boolean;
  tooltipSide?: "top" | "right" | "bottom" | "left";
}

export function IconButton({
  label,
  keys,
  size = "md",
  variant = "ghost",
  className,
  children,
  hideTooltip = false,
  tooltipSide,
  ...rest
}: IconButtonProps) {
  const button = (
    <Button
      variant={variant}
      size={size}
      aria-label={label}
      className={cn(squares[size], className)}
      {...rest}
    >
      {children}
    </Button>
  );
  return hideTooltip ? (
    button
  ) : (
    <Tooltip label={label} keys={keys} side={tooltipSide}>
      {button}
    </Tooltip>
  );
}
