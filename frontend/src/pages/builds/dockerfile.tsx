import type { Build } from "@/data/builds";
import { t } from "@/texts";
import { Card, CopyButton, EmptyState, Notice } from "@/ui";

/** What was built, line by line. */
export function Dockerfile({ build }: { build: Build }) {
  const text = build.dockerfile_text.replace(/\n$/, "");
  if (!text) return <EmptyState title={t.builds.tabs.dockerfile}>{t.builds.noDockerfile}</EmptyState>;
  return (
    <div className="flex flex-col gap-3">
      {build.is_dockerfile_detected && <Notice tone="info">{t.builds.dockerfileDetected}</Notice>}
      <Card className="relative overflow-hidden dark:bg-sunken">
        <div className="absolute top-2 right-2">
          <CopyButton text={build.dockerfile_text} />
        </div>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled by key
          tabIndex={0}
          className="overflow-x-auto py-3 pr-12 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
        >
          {text.split("\n").map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines do not move
            <div key={index} className="flex px-4">
              <span aria-hidden className="w-9 shrink-0 pr-4 text-right text-ink-3 select-none">
                {index + 1}
              </span>
              <code className="whitespace-pre">{line || " "}</code>
            </div>
          ))}
        </pre>
      </Card>
    </div>
  );
}
