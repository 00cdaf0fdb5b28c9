/** A link to a workflow can name the place whose state it shows. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useEditor, useView } from "../editor";

export function useTargetInAddress(): void {
  const { view } = useEditor();
  const navigate = useNavigate({ from: "/workflows/$workflowId" });
  const search: Record<string, unknown> = useSearch({ from: "/member/workflows/$workflowId" });
  // Before anything is asked of the server: the first stream is of the right place.
  useState(() => {
    if (typeof search.target === "string") view.setState({ targetId: search.target });
  });
  const told = typeof search.target === "string" ? search.target : null;
  const wanted = useView((state) => state.targetId);
  useEffect(() => {
    if (wanted === told) return;
    const target = wanted ?? undefined;
    void navigate({ search: (old: Record<string, unknown>) => ({ ...old, target }), replace: true });
  }, [navigate, wanted, told]);
}
