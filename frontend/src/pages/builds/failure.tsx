import { Link } from "@tanstack/react-router";
import type { Build } from "@/data/builds";
import { t } from "@/texts";
import { Button } from "@/ui";

const words = t.builds.failure;
const OF_REGISTRIES = new Set([
  "registry_unauthorized",
  "registry_denied",
  "registry_gone",
  "registry_moved",
]);
const OF_LOGINS = new Set(["git_unauthorized"]);
/** What was asked for has to be another. */
const OF_INPUT = new Set([
  "bad_archive",
  "bad_base_image",
  "bad_dockerfile",
  "base_image_missing",
  "copy_failed",
  "dockerfile_too_large",
  "git_failed",
  "host_refused",
  "no_dockerfile",
  "platforms_unsupported",
  "secrets_unsupported",
  "unknown_base_image",
  "unknown_host",
  "unknown_ref",
  "unknown_stage",
  "unknown_subdirectory",
  "upload_expired",
]);

interface FailureProps {
  build: Build;
  onStep: (place: number) => void;
}

/** Why it failed, and the way to mend it. */
export function Failure({ build, onStep }: FailureProps) {
  const place = build.steps.findIndex((step) => step.status === "failed");
  const failed = build.steps[place];
  return (
    <section
      aria-label={t.builds.failedTitle}
      data-testid="build-failure"
      data-code={build.error_code}
      className="mb-4 flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 rounded-lg bg-bad-soft px-4 py-2.5 text-sm text-bad-ink"
    >
      <div role="alert" className="min-w-0 flex-1 basis-80 text-pretty break-words">
        {failed && <p className="truncate font-mono text-xs">{words.inStep(failed.name)}</p>}
        <p className="font-medium">{build.error}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        {failed && (
          <Button size="sm" onClick={() => onStep(place)}>
            {words.showStep}
          </Button>
        )}
        {OF_REGISTRIES.has(build.error_code) && (
          <Button size="sm" asChild>
            <Link to="/registries" search={{}}>
              {words.toRegistries}
            </Link>
          </Button>
        )}
        {OF_LOGINS.has(build.error_code) && (
          <Button size="sm" asChild>
            <Link to="/builds/logins" search={{ add: build.source.git_url }}>
              {words.toLogins}
            </Link>
          </Button>
        )}
        {OF_INPUT.has(build.error_code) && (
          <Button size="sm" asChild>
            <Link to="/builds/new" search={{ from: build.id }}>
              {words.change}
            </Link>
          </Button>
        )}
      </div>
    </section>
  );
}
