/** CodeMirror, fetched only when a form shows such a field. */

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import CodeMirror, { EditorView } from "@uiw/react-codemirror";
import { useTheme } from "@/app/theme";
import type { EditorProps } from "./CodeControl";

const LOOKS = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "transparent !important" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--font-mono)", padding: "6px 0" },
  ".cm-gutters": { display: "none" },
  ".cm-activeLine": { backgroundColor: "transparent !important" },
});

const SETUP = { lineNumbers: false, foldGutter: false, highlightActiveLine: false, autocompletion: false };

export default function CodeEditor({ text, language, label, onChange }: EditorProps) {
  const theme = useTheme((state) => state.theme);
  return (
    <div className="overflow-hidden rounded-md border border-line-strong bg-surface shadow-sm focus-within:border-accent dark:bg-sunken">
      <CodeMirror
        value={text}
        theme={theme}
        minHeight={language === "yaml" ? "180px" : "52px"}
        maxHeight="420px"
        basicSetup={SETUP}
        extensions={[
          language === "json" ? json() : yaml(),
          LOOKS,
          EditorView.contentAttributes.of({ "aria-label": label }),
        ]}
        onChange={onChange}
      />
    </div>
  );
}
