/** All words that people read are in `texts/en`, so that they can be translated in one place. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const READ_OUT = /^(aria-label|aria-description|title|placeholder|alt|label|hint|text|description)$/;
const TOLD = /^toast\b/;

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$|^texts/.test(name))
    .map((name) => join(folder, name));
}

/** The words that are written into one source, each with its line. */
function literalsOf(name: string, code: string): string[] {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const note = (node: ts.Node, text: string) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (/\p{L}{2,}/u.test(text)) found.push(`${name}:${line} ${text.trim()}`);
  };
  const isText = (node: ts.Node | undefined): node is ts.StringLiteralLike =>
    node !== undefined && ts.isStringLiteralLike(node);
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxAttribute(node) && READ_OUT.test(node.name.getText()) && isText(node.initializer)) {
      // An example such as an address is the same in every language.
      const isExample = node.name.getText() === "placeholder" && !/\s/.test(node.initializer.text);
      if (!isExample) note(node, node.initializer.text);
    }
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) {
      if (isText(node.expression)) note(node, node.expression.text);
      if (node.expression && ts.isTemplateExpression(node.expression))
        note(
          node,
          [node.expression.head, ...node.expression.templateSpans.map((each) => each.literal)]
            .map((each) => each.text)
            .join(" "),
        );
    }
    if (ts.isCallExpression(node) && TOLD.test(node.expression.getText()))
      for (const each of node.arguments) if (isText(each)) note(each, each.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it("finds words wherever they may be written", () => {
  const code = `const a = <p title="A title">Some words {"and more"} {\`of \${n}\`}</p>; toast.note("Told.");`;
  expect(literalsOf("a.tsx", code)).toHaveLength(5);
  expect(
    literalsOf("a.tsx", '<Input placeholder="nginx:1.27" className="flex gap-2">{t.name} · </Input>'),
  ).toEqual([]);
});

it("are nowhere but in texts", () => {
  const all = files(SOURCES).flatMap((path) =>
    literalsOf(relative(SOURCES, path), readFileSync(path, "utf8")),
  );
  expect(all).toEqual([]);
});
