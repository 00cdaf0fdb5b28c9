import { CircleAlert, TriangleAlert } from "lucide-react";
import { cn } from "@/ui";
import { shortMessage } from "../model/problems";
import type { Problem } from "../model/types";

/** What is wrong with a node as a whole: problems that stand at no field of the form. */
export function LooseProblems({
  problems,
  known,
}: {
  problems: readonly Problem[];
  known: ReadonlySet<string>;
}) {
  const loose = problems.filter((problem) => !problem.field || !known.has(problem.field.split(".")[0] ?? ""));
  if (loose.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 px-4 pt-3">
      {loose.map((problem) => {
        const isError = problem.severity === "error";
        const Icon = isError ? CircleAlert : TriangleAlert;
        return (
          <li
            key={`${problem.code} ${problem.field} ${problem.message}`}
            className={cn(
              "flex gap-2 rounded-md px-2.5 py-2 text-xs text-pretty [&_svg]:mt-0.5 [&_svg]:size-3.5 [&_svg]:shrink-0",
              isError ? "bg-bad-soft text-bad-ink" : "bg-warn-soft text-warn-ink",
            )}
          >
            <Icon aria-hidden />
            {shortMessage(problem)}
          </li>
        );
      })}
    </ul>
  );
}
