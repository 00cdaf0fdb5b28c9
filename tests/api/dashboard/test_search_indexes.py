"""The indexes of search: made after each migration, made again when they are lost, and not needed to find anything."""

from typing import Any

import pytest
from django.db import connection
from structlog.testing import capture_logs

from accounts.models import User
from core.search import index as indexes
from core.search.making import make_indexes
from tests.api.dashboard.test_search import make, make_cluster, make_resource, search, titles
from tests.factories import make_client

pytestmark = pytest.mark.django_db

ON_POSTGRESQL = "SELECT indexname FROM pg_indexes WHERE tablename = 'clusters_resource' AND indexname LIKE 'search%'"
ON_SQLITE = "SELECT name FROM sqlite_master WHERE tbl_name = 'clusters_resource' AND name LIKE 'search%'"


def ask(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(name for (name,) in cursor.fetchall())


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def make_them() -> None:
    """As after a migration, which ends with its transaction: nothing waits for checks."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
    make_indexes()


def there() -> list[str]:
    return ask(ON_POSTGRESQL if connection.vendor == "postgresql" else ON_SQLITE)


def test_what_is_lost_is_made_again(member: User) -> None:
    before = there()
    assert len(before) == 3
    kind = "INDEX" if connection.vendor == "postgresql" else "TRIGGER"
    run(f'DROP {kind} "{before[0]}"')
    make_resource(make_cluster(member, "here"), "written-meanwhile")
    make_them()
    assert there() == before
    assert titles(search(make_client(member), "meanwhile")) == ["written-meanwhile"]


def test_nothing_is_done_twice(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        make_indexes()


def test_without_trigrams_the_same_is_found(member: User) -> None:
    """A database user who may not create the extension; a SQLite without FTS5."""
    client = make_client(member)
    make(client, "My web shop", tags=["blue"])
    make_resource(make_cluster(member, "here"), "deployment-42")
    if connection.vendor == "postgresql":
        run("DROP EXTENSION pg_trgm CASCADE", "CREATE ROLE nobody_at_all", "SET LOCAL ROLE nobody_at_all")
        with capture_logs() as logs:
            make_indexes()
        run("RESET ROLE")
        assert [line["event"] for line in logs] == ["search_without_trigrams"] * 5
        assert "CREATE EXTENSION pg_trgm" in logs[0]["advice"]
        assert len(there()) == 2
    else:
        run(*(f'DROP TRIGGER "{name}"' for name in there()), "DROP TABLE search_resource_fts")
        indexes.forget()
    assert titles(search(client, "eploymen", types="resource")) == ["deployment-42"]
    assert titles(search(client, "EB blu", types="workflow")) == ["My web shop"]
    if connection.vendor == "postgresql":
        make_them()
        assert len(there()) == 3
    indexes.forget()
