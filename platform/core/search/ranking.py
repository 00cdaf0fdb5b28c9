"""How well something fits what was asked for: pure, and the same for every database and every source."""

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

# As much of a query counts.
MOST_WORDS = 8
# Shorter words are too like one another for a guess.
GUESSED_FROM = 4
# The share of letters in common (`difflib`) of a word and what was probably meant: `ngnix` and `nginx` have 0.8.
_ALIKE = 0.75
_SEPARATORS = re.compile(r"[^\w]|_")


class Match(StrEnum):
    """How it fits, best first."""

    EXACT = "exact"
    BEGINS = "begins"
    WORD = "word"
    WITHIN = "within"
    ELSEWHERE = "elsewhere"
    CLOSE = "close"


SCORES = {
    Match.EXACT: 1.0,
    Match.BEGINS: 0.85,
    Match.WORD: 0.7,
    Match.WITHIN: 0.55,
    Match.ELSEWHERE: 0.3,
    Match.CLOSE: 0.2,
}


@dataclass(frozen=True, slots=True)
class Rank:
    """`score` from 0 to 1; `order` sorts by it, and of equals the shortest title first: more of it was asked for."""

    match: Match
    score: float
    order: tuple[float, int, str]


def words_of(text: str) -> list[str]:
    """The words of a query; each must be somewhere, literally."""
    return text.replace("\x00", " ").split()[:MOST_WORDS]


def parts_of(text: str) -> list[str]:
    """Its words, also those that hyphens, dots and the like hold together."""
    return _SEPARATORS.sub(" ", text.casefold()).split()


@dataclass(frozen=True, slots=True)
class _Sought:
    """A query, taken apart once for all that is ranked by it."""

    text: str
    words: tuple[str, ...]
    parts: list[str]
    begins: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=64)
def _sought(query: str) -> _Sought:
    words = tuple(word.casefold() for word in words_of(query))
    text = " ".join(words)
    begins = tuple(re.compile(rf"(?:^|[\W_]){re.escape(word)}") for word in words)
    return _Sought(text, words, parts_of(text), begins)


def rank(text: str, title: str) -> Rank:
    """Of what was found by `text`; what is not in the title was found in something else of it."""
    sought, found = _sought(text), title.casefold()
    if sought.text == found or _is_as_good(sought, found):
        return _rank(Match.EXACT, title)
    if found.startswith(sought.text):
        return _rank(Match.BEGINS, title)
    inside = sum(word in found for word in sought.words)
    if sought.words and inside == len(sought.words):
        begins = all(pattern.search(found) for pattern in sought.begins)
        return _rank(Match.WORD if begins else Match.WITHIN, title)
    return _rank(Match.ELSEWHERE, title, 0.2 * inside / max(1, len(sought.words)))


def _is_as_good(sought: _Sought, found: str) -> bool:
    """The same words, otherwise held together: `shop web` and `shop-web`."""
    return len(found) == len(sought.text) and bool(sought.parts) and sought.parts == parts_of(found)


def rank_close(text: str, title: str) -> Rank:
    """Of what was probably meant."""
    return _rank(
        Match.CLOSE, title, 0.1 * (difflib.SequenceMatcher(None, text.casefold(), title.casefold()).ratio() - 1)
    )


def is_close(text: str, title: str) -> bool:
    """Whether each word that was asked for is one of the title's, but for a letter or two."""
    there = parts_of(title)
    sought = parts_of(text)[:MOST_WORDS]
    return bool(sought) and all(
        word in there or (len(word) >= GUESSED_FROM and bool(difflib.get_close_matches(word, there, 1, _ALIKE)))
        for word in sought
    )


def _rank(match: Match, title: str, more: float = 0) -> Rank:
    score = round(SCORES[match] + more, 3)
    return Rank(match, score, (-score, len(title), title.casefold()))
