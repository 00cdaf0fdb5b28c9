import { yaml } from "@codemirror/lang-yaml";
import CodeMirror, { EditorView } from "@uiw/react-codemirror";
import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import { stringify } from "yaml";
import { useTheme } from "@/app/theme";
import type { ResourceDetail } from "@/data/resources";
import { t } from "@/texts";
import { Button, Card, Checkbox, CopyButton } from "@/ui";
import { withoutManaged } from "./manifest";

const LOOKS = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "transparent !important" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--font-mono)", padding: "8px 0" },
  ".cm-gutters": {
    backgroundColor: "transparent !important",
    border: "none",
    color: "var(--ink-3) !important",
  },
});

/** The object as the cluster has it, for reading. */
export default function YamlView({ resource }: { resource: ResourceDetail }) {
  const theme = useTheme((state) => state.theme);
  const [isFull, setFull] = useState(false);
  const text = useMemo(() => {
    if (!resource.object) return "";
    return stringify(isFull ? resource.object : withoutManaged(resource.object), { lineWidth: 0 });
  }, [resource.object, isFull]);
  if (!resource.object) {
    return <Card className="px-4 py-8 text-center text-sm text-ink-3">{t.resources.notReadable}</Card>;
  }
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    link.download = `${resource.kind.toLowerCase()}-${resource.name}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Card className="overflow-hidden" data-testid="resource-yaml">
      <div className="flex items-center gap-2 border-b border-line py-1.5 pr-2 pl-4">
        <Checkbox isOn={isFull} onChange={setFull} label={t.resources.managedFields} className="flex-1" />
        <CopyButton text={text} />
        <Button size="sm" variant="ghost" onClick={save}>
          <Download />
          {t.resources.download}
        </Button>
      </div>
      <CodeMirror
        value={text}
        theme={theme}
        readOnly
        maxHeight="68vh"
        basicSetup={{ highlightActiveLine: false, highlightActiveLineGutter: false }}
        extensions={[
          yaml(),
          LOOKS,
          EditorView.contentAttributes.of({ "aria-label": t.resources.yaml, tabindex: "0" }),
        ]}
      />
    </Card>
  );
}
