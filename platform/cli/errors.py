"""What ends a command other than success: one exit code for each kind, so that a pipeline can tell them apart."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Documented in docs/CLI.md; scripts count on the numbers."""

    OK = 0
    RUN_FAILED = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    CANCELLED = 5
    INTERRUPTED = 130


class CliError(Exception):
    """One sentence for a person, a stable code for a script, and the exit code."""

    exit = Exit.REFUSED
    code = "refused"

    def __init__(self, message: str, *, code: str = "", **more: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.more = more


class Refused(CliError):
    """The server understood, and said no."""


class BadUsage(CliError):
    exit = Exit.USAGE
    code = "usage"


class Unreachable(CliError):
    """No answer, or none that makes sense, after the retries."""

    exit = Exit.UNREACHABLE
    code = "unreachable"


class RunFailed(CliError):
    exit = Exit.RUN_FAILED
    code = "run_failed"


class RunCancelled(CliError):
    exit = Exit.CANCELLED
    code = "run_cancelled"
