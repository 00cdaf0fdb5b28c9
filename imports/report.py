"""What every import says of its input: one row per key with a verdict, and what a person may decide.

Knows no source format: compose files, manifests and repositories all speak these words. Pure.
"""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """`kept`: as it was, or without effect by nature. `mapped`: says the same in other words.
    `approximated`: close, and the message says what differs. `refused`: not carried over, and why."""

    KEPT = "kept"
    MAPPED = "mapped"
    APPROXIMATED = "approximated"
    REFUSED = "refused"


class ChoiceKind(StrEnum):
    OPTION = "option"
    TEXT = "text"
    SIZE = "size"
    SECRET = "secret"  # noqa: S105


class Option(msgspec.Struct, frozen=True):
    value: str
    label: str


class Choice(msgspec.Struct, frozen=True):
    """Something that a person may decide otherwise. The id is the same for the same input, so that an
    answer survives a new analysis. The value of a secret is never repeated here."""

    id: str
    text: str
    value: str
    kind: ChoiceKind = ChoiceKind.OPTION
    options: tuple[Option, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """`path` is where the key stands in the input (`services.web.ports.0`), `target` what it became
    (`deployment/web.ports`), empty when nothing."""

    path: str
    key: str
    verdict: Verdict
    target: str
    message: str
    choices: tuple[Choice, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """`questions` are the choices that have no safe default, or that are asked once for several keys."""

    rows: tuple[Row, ...] = ()
    questions: tuple[Choice, ...] = ()
    warnings: tuple[str, ...] = ()
