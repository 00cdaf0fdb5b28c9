"""The sources that apps registered, and what one of them finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.principal import Principal
from core.search.ranking import Match, Rank, is_close, rank, rank_close, words_of


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `url` is where the front end shows it, empty where it has no page; `score` from 0 to 1."""

    type: str
    id: str
    title: str
    subtitle: str
    url: str
    score: float
    match: Match = Match.ELSEWHERE


# (text, limit, actor, whether what is only close counts) -> the best `limit`, and how many there are, at most `MOST`.
Find = Callable[[str, int, Principal, bool], tuple[list[Hit], int]]

_sources: dict[str, Find] = {}


def register(type_: str, find: Find) -> None:
    """The same type again replaces it: an app may become ready twice in tests."""
    _sources[type_] = find


def sources() -> dict[str, Find]:
    return dict(_sources)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something in memory: `text` is what else of it is searched. `hit` makes what is shown of it."""

    title: str
    text: str
    hit: Callable[[Rank], Hit]


def find_in_memory(candidates: Iterable[Candidate], text: str, limit: int, close: bool) -> tuple[list[Hit], int]:
    """As a source finds, of what is in no table of its own."""
    words = [word.casefold() for word in words_of(text)]
    found: list[tuple[Rank, Candidate]] = []
    for each in candidates:
        if close:
            if is_close(text, each.title):
                found.append((rank_close(text, each.title), each))
        elif all(word in f"{each.title} {each.text}".casefold() for word in words):
            found.append((rank(text, each.title), each))
    found.sort(key=lambda pair: pair[0].order)
    return [each.hit(ranked) for ranked, each in found[:limit]], len(found)
