"""Indexes of words and of parts of words over the columns of a table, and the conditions that use them.

PostgreSQL: full text over the words, trigrams over all of the text, a B-tree over how the title begins. SQLite: one
FTS5 table of trigrams, kept by triggers; how a title or a word begins is asked of it as a phrase with what goes before.
Where a database has no trigrams the conditions of parts hold all the same, and take a look at each visible row.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from core.search.ranking import words_of

Row = TypeVar("Row", bound=Model)

# Of a text so much is searched, of a title's beginning so much: no index takes any length.
LONGEST, LONGEST_BEGINNING = 100_000, 100
# Shorter words are in no index of trigrams.
TRIGRAM = 3
# What stands between words, for PostgreSQL's parser: it would take a-1, a.b and a/b for one word each.
_BETWEEN = '-_./:@<>&+~=#,;|"()[]{}'
# Around a title in SQLite's text; no title has them.
_BEGIN, _END = "\x02", "\x03"
_BEFORE_WORDS = (_BEGIN, " ", "-", "/", ".", "_", ":", "@", '"')


@dataclass(frozen=True, slots=True)
class Column:
    """`is_list`: JSON, a list of strings."""

    name: str
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Part of a query: more tables, and what must hold."""

    where: str
    params: tuple[Any, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """What of a table is searched. The table's key is `id`, a text; no column is null. Without a `title` rows are
    found by any of their words alike."""

    name: str
    table: str
    columns: tuple[Column, ...]
    title: str = ""

    @property
    def kept(self) -> str:
        """SQLite's copy of the text, by key."""
        return f"search_{self.name}"

    @property
    def fts(self) -> str:
        return f"search_{self.name}_fts"

    def narrow(self, rows: QuerySet[Row], condition: Condition) -> QuerySet[Row]:
        """Those of `rows` for which it holds. What `rows` leaves out stays out: the index says nothing of rights."""
        return rows.extra(tables=list(condition.tables), where=[condition.where], params=list(condition.params))

    def begins(self, text: str) -> Condition | None:
        """The title begins with it."""
        if not self.title:
            return None
        sought = " ".join(words_of(text))
        if connection.vendor == "postgresql":
            return Condition(f"{self.beginning()} LIKE lower(%s)", (f"{_escaped(sought[:LONGEST_BEGINNING])}%",))
        return self._matching(_phrase(_BEGIN + sought)) if len(sought) >= TRIGRAM - 1 else None

    def words(self, text: str) -> Condition | None:
        """Each word begins one of the row's."""
        if connection.vendor == "postgresql":
            parts = re.sub(f"[{re.escape(_BETWEEN)}]", " ", " ".join(words_of(text)))
            tokens = re.findall(r"\w+", parts)
            asked = " & ".join(f"'{token}':*" for token in tokens)
            return Condition(f"{self.vector()} @@ to_tsquery('simple', lower(%s))", (asked,)) if tokens else None
        words = [word for word in words_of(text) if len(word) >= TRIGRAM - 1]
        any_of = [f"({' OR '.join(_phrase(before + word) for before in _BEFORE_WORDS)})" for word in words]
        return self._matching(" AND ".join(any_of)) if any_of and len(words) == len(words_of(text)) else None

    def parts(self, text: str) -> Condition | None:
        """Each word is somewhere; the short ones, which no index finds, in the title where there is one. None where no
        word is long enough."""
        words = words_of(text)
        long = [word for word in words if len(word) >= TRIGRAM]
        short = [word for word in words if len(word) < TRIGRAM]
        if not long:
            return None
        if not self.title:
            return self._containing(words, long)
        if connection.vendor == "sqlite" and is_kept(self.fts):
            # Its text is at hand, the row is not; the title is what stands between the marks.
            titles = tuple(f"{_BEGIN}%{_escaped(word)}%{_END}%" for word in short)
            return self._asked(" AND ".join(_phrase(word) for word in long), titles)
        found, titled = self._containing(long, long), self._titled(short)
        where = f"{found.where} AND {titled.where}" if short else found.where
        return Condition(where, (*found.params, *titled.params), found.tables)

    def anywhere(self, text: str) -> Condition:
        """Each word is somewhere in the title, by a look at each; without titles, in the text."""
        words = words_of(text)
        if not self.title:
            return self._containing(words, [])
        return self._titled(words)

    def _titled(self, words: list[str]) -> Condition:
        like = f"lower({self.table}.{self.title}) LIKE lower(%s) ESCAPE '\\'"
        return Condition(" AND ".join([like] * len(words)), tuple(f"%{_escaped(word)}%" for word in words))

    def _containing(self, words: list[str], indexed: list[str]) -> Condition:
        likes = tuple(f"%{_escaped(word)}%" for word in words)
        if connection.vendor == "postgresql":
            return Condition(" AND ".join([f"{self.text()} LIKE lower(%s)"] * len(likes)), likes)
        if not is_kept(self.fts):
            return Condition(" AND ".join([f"{self.text()} LIKE %s ESCAPE '\\'"] * len(likes)), likes)
        if indexed:
            short = tuple(f"%{_escaped(word)}%" for word in words if word not in indexed)
            return self._asked(" AND ".join(_phrase(word) for word in indexed), short)
        where = [f"{self.kept}.ref = {self.table}.id", *[f"{self.kept}.text LIKE %s ESCAPE '\\'"] * len(likes)]
        return Condition(" AND ".join(where), likes, (self.kept,))

    def _matching(self, asked: str) -> Condition | None:
        return self._asked(asked, ()) if is_kept(self.fts) else None

    def _asked(self, asked: str, likes: tuple[str, ...]) -> Condition:
        # With a plus no index serves that side: SQLite would else ask the matches again for each row of the table.
        where = [
            f"{self.fts} MATCH %s",
            f"{self.kept}.n = +{self.fts}.rowid",
            f"{self.table}.id = +{self.kept}.ref",
            *[f"{self.kept}.text LIKE %s ESCAPE '\\'"] * len(likes),
        ]
        return Condition(" AND ".join(where), (asked, *likes), (self.kept, self.fts))

    def text(self, row: str = "") -> str:
        """The SQL of all that is searched; `row` as a trigger calls it."""
        row = row or self.table
        if connection.vendor == "postgresql":
            columns = [f"{row}.{each.name}{'::text' if each.is_list else ''}" for each in self._all()]
            return f"lower(left({_joined(columns)}, {LONGEST}))"
        columns = [
            f"(SELECT coalesce(group_concat(value, ' '), '') FROM json_each({row}.{each.name}))"
            if each.is_list
            else f"{row}.{each.name}"
            for each in self._all()
        ]
        title = f"'{_BEGIN}' || {columns[0]} || '{_END} '" if self.title else "' '"
        rest = columns[1:] if self.title else columns
        return f"substr({title}{''.join(f' || {column} || {chr(39)} {chr(39)}' for column in rest)}, 1, {LONGEST})"

    def beginning(self) -> str:
        return f"left(lower({self.table}.{self.title}), {LONGEST_BEGINNING})"

    def vector(self) -> str:
        return f"to_tsvector('simple', translate({self.text()}, '{_BETWEEN}', '{' ' * len(_BETWEEN)}'))"

    def _all(self) -> list[Column]:
        return [*([Column(self.title)] if self.title else []), *self.columns]


_kept: set[tuple[str, str]] = set()


def is_kept(table: str) -> bool:
    """Whether SQLite has this index. Asked until it has."""
    key = (str(connection.settings_dict["NAME"]), table)
    if key not in _kept and table in connection.introspection.table_names():
        _kept.add(key)
    return key in _kept


def forget() -> None:
    """What was seen of the database."""
    _kept.clear()


def _joined(columns: list[str]) -> str:
    return " || ' ' || ".join(columns)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _phrase(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
