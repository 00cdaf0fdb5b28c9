"""What would be refused before anything reaches a cluster, or looks odd: the problems of the drawing."""

from collections.abc import Iterator

from plugins.sdk.diagnosis import Check, Evidence, Finding
from plugins.sdk.problems import NOT_BUILT, Severity
from workflows.diagnose.finding import error, warning


def run(evidence: Evidence) -> Iterator[Finding]:
    for problem in evidence.problems:
        say = error if problem.severity is Severity.ERROR else warning
        if problem.code == NOT_BUILT:
            yield say("drawing_problem", problem.message, "Choose Build and run: the image is built, and then runs.")
            continue
        where = f" Open the field {problem.field} of the node." if problem.field else ""
        yield say("drawing_problem", problem.message, f"Correct the drawing, then run it.{where}")


CHECK = Check("drawing", "The drawing can be run", run, is_static=True)
