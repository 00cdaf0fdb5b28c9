"""What crosses the border of imports."""

from dataclasses import dataclass
from typing import Any

import msgspec

from imports.merge import Note

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where files came from. `name` is what a person reads: a file's name, an address."""

    type: str
    name: str

    def as_json(self) -> Json:
        return {"type": self.type, "name": self.name}


class Sent(msgspec.Struct):
    """All that an analysis is made of; the same gives the same."""

    files: dict[str, bytes]
    profiles: list[str] = []
    variables: dict[str, str] = {}
    choices: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a workflow by an import."""

    workflow: Any
    report: list[Json]
    notes: tuple[Note, ...] = ()
