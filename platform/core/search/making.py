"""Makes the indexes of search after each migration: what is missing or was defined otherwise is made anew.

They are derived from the tables, so no migration describes them: SQLite forgets the triggers of a table that a
migration changes, and PostgreSQL may get its extension later.
"""

import hashlib
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from core.search.index import Index

log = structlog.get_logger(__name__)

_indexes: dict[str, Index] = {}


def register_index(index: Index) -> Index:
    _indexes[index.name] = index
    return index


def make_indexes(**_: Any) -> None:
    """Safe to repeat; a look at the names of what is there when nothing is to do."""
    tables = set(connection.introspection.table_names())
    for index in _indexes.values():
        if index.table in tables:
            _make_on_postgresql(index) if connection.vendor == "postgresql" else _make_on_sqlite(index)


def _make_on_postgresql(index: Index) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s", [index.table]
        )
        mine = {name for (name,) in cursor.fetchall() if name.startswith(f"{index.kept}_")}
        wanted = _postgresql(index)
        for name in mine - set(wanted):
            cursor.execute(f'DROP INDEX "{name}"')
        for name, sql in wanted.items():
            if name not in mine:
                try:
                    with transaction.atomic():
                        if "gin_trgm_ops" in sql:
                            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                        cursor.execute(sql)
                except DatabaseError as error:
                    if "gin_trgm_ops" not in sql:
                        raise
                    # Search finds the same without it, by a look at each row that somebody may see.
                    log.warning(
                        "search_without_trigrams",
                        index=index.name,
                        error=str(error).strip(),
                        advice="Let a database administrator run CREATE EXTENSION pg_trgm, then migrate again.",
                    )


def _postgresql(index: Index) -> dict[str, str]:
    using = {"words": f"gin ({index.vector()})", "parts": f"gin (({index.text()}) gin_trgm_ops)"}
    if index.title:
        using["begins"] = f"btree (({index.beginning()}) text_pattern_ops)"
    found = {}
    for kind, what in using.items():
        name = f"{index.kept}_{kind}_{_digest(what)}"
        found[name] = f'CREATE INDEX "{name}" ON {index.table} USING {what}'
    return found


def _make_on_sqlite(index: Index) -> None:
    script = _sqlite(index)
    names = {f"{index.kept}_{event}_{_digest(''.join(script))}" for event in ("insert", "update", "delete")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [index.table])
        mine = {name for (name,) in cursor.fetchall() if name.startswith(f"{index.kept}_")}
        if mine == names:
            return
        try:
            with transaction.atomic():
                for name in mine:
                    cursor.execute(f'DROP TRIGGER "{name}"')
                for sql in script:
                    cursor.execute(sql.replace("{digest}", _digest("".join(script))))
        except DatabaseError as error:
            log.warning(
                "search_without_trigrams", index=index.name, error=str(error), advice="Use SQLite 3.34 or newer."
            )


def _sqlite(index: Index) -> list[str]:
    kept, fts, table = index.kept, index.fts, index.table
    columns = ", ".join(["id", *([index.title] if index.title else []), *(each.name for each in index.columns)])
    add = f"INSERT INTO {fts} (rowid, text) SELECT n, text FROM {kept} WHERE ref = new.id"
    remove = f"INSERT INTO {fts} ({fts}, rowid, text) SELECT 'delete', n, text FROM {kept} WHERE ref = old.id"
    changed = f"old.id IS NOT new.id OR {index.text('old')} IS NOT {index.text('new')}"
    return [
        f"DROP TABLE IF EXISTS {fts}",
        f"DROP TABLE IF EXISTS {kept}",
        f"CREATE TABLE {kept} (n INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, text TEXT NOT NULL)",
        f"CREATE VIRTUAL TABLE {fts} USING fts5(text, content='{kept}', content_rowid='n', tokenize='trigram')",
        f"INSERT INTO {kept} (ref, text) SELECT id, {index.text()} FROM {table}",
        f"INSERT INTO {fts} ({fts}) VALUES ('rebuild')",
        f"CREATE TRIGGER {kept}_insert_{{digest}} AFTER INSERT ON {table} BEGIN "
        f"INSERT INTO {kept} (ref, text) VALUES (new.id, {index.text('new')}); {add}; END",
        f"CREATE TRIGGER {kept}_update_{{digest}} AFTER UPDATE OF {columns} ON {table} WHEN {changed} BEGIN "
        f"{remove}; UPDATE {kept} SET ref = new.id, text = {index.text('new')} WHERE ref = old.id; {add}; END",
        f"CREATE TRIGGER {kept}_delete_{{digest}} AFTER DELETE ON {table} BEGIN "
        f"{remove}; DELETE FROM {kept} WHERE ref = old.id; END",
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
