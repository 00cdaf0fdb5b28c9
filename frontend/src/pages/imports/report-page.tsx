import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { backLinkClass, Page } from "@/app/page";
import { VERDICTS, type Verdict } from "@/app/search";
import {
  type Analysis,
  type Import,
  importFilesQuery,
  importQuery,
  type ReportRow,
  useDecide,
} from "@/data/imports";
import { GraphPicture } from "@/graph/picture";
import { t } from "@/texts";
import { Button, Card, Checkbox, cn, ErrorState, Segmented, SkeletonRows, toast } from "@/ui";
import { ChoiceField } from "./choice";
import { FetchFailed, Fetching } from "./fetching";
import { MakeForm } from "./make-form";
import { SourceFile, type Spot } from "./source";
import { VerdictBadge } from "./verdicts";

const ALL = "all";
/** Rows of a report that are drawn at once. */
const PART = 300;

function Back() {
  const { into } = useSearch({ from: "/member/import/$importId" });
  return (
    <Link to="/import" search={{ into }} className={backLinkClass}>
      <ChevronLeft />
      {t.imports.back}
    </Link>
  );
}

export function ImportReportPage() {
  const { importId } = useParams({ from: "/member/import/$importId" });
  const found = useQuery(importQuery(importId));
  if (found.isPending)
    return (
      <Page title={t.imports.title} back={<Back />}>
        <Card>
          <SkeletonRows count={8} />
        </Card>
      </Page>
    );
  if (found.isError)
    return (
      <Page title={t.imports.title} back={<Back />}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!found.data.analysis)
    return (
      <Page title={t.imports.title} subtitle={t.imports.from(found.data.source.name)} back={<Back />}>
        {found.data.status === "failed" ? (
          <FetchFailed session={found.data} />
        ) : (
          <Fetching session={found.data} />
        )}
      </Page>
    );
  return <Report session={found.data} analysis={found.data.analysis} />;
}

