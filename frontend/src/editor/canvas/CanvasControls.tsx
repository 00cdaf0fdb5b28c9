import { Maximize, Minus, Plus, Workflow } from "lucide-react";
import { IconButton } from "@/ui";
import { useEditor } from "../editor";
import { t } from "../texts";
import { useCanvas } from "./useCanvas";

/** Zoom, fit and tidy up, in the lower left corner. */
export function CanvasControls() {
  const { commands } = useEditor();
  const canvas = useCanvas();
  return (
    <div className="absolute bottom-3 left-3 flex flex-col rounded-lg border border-line bg-surface p-0.5 shadow-sm">
      <IconButton
        size="sm"
        tooltipSide="right"
        label={t.controls.zoomIn}
        keys={["+"]}
        onClick={canvas.zoomIn}
      >
        <Plus />
      </IconButton>
      <IconButton
        size="sm"
        tooltipSide="right"
        label={t.controls.zoomOut}
        keys={["-"]}
        onClick={canvas.zoomOut}
      >
        <Minus />
      </IconButton>
      <IconButton size="sm" tooltipSide="right" label={t.controls.fit} keys={["f"]} onClick={canvas.fit}>
        <Maximize />
      </IconButton>
      <IconButton
        size="sm"
        tooltipSide="right"
        label={t.controls.arrange}
        keys={["t"]}
        onClick={() => void commands.arrange().then(canvas.fit)}
      >
        <Workflow />
      </IconButton>
    </div>
  );
}
