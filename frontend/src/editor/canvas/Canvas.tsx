/** The picture itself. */

import "@xyflow/react/dist/base.css";
import "./canvas.css";
import {
  Background,
  BackgroundVariant,
  ConnectionMode,
  MarkerType,
  MiniMap,
  ReactFlow,
  type ReactFlowState,
  SelectionMode,
  useStore,
} from "@xyflow/react";
import { type DragEvent, type MouseEvent, useCallback, useMemo, useState } from "react";
import { useTheme } from "@/app/theme";
import { useEditor, useFlow, useGraph } from "../editor";
import type { FlowNode } from "../model/flow";
import type { Point } from "../model/types";
import { DRAG_TYPE } from "../palette/TypeList";
import { Ghosts } from "../planned/Ghosts";
import { t } from "../texts";
import { BoxNode } from "./BoxNode";
import { CanvasControls } from "./CanvasControls";
import { CanvasMenu, type MenuPlace } from "./CanvasMenu";
import { DetailContext, MANY, nearnessAt } from "./detail";
import { EmptyCanvas } from "./EmptyCanvas";
import { GroupNode } from "./GroupNode";
import { MeaningEdge } from "./MeaningEdge";
import { NoteNode } from "./NoteNode";
import { useCanvas, WHOLE } from "./useCanvas";
import { useConnecting } from "./useConnecting";
import { useHoldStill } from "./useHoldStill";
import { useKeepInSight } from "./useKeepInSight";

const NODE_TYPES = { box: BoxNode, note: NoteNode, group: GroupNode };
const EDGE_TYPES = { line: MeaningEdge };
const EDGE_DEFAULTS = {
  markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16, color: "var(--ink-3)" },
};
const GRID: [number, number] = [16, 16];
const SEVERAL = ["Meta", "Control", "Shift"];
const nearness = ({ transform }: ReactFlowState) => nearnessAt(transform[2]);
/** Between two panels on a small screen the overview would cover what it shows. */
const hasRoom = ({ width }: ReactFlowState) => width >= 480;

export function Canvas() {
  const { commands, rules, selection, flow, view } = useEditor();
  const nodes = useFlow((state) => state.nodes);
  const edges = useFlow((state) => state.edges);
  const isEmpty = useGraph((state) => state.graph.nodes.length === 0);
  const theme = useTheme((state) => state.theme);
  const canvas = useCanvas();
  const connecting = useConnecting();
  useKeepInSight();
  useHoldStill();
  const near = useStore(nearness);
  const isRoomy = useStore(hasRoom);
  const isMany = nodes.length > MANY;
  const detail = useMemo(() => ({ nearness: near, isMany }), [near, isMany]);
  const [menu, setMenu] = useState<MenuPlace | null>(null);

  const onDrop = useCallback(
    (event: DragEvent) => {
      const template = rules.template(event.dataTransfer.getData(DRAG_TYPE));
      if (!template) return;
      event.preventDefault();
      commands.add(template, canvas.toCanvas({ x: event.clientX, y: event.clientY }), true);
    },
    [canvas, commands, rules],
  );

  const openMenu = useCallback((event: MouseEvent | globalThis.MouseEvent, nodeId: string | null) => {
    event.preventDefault();
    setMenu({ at: { x: event.clientX, y: event.clientY } satisfies Point, nodeId });
  }, []);

  const onNodeMenu = useCallback(
    (event: MouseEvent, node: FlowNode) => {
      const { nodeIds, edgeIds, select } = selection.getState();
      // The settings would push the box away from under its menu.
      view.setState({ isInspectorHeld: nodeIds.size + edgeIds.size === 0 });
      if (!nodeIds.has(node.id)) select([node.id]);
      openMenu(event, node.id);
    },
    [openMenu, selection, view],
  );

  return (
    <section
      aria-label={t.canvas}
      data-testid="canvas"
      data-detail={near}
      tabIndex={-1}
      className="sc-canvas absolute inset-0 outline-none"
      onDrop={onDrop}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) {
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }
      }}
    >
      <DetailContext.Provider value={detail}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          onNodesChange={flow.getState().changeNodes}
          onEdgesChange={flow.getState().changeEdges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          defaultEdgeOptions={EDGE_DEFAULTS}
          connectionMode={ConnectionMode.Loose}
          connectionRadius={36}
          {...connecting}
          colorMode={theme}
          deleteKeyCode={null}
          multiSelectionKeyCode={SEVERAL}
          selectionMode={SelectionMode.Partial}
          edgesFocusable={false}
          elevateNodesOnSelect={false}
          snapToGrid
          snapGrid={GRID}
          fitView
          fitViewOptions={WHOLE}
          minZoom={0.1}
          maxZoom={2}
          onlyRenderVisibleElements={isMany}
          onNodeContextMenu={onNodeMenu}
          onEdgeContextMenu={(event, edge) => {
            if (edge.selectable === false) return;
            selection.getState().select([], [edge.id]);
            event.preventDefault();
            setMenu({ at: { x: event.clientX, y: event.clientY }, nodeId: null, edgeId: edge.id });
          }}
          onSelectionContextMenu={(event) => openMenu(event, null)}
          onPaneContextMenu={(event) => openMenu(event, null)}
          zoomOnDoubleClick={false}
        >
          <Ghosts />
          <Background variant={BackgroundVariant.Dots} gap={16} size={1.2} />
          {nodes.length > 3 && isRoomy && (
            <MiniMap
              pannable
              zoomable
              ariaLabel={t.controls.minimap}
              position="bottom-left"
              className="!bottom-0 !left-12 !m-3 overflow-hidden rounded-lg border border-line shadow-sm"
              style={{ width: 132, height: 88 }}
              nodeBorderRadius={12}
            />
          )}
        </ReactFlow>
      </DetailContext.Provider>
      <CanvasControls />
      {isEmpty && <EmptyCanvas />}
      <CanvasMenu
        place={menu}
        onClose={() => {
          setMenu(null);
          view.setState({ isInspectorHeld: false });
        }}
      />
    </section>
  );
}