function Report({ session, analysis }: { session: Import; analysis: Analysis }) {
  const search = useSearch({ from: "/member/import/$importId" });
  const navigate = useNavigate({ from: "/import/$importId" });
  const decide = useDecide(session.id);
  const change = (next: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const answer = (choices: Record<string, string>) => decide.mutate({ choices }, { onError: toast.failed });
  return (
    <Page title={t.imports.reportTitle(analysis.name)} subtitle={cameFrom(session)} back={<Back />}>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <div className="flex flex-wrap items-center gap-2">
            <Segmented
              label={t.imports.views}
              value={search.tab ?? "source"}
              options={[
                { value: "source", label: t.imports.source },
                { value: "picture", label: t.imports.picture },
              ]}
              onValueChange={(tab) => change({ tab: tab === "picture" ? tab : undefined })}
            />
            {search.tab !== "picture" && (
              <VerdictFilter
                analysis={analysis}
                value={search.verdict}
                onChange={(verdict) => change({ verdict })}
              />
            )}
          </div>
          {search.tab === "picture" ? (
            <Card className="grid justify-items-center overflow-auto bg-[radial-gradient(var(--grid-dot)_1px,transparent_1px)] bg-size-[18px_18px] p-4">
              {analysis.graph.nodes.length > 0 && (
                <GraphPicture
                  label={t.imports.pictureOf(analysis.name)}
                  nodes={analysis.graph.nodes}
                  edges={analysis.graph.edges}
                  className="max-h-[70vh] w-full"
                />
              )}
            </Card>
          ) : (
            <SideBySide
              session={session}
              analysis={analysis}
              verdict={search.verdict}
              isBusy={decide.isPending}
              onDecide={answer}
            />
          )}
        </div>
        <aside className="grid grid-cols-1 items-start gap-4 max-xl:md:grid-cols-[repeat(auto-fit,minmax(20rem,1fr))] xl:sticky xl:top-4">
          <Questions analysis={analysis} isBusy={decide.isPending} onDecide={answer} />
          <MakeForm key={analysis.name} session={session} analysis={analysis} into={search.into} />
          <Profiles
            analysis={analysis}
            onChange={(profiles) => decide.mutate({ profiles }, { onError: toast.failed })}
          />
          <Warnings analysis={analysis} />
        </aside>
      </div>
    </Page>
  );
}

function cameFrom({ source }: Import): string {
  const parts = [source.name, source.path, source.revision && t.imports.commit(source.revision)];
  return t.imports.from(parts.filter(Boolean).join(" · "));
}

interface FilterProps {
  analysis: Analysis;
  value: Verdict | undefined;
  onChange: (verdict: Verdict | undefined) => void;
}

function VerdictFilter({ analysis, value, onChange }: FilterProps) {
  return (
    <Segmented
      label={t.imports.filter}
      value={value ?? ALL}
      options={[
        { value: ALL, label: t.imports.all(analysis.report.length) },
        ...VERDICTS.map((verdict) => ({
          value: verdict,
          label: `${t.imports.verdicts[verdict]} ${analysis.counts[verdict]}`,
          name: t.imports.verdictHints[verdict],
        })),
      ]}
      onValueChange={(next) => onChange(next === ALL ? undefined : (next as Verdict))}
    />
  );
}

interface SideProps {
  session: Import;
  analysis: Analysis;
  verdict: Verdict | undefined;
  isBusy: boolean;
  onDecide: (choices: Record<string, string>) => void;
}

/** The file at the left, what becomes of it at the right; each leads to the other. */
function SideBySide({ session, analysis, verdict, isBusy, onDecide }: SideProps) {
  const files = useQuery(importFilesQuery(session.id, analysis.files));
  const [spot, setSpot] = useState<Spot | null>(null);
  const rows = analysis.report.filter((row) => !verdict || row.verdict === verdict);
  const [asked, setAsked] = useState(PART);
  const wanted = rows.findIndex((row) => isAt(row, spot));
  const shown = Math.max(asked, Math.ceil((wanted + 1) / PART) * PART);
  return (
    <Card className="grid overflow-hidden lg:grid-cols-2">
      <div className="max-h-[72vh] overflow-auto border-line max-xl:max-h-[44vh] max-lg:border-b lg:border-r">
        {files.data?.files.map((file) => (
          <SourceFile key={file.name} {...file} rows={analysis.report} spot={spot} onLine={setSpot} />
        ))}
        {files.isPending && <SkeletonRows count={6} />}
      </div>
      <ul
        className="max-h-[72vh] divide-y divide-line overflow-auto max-xl:max-h-[44vh]"
        aria-label={t.imports.source}
      >
        {rows.slice(0, shown).map((row) => (
          <ReportItem
            key={`${row.path}#${row.key}`}
            row={row}
            isShown={isAt(row, spot)}
            isBusy={isBusy}
            onShow={setSpot}
            onDecide={onDecide}
          />
        ))}
        {rows.length > shown && (
          <li className="p-3 text-center">
            <Button onClick={() => setAsked(shown + PART)}>
              {t.imports.more(Math.min(PART, rows.length - shown))}
            </Button>
          </li>
        )}
        {rows.length === 0 && (
          <li className="px-4 py-10 text-center text-sm text-ink-3">{t.imports.nothing}</li>
        )}
      </ul>
    </Card>
  );
}

function isAt(row: ReportRow, spot: Spot | null): boolean {
  return spot !== null && row.file === spot.file && row.line === spot.line;
}

interface ItemProps {
  row: ReportRow;
  isShown: boolean;
  isBusy: boolean;
  onShow: (spot: Spot) => void;
  onDecide: (choices: Record<string, string>) => void;
}

function ReportItem({ row, isShown, isBusy, onShow, onDecide }: ItemProps) {
  const { file, line } = row;
  return (
    <li
      ref={(element) => {
        if (isShown) element?.scrollIntoView({ block: "nearest" });
      }}
      className={cn("px-4 py-2.5", isShown && "bg-accent-soft")}
    >
      <div className="flex items-center gap-2">
        {file !== null && line !== null ? (
          <button
            type="button"
            title={t.imports.goToLine(line)}
            onClick={() => onShow({ file, line })}
            className="min-w-0 truncate text-left font-mono text-xs hover:underline"
          >
            {row.path}
          </button>
        ) : (
          <span className="min-w-0 truncate font-mono text-xs text-ink-2" title={t.imports.nowhere}>
            {row.path}
          </span>
        )}
        <span className="ml-auto">
          <VerdictBadge verdict={row.verdict} />
        </span>
      </div>
      {(row.target || row.message) && (
        <p className="mt-0.5 text-xs text-pretty text-ink-2">
          {row.target && (
            <>
              <span className="text-ink-3">{t.imports.becomes}</span>{" "}
              <span className="font-mono text-2xs">{row.target}</span>
              {row.message && " · "}
            </>
          )}
          {row.message}
        </p>
      )}
      {row.choices.map((choice) => (
        <div key={choice.id} className="mt-2 max-w-sm">
          <ChoiceField
            key={`${choice.id}=${choice.value}`}
            choice={choice}
            isBusy={isBusy}
            onDecide={(value) => onDecide({ [choice.id]: value })}
          />
        </div>
      ))}
    </li>
  );
}

function Questions({
  analysis,
  isBusy,
  onDecide,
}: {
  analysis: Analysis;
  isBusy: boolean;
  onDecide: (choices: Record<string, string>) => void;
}) {
  if (analysis.questions.length === 0) return null;
  return (
    <Card className="p-4">
      <h2 className="text-sm font-semibold">{t.imports.questions}</h2>
      <p className="mt-0.5 mb-3 text-xs text-ink-2">{t.imports.questionsText}</p>
      <div className="flex flex-col gap-3">
        {analysis.questions.map((choice) => (
          <ChoiceField
            key={`${choice.id}=${choice.value}`}
            choice={choice}
            isBusy={isBusy}
            onDecide={(value) => onDecide({ [choice.id]: value })}
          />
        ))}
      </div>
    </Card>
  );
}

function Profiles({ analysis, onChange }: { analysis: Analysis; onChange: (profiles: string[]) => void }) {
  const [on, setOn] = useState(analysis.active_profiles);
  if (analysis.profiles.length === 0) return null;
  const turn = (name: string, isOn: boolean) => {
    const next = isOn ? [...on, name] : on.filter((each) => each !== name);
    setOn(next);
    onChange(next);
  };
  return (
    <Card className="p-4">
      <h2 className="text-sm font-semibold">{t.imports.profiles}</h2>
      <p className="mt-0.5 mb-3 text-xs text-ink-2">{t.imports.profilesText}</p>
      <div className="flex flex-col gap-2">
        {analysis.profiles.map((name) => (
          <Checkbox key={name} isOn={on.includes(name)} onChange={(isOn) => turn(name, isOn)} label={name} />
        ))}
      </div>
    </Card>
  );
}

function Warnings({ analysis }: { analysis: Analysis }) {
  if (analysis.warnings.length === 0) return null;
  return (
    <Card className="p-4">
      <h2 className="flex items-center gap-1.5 text-sm font-semibold">
        <TriangleAlert aria-hidden className="size-4 text-warn-ink" />
        {t.imports.warnings}
      </h2>
      <ul className="mt-2 flex flex-col gap-1.5 text-xs text-pretty text-ink-2">
        {analysis.warnings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Card>
  );
}
