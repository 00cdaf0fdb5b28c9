import { useRef } from "react";
import { useEditor, useView } from "../editor";
import { t } from "../texts";

const STEP = 40;
const LEAST = 160;

/** Pulls the drawer higher or lower, by pointer or by key. */
export function DrawerEdge() {
  const { view } = useEditor();
  const height = useView((state) => state.drawerHeight);
  const start = useRef<{ y: number; height: number } | null>(null);
  const most = Math.max(LEAST, window.innerHeight - 220);
  const set = (next: number) =>
    view.setState({ drawerHeight: Math.round(Math.min(most, Math.max(LEAST, next))) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be pulled
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={t.drawer.resize}
      aria-valuemin={LEAST}
      aria-valuemax={most}
      aria-valuenow={height}
      tabIndex={0}
      className="absolute inset-x-0 -top-1 z-1 h-2 cursor-row-resize touch-none hover:bg-accent/25 focus-visible:bg-accent/40 focus-visible:outline-none"
      onPointerDown={(event) => {
        start.current = { y: event.clientY, height };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (start.current) set(start.current.height + start.current.y - event.clientY);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
        if (by === 0) return;
        event.preventDefault();
        set(height + by);
      }}
    />
  );
}
