/** A shell in a container. xterm draws it; what arrives can neither open links nor touch the page. */
import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { RotateCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTheme } from "@/app/theme";
import { t } from "@/texts";
import { Button, cn, StatusLabel } from "@/ui";
import { DARK, LIGHT } from "./colours";
import { type TerminalPlace, TerminalSession, type TerminalState } from "./session";

const words = t.live.terminal;

export default function TerminalView({ className, ...place }: TerminalPlace & { className?: string }) {
  const [turn, setTurn] = useState(0);
  return (
    <OpenTerminal
      key={`${place.resourceId} ${place.pod} ${place.container} ${turn}`}
      place={place}
      className={className}
      onAgain={() => setTurn((old) => old + 1)}
    />
  );
}

interface OpenProps {
  place: TerminalPlace;
  className: string | undefined;
  onAgain: () => void;
}

function OpenTerminal({ place, className, onAgain }: OpenProps) {
  const box = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLParagraphElement>(null);
  const screen = useRef<Terminal>(null);
  const [state, setState] = useState<TerminalState>({ is: "connecting" });
  const theme = useTheme((each) => each.theme);
  const { resourceId, pod, container } = place;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme has an effect of its own
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const terminal = makeScreen(theme === "dark");
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(element);
    screen.current = terminal;
    const session = new TerminalSession(
      { resourceId, pod, container },
      {
        onState: (next) => {
          setState(next);
          if (next.is === "ready") terminal.focus();
          terminal.options.disableStdin = next.is === "ended" || next.is === "failed";
        },
        onOutput: (data) => terminal.write(data),
      },
    );
    terminal.onData((data) => session.type(data));
    terminal.onBinary((data) => session.typeBytes(data));
    terminal.onResize(({ cols, rows }) => session.resize(cols, rows));
    terminal.attachCustomKeyEventHandler((event) => handleKey(event, terminal, leave.current));
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(element);
    fit.fit();
    session.open();
    return () => {
      observer.disconnect();
      session.close();
      terminal.dispose();
      screen.current = null;
    };
  }, [resourceId, pod, container]);

  useEffect(() => {
    if (screen.current) screen.current.options.theme = theme === "dark" ? DARK : LIGHT;
  }, [theme]);

  const isOver = state.is === "ended" || state.is === "failed";
  return (
    <section
      aria-label={words.title}
      data-testid="terminal"
      data-state={state.is}
      className={cn(
        "@container flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-white shadow-sm dark:bg-[#0b0f15]",
        className,
      )}
    >
      <header className="flex h-9 shrink-0 items-center gap-3 border-b border-line bg-surface px-3 text-xs">
        <span role="status" className="min-w-0 truncate">
          <Status state={state} />
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {isOver ? (
            <Button size="sm" onClick={onAgain} autoFocus>
              <RotateCw />
              {words.again}
            </Button>
          ) : (
            <span className="hidden text-2xs text-ink-3 @2xl:inline">{words.hint}</span>
          )}
        </span>
      </header>
      <div className="relative min-h-0 flex-1 p-2">
        <div ref={box} className={cn("h-full", isOver && "opacity-60")} />
      </div>
      {/* Behind the screen, so that Tab goes on from here and not into it again. */}
      <p
        ref={leave}
        tabIndex={-1}
        className="sr-only border-t border-line bg-surface px-3 py-1 text-2xs text-ink-2 focus:not-sr-only focus:-outline-offset-2 focus:outline-2 focus:outline-ring"
      >
        {words.left}
      </p>
    </section>
  );
}

function Status({ state }: { state: TerminalState }) {
  switch (state.is) {
    case "connecting":
      return <StatusLabel tone="info">{words.connecting}</StatusLabel>;
    case "ready":
      return (
        <StatusLabel tone="ok">
          {[state.pod, state.container, state.shell].filter(Boolean).join(" · ")}
        </StatusLabel>
      );
    case "lost":
      return <StatusLabel tone="warn">{words.lost}</StatusLabel>;
    case "ended":
      return <StatusLabel tone="neutral">{words.ended(state.code)}</StatusLabel>;
    case "failed":
      return <StatusLabel tone="bad">{state.message || words.failed}</StatusLabel>;
  }
}

function makeScreen(isDark: boolean): Terminal {
  return new Terminal({
    theme: isDark ? DARK : LIGHT,
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: 13,
    lineHeight: 1.2,
    cursorBlink: true,
    scrollback: 5000,
    minimumContrastRatio: 4.5,
    // What it cannot make sense of is dropped in silence: a container must not fill the console.
    logLevel: "off",
    // A link in the output is only text.
    linkHandler: { activate: () => undefined },
  });
}

/** Copying with the shift key, since Ctrl+C belongs to the shell; and a way out, since Tab does too. */
function handleKey(event: KeyboardEvent, terminal: Terminal, leave: HTMLElement | null): boolean {
  if (event.type !== "keydown") return true;
  if (event.ctrlKey && event.shiftKey && event.code === "KeyC") {
    event.preventDefault();
    const text = terminal.getSelection();
    if (text) void navigator.clipboard?.writeText(text);
    return false;
  }
  // The browser's own paste follows, without formats.
  if (event.ctrlKey && event.shiftKey && event.code === "KeyV") return false;
  if (event.shiftKey && event.key === "Escape") {
    leave?.focus();
    return false;
  }
  return true;
}
