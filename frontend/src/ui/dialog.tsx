import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { t } from "@/texts";
import { Button, IconButton } from "./button";
import { cn } from "./cn";

interface ModalProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode;
  className?: string;
}

const overlay = "fixed inset-0 z-40 animate-fade-in bg-scrim";

/** What had the focus before the panel was there; of an item of a menu, the button that opened the menu. */
function focusedBefore(): HTMLElement | null {
  const focused = document.activeElement;
  const menu = focused?.closest("[role=menu]");
  const owner = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : focused;
  return owner instanceof HTMLElement && owner !== document.body ? owner : null;
}

/** The focus goes back to where it came from: our panels have no trigger of their own that would get it. */
function Panel(props: ComponentProps<typeof Radix.Content>) {
  const [before] = useState(focusedBefore);
  return (
    <Radix.Content
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        before?.focus({ preventScroll: true });
      }}
      {...props}
    />
  );
}

function Head({ title, description }: Pick<ModalProps, "title" | "description">) {
  return (
    <div className="flex items-start justify-between gap-3 px-5 pt-4 pb-3">
      <div className="min-w-0">
        <Radix.Title className="text-lg font-semibold text-balance">{title}</Radix.Title>
        {description ? (
          <Radix.Description className="mt-0.5 text-sm text-pretty text-ink-2">
            {description}
          </Radix.Description>
        ) : (
          <Radix.Description className="sr-only">{title}</Radix.Description>
        )}
      </div>
      <Radix.Close asChild>
        <IconButton label={t.ui.close} hideTooltip className="-mt-1 -mr-2">
          <X />
        </IconButton>
      </Radix.Close>
    </div>
  );
}

/** A question or a short form in the middle of the screen. On a phone it fills the width at the bottom. */
export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
  footer,
  className,
}: ModalProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Panel
          className={cn(
            "fixed inset-x-0 bottom-0 z-40 mx-auto flex max-h-[92dvh] w-full max-w-lg animate-pop-in flex-col rounded-t-xl border border-line bg-raised shadow-lg outline-none",
            "sm:top-[12vh] sm:bottom-auto sm:max-h-[80vh] sm:w-[calc(100%-2rem)] sm:rounded-xl dark:bg-surface",
            className,
          )}
        >
          <Head title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-0.5 pb-5">{children}</div>
          {footer && (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </div>
          )}
        </Panel>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Opening a panel is reading it: the focus goes to the whole, unless something in it has asked for it. */
function focusWhole(event: Event): void {
  event.preventDefault();
  const panel = event.currentTarget;
  if (panel instanceof HTMLElement && !panel.contains(document.activeElement)) panel.focus();
}

/** A panel from the right edge, for what is longer than a dialog and should leave the page in sight. */
export function Sheet({ isOpen, onOpenChange, title, description, children, footer, className }: ModalProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Panel
          onOpenAutoFocus={focusWhole}
          className={cn(
            "fixed inset-y-0 right-0 z-40 flex w-full max-w-md animate-slide-in flex-col border-l border-line bg-raised shadow-lg outline-none dark:bg-surface",
            className,
          )}
        >
          <Head title={title} description={description} />
          <div
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what is only read is scrolled by key
            tabIndex={0}
            className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5 focus-visible:-outline-offset-2"
          >
            {children}
          </div>
          {footer && (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </div>
          )}
        </Panel>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description: ReactNode;
  action: string;
  onConfirm: () => void;
  isBusy?: boolean;
  isDanger?: boolean;
  children?: ReactNode;
}

/** For what cannot be undone. What can be undone is done, with an undo in the toast. */
export function ConfirmDialog(props: ConfirmProps) {
  const {
    isOpen,
    onOpenChange,
    title,
    description,
    action,
    onConfirm,
    isBusy = false,
    isDanger = true,
    children,
  } = props;
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={title}
      className="max-w-md"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)} autoFocus>
            {t.ui.cancel}
          </Button>
          <Button variant={isDanger ? "danger" : "primary"} isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-pretty text-ink-2">{description}</div>
      {children}
    </Dialog>
  );
}
