"""What a build does next, as a pure function of its journal; where and with what is for others to know.

The journal is what survives a worker: what is in it is done and need not be repeated, all else is.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """`FETCH` brings the source, `PREPARE` finds or writes the Dockerfile, `BUILD` makes the image in the engine,
    `PUSH` sends it; an engine that does both at once has nothing left to push."""

    FETCH = "fetch"
    PREPARE = "prepare"
    BUILD = "build"
    PUSH = "push"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Journal:
    """`has_source` and `is_prepared` are true of the folder of `worker` only. `image_id` names what the engine holds,
    `digest` what the registry does."""

    worker: str = ""
    attempt: int = 0
    has_source: bool = False
    is_prepared: bool = False
    image_id: str = ""
    digest: str = ""

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Journal":
        """Of what was stored; what a newer version wrote beside it is left alone."""
        return cls(**{name: data[name] for name in cls.__slots__ if name in data})

    def stored(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def next_step(journal: Journal) -> Step:
    """The first thing that is not done yet."""
    if journal.digest:
        return Step.FINISH
    if journal.image_id:
        return Step.PUSH
    if not journal.has_source:
        return Step.FETCH
    if not journal.is_prepared:
        return Step.PREPARE
    return Step.BUILD


def taken_over(journal: Journal, *, worker: str) -> Journal:
    """Of a worker that begins or goes on: the folder of another one is out of its reach, or half written."""
    return replace(journal, worker=worker, attempt=journal.attempt + 1, has_source=False, is_prepared=False)


def without_image(journal: Journal) -> Journal:
    """The engine has lost what it made: it is made again."""
    return replace(journal, image_id="")


def fetched(journal: Journal) -> Journal:
    return replace(journal, has_source=True)


def prepared(journal: Journal) -> Journal:
    return replace(journal, is_prepared=True)


def built(journal: Journal, image_id: str, *, pushed_digest: str = "") -> Journal:
    """`pushed_digest` where the engine pushed it in the same breath."""
    return replace(journal, image_id=image_id, digest=pushed_digest)


def pushed(journal: Journal, digest: str) -> Journal:
    return replace(journal, digest=digest)
