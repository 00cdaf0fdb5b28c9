"""Making findings, and words that several checks share."""

from collections.abc import Iterable
from typing import Any

from plugins.sdk.diagnosis import CheckStatus, Finding, Values
from workflows.diagnose.causes import CAUSES


def error(cause: str, message: str, suggestion: str = "", fix_type: str = "", **more: Any) -> Finding:
    return _finding(CheckStatus.ERROR, cause, message, suggestion, fix_type, **more)


def warning(cause: str, message: str, suggestion: str = "", fix_type: str = "", **more: Any) -> Finding:
    return _finding(CheckStatus.WARNING, cause, message, suggestion, fix_type, **more)


def note(cause: str, message: str, suggestion: str = "") -> Finding:
    """As it should be, and worth a word."""
    return _finding(CheckStatus.PASS, cause, message, suggestion, "")


def _finding(
    status: CheckStatus,
    cause: str,
    message: str,
    suggestion: str,
    fix_type: str,
    values: Values | None = None,
    log: Iterable[str] = (),
) -> Finding:
    if cause not in CAUSES:
        raise ValueError(f"{cause} is not in the list of causes")
    return Finding(cause, _ended(message), suggestion, status, fix_type, values or {}, tuple(log))


def _ended(message: str) -> str:
    """Servers and programs do not end their sentences."""
    flat = " ".join(message.split())
    return flat if flat.endswith((".", "!", "?", "…")) else f"{flat}."


def listing(names: Iterable[object], most: int = 5) -> str:
    """`a, b and c`."""
    found = [str(name) for name in names]
    rest = len(found) - most
    if rest > 0:
        found = [*found[:most], f"{rest} more"]
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)
