"""What imports refuse."""

from collections.abc import Sequence

from clusters.kube.gateway import ClusterError, Refused
from core.errors import (
    AppError,
    ClusterRefused,
    Conflict,
    InvalidInput,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from imports.compose.errors import Violation


class ImportNotFound(NotFound):
    code = "import_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such import, or it has expired; send the files again.")


class ImportNotReady(Conflict):
    code = "import_not_ready"

    def __init__(self, status: str) -> None:
        super().__init__(f"The import is {status}; only one that is ready becomes a workflow.")


class ImportChanged(Conflict):
    code = "import_changed"

    def __init__(self) -> None:
        super().__init__("Somebody decided something else at the same moment; look at the report and decide again.")


class UnreadableInput(InvalidInput):
    """The files are not what they should be. The sentence is that of the first violation; all are in `details`."""

    code = "unreadable_input"

    def __init__(self, violations: Sequence[Violation]) -> None:
        rest = len(violations) - 1
        more = f" There {'is 1 more' if rest == 1 else f'are {rest} more'}." if rest else ""
        super().__init__(
            f"{violations[0]}{more}",
            fields={"file": [str(each) for each in violations]},
            details={
                "violations": [{"file": each.file, "path": each.path, "message": each.message} for each in violations]
            },
        )


class NothingToImport(InvalidInput):
    code = "nothing_to_import"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"source": [message]})


class UnknownProject(InvalidInput):
    code = "unknown_project"

    def __init__(self, answer: str) -> None:
        message = f"'{answer[:200]}' is none of the projects in these files; choose one of the question's."
        super().__init__(message, fields={"choices": [message]})


class BadSource(InvalidInput):
    """Where files are to be fetched from, by the field that is wrong."""

    code = "bad_source"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, fields={field: [message]})


class TooManyAtOnce(TooManyRequests):
    code = "too_many_imports"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} repositories are being fetched for you already; wait for one of them, or forget it.")


class BadArchive(InvalidInput):
    code = "bad_archive"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"file": [message]})


class TooMuch(TooLarge):
    code = "too_much"


def cluster_said(error: ClusterError) -> AppError:
    """What a cluster answered, or that it did not, in our words."""
    if isinstance(error, Refused):
        return ClusterRefused(f"The cluster refused: {error.message}", details={"reason": error.reason})
    return Unavailable(
        f"The cluster cannot be reached: {error.message}", code="cluster_unreachable", details={"reason": error.reason}
    )
