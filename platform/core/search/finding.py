"""Finds in a table by its index: candidates from the database, ranked here, alike for both databases.

Visibility is the caller's: what they may not see is not among the rows that they give.
"""

from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from core.search.index import TRIGRAM, Condition, Index
from core.search.ranking import GUESSED_FROM, MOST_WORDS, Rank, is_close, parts_of, rank, rank_close

# More of one type are not counted: whoever gets so many asks for more words.
MOST = 1_000
# So many words of a query may be the mistyped one, and so many rows are looked at for each part of it.
_MISTYPED, _CLOSE = 2, 400

# By key, in the order in which they were found.
Titles = dict[str, str]


def best_of(
    rows: QuerySet[Any], index: Index, text: str, limit: int, close: bool
) -> tuple[list[tuple[Any, Rank]], int]:
    """The best `limit` of rows with their ranks, and how many there are (at most `MOST`). `close`: those that were
    probably meant."""
    titles = probably(rows, index, text) if close else found_by(rows, index, text)
    if close:
        titles = {key: title for key, title in titles.items() if is_close(text, title)}
    of = rank_close if close else rank
    ranked = sorted(
        ((of(text, title), key) for key, title in titles.items()), key=lambda pair: (pair[0].order, pair[1])
    )
    best = {row.pk: row for row in rows.filter(pk__in=[key for _, key in ranked[:limit]])} if ranked else {}
    return [(best[key], rank) for rank, key in ranked[:limit] if key in best], min(len(titles), MOST)


def found_by(rows: QuerySet[Any], index: Index, text: str) -> Titles:
    """Rows in which every word is. One query where the words are not common; where they are, what begins with them is
    asked for as well and goes first, so that the best are among the thousand. Of one or two letters only titles are
    searched, and the beginnings of words."""
    parts = index.parts(text)
    found = _titles(rows, index, parts)
    if parts is not None and len(found) < MOST:
        return found
    first = _titles(rows, index, index.begins(text)) | _titles(rows, index, index.words(text))
    if parts is None and len(first) < MOST:
        found = _titles(rows, index, index.anywhere(text))
    return first | found


def probably(rows: QuerySet[Any], index: Index, text: str) -> Titles:
    """Rows that may have been meant, for somebody who looks at their titles. A mistyped word has a part without the
    mistake: of three parts two, of a short word its first two letters. One word is mistyped, the others are not."""
    found: Titles = {}
    words = parts_of(text)[:MOST_WORDS]
    guessed = [word for word in words if len(word) >= GUESSED_FROM and not word.isdigit()]
    for word in sorted(guessed, key=len, reverse=True)[:_MISTYPED]:
        others = " ".join(each for each in words if each != word)
        if len(word) < 2 * TRIGRAM:
            found |= _titles(rows, index, index.words(f"{word[:2]} {others}"), _CLOSE)
            continue
        pieces = min(3, len(word) // TRIGRAM)
        cuts = [len(word) * number // pieces for number in range(pieces + 1)]
        for begin, end in pairwise(cuts):
            found |= _titles(rows, index, index.parts(f"{word[begin:end]} {others}"), _CLOSE)
    return found


def _titles(rows: QuerySet[Any], index: Index, condition: Condition | None, most: int = MOST) -> Titles:
    if condition is None:
        return {}
    narrowed = index.narrow(rows, condition).order_by()
    return dict(narrowed.values_list("pk", index.title or "pk")[:most])
