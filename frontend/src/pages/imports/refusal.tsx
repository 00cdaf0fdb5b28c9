import { ApiError, messageOf } from "@/api/errors";
import { t } from "@/texts";
import { Notice } from "@/ui";

const SHOWN = 8;

interface Violation {
  file: string;
  path: string;
  message: string;
}

/** What is wrong with the files: all of it, each with its place. */
export function Refusal({ error }: { error: unknown }) {
  const found =
    error instanceof ApiError ? (error.details?.violations as Violation[] | undefined) : undefined;
  if (!found || found.length < 2) return <Notice>{messageOf(error)}</Notice>;
  return (
    <Notice>
      <p className="font-medium">{t.imports.cannotTitle}</p>
      <ul className="mt-1 list-disc pl-4">
        {found.slice(0, SHOWN).map((each) => (
          <li key={`${each.file}${each.path}${each.message}`}>
            {[each.file, each.path].filter(Boolean).join(": ")} {each.message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
