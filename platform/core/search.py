"""What can be searched for: each app registers its sources when it is ready, and whoever searches asks them all.

A source finds what its actor may see, and nothing else; ranks are comparable over all sources.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, FloatField, Q, QuerySet, Value, When

from core.principal import Principal

# By how the name fits; what fits elsewhere only comes last.
EXACT, BEGINS, WITHIN, ELSEWHERE = 1.0, 0.8, 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `url` is where the front end shows it, empty where it has no page; `score` from 0 to 1."""

    type: str
    id: str
    title: str
    subtitle: str
    url: str
    score: float


# More of one type are not counted: a second look through a large table would take as long as the first.
MOST = 1_000
# (words, limit, actor) -> the best `limit`, and how many there are, at most `MOST`.
Find = Callable[[str, int, Principal], tuple[list[Hit], int]]

_sources: dict[str, Find] = {}


def register(type_: str, find: Find) -> None:
    """The same type again replaces it: an app may become ready twice in tests."""
    _sources[type_] = find


def sources() -> dict[str, Find]:
    return dict(_sources)


def words_of(text: str) -> list[str]:
    """The words of a query; each must be somewhere, literally."""
    return text.split()[:8]


def matching(text: str, columns: Iterable[str]) -> Q:
    """Rows in which every word is in one of the columns, whatever its case."""
    found = Q()
    for word in words_of(text):
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        found &= anywhere
    return found


def ranked(rows: QuerySet[Any], text: str, name: str) -> QuerySet[Any]:
    """With `score`, best first."""
    rank = Case(
        When(**{f"{name}__iexact": text}, then=Value(EXACT)),
        When(**{f"{name}__istartswith": text}, then=Value(BEGINS)),
        When(**{f"{name}__icontains": text}, then=Value(WITHIN)),
        default=Value(ELSEWHERE),
        output_field=FloatField(),
    )
    return rows.annotate(score=rank).order_by("-score", name, "pk")


def best_of(rows: QuerySet[Any], text: str, name: str, limit: int) -> tuple[list[Any], int]:
    """The best `limit` of rows, and how many there are (at most `MOST`): one look through the table."""
    found = list(ranked(rows, text, name).values_list("pk", "score")[:MOST])
    scores = dict(found[:limit])
    best = {row.pk: row for row in rows.filter(pk__in=scores)} if scores else {}
    for pk, row in best.items():
        row.score = scores[pk]
    return [best[pk] for pk in scores if pk in best], len(found)


def score_of(text: str, name: str) -> float:
    """The same for what is in memory."""
    sought, found = text.casefold(), name.casefold()
    if sought == found:
        return EXACT
    if found.startswith(sought):
        return BEGINS
    return WITHIN if sought in found else ELSEWHERE
