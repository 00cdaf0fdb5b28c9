/** CodeMirror, fetched only when a form shows such a field. */

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import CodeMirror, { EditorView, type Extension } from "@uiw/react-codemirror";
import { useTheme } from "@/app/theme";
import type { EditorProps } from "./CodeControl";

const LOOKS = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "transparent !important" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--font-mono)", padding: "6px 0" },
  ".cm-gutters": { display: "none" },
  ".cm-activeLine": { backgroundColor: "transparent !important" },
  ".cm-tooltip": {
    backgroundColor: "var(--color-surface)",
    color: "var(--color-ink)",
    border: "1px solid var(--color-line-strong)",
    borderRadius: "6px",
    boxShadow: "0 8px 24px rgb(0 0 0 / 0.16)",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "14em" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--color-accent-soft)",
    color: "var(--color-ink)",
  },
  ".cm-completionIcon": { display: "none" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-completionDetail": { color: "var(--color-ink-3)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-tooltip.cm-completionInfo": {
    maxWidth: "280px",
    padding: "8px 10px",
    fontSize: "11px",
    lineHeight: "1.5",
    whiteSpace: "pre-line",
  },
});

const SETUP = { lineNumbers: false, foldGutter: false, highlightActiveLine: false, autocompletion: false };

interface CodeEditorProps extends EditorProps {
  /** Instead of the language alone. */
  extensions?: readonly Extension[];
}

export default function CodeEditor({ text, language, label, onChange, extensions }: CodeEditorProps) {
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
          ...(extensions ?? [language === "json" ? json() : yaml()]),
          LOOKS,
          EditorView.contentAttributes.of({ "aria-label": label }),
        ]}
        onChange={onChange}
      />
    </div>
  );
}
