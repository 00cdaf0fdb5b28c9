import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { t } from "@/texts";
import { IconButton } from "./button";
import { toast } from "./toast";

/** Copies a text, and shows for a moment that it did. */
export function CopyButton({ text, label = t.ui.copy }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      // Without https there is no clipboard.
      toast.failed(new Error(t.ui.cannotCopy));
    }
  };
  return (
    <IconButton label={isDone ? t.ui.copied : label} size="sm" onClick={() => void copy()}>
      {isDone ? <Check className="text-ok" /> : <Copy />}
    </IconButton>
  );
}
