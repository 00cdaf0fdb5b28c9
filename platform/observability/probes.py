"""Is this installation ready? Each check names what is not, in words for whoever runs it; never an address or
a secret."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)

_SECONDS = 2


def check_database() -> str | None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return None


def check_migrations() -> str | None:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{missing} migrations are not applied" if missing else None


def check_redis() -> str | None:
    import redis

    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS) as client:
        client.ping()
    return None


_is_migrated = False


def not_ready() -> dict[str, str]:
    """What is not ready and why; empty when all is well."""
    global _is_migrated
    problems: dict[str, str] = {}
    _check(problems, "database", check_database)
    if "database" not in problems and not _is_migrated:
        # It reads all migration files. Once they are applied, they stay so for this process's code.
        _check(problems, "migrations", check_migrations)
        _is_migrated = "migrations" not in problems
    if getattr(settings, "REDIS_URL", ""):
        _check(problems, "redis", check_redis)
    return problems


def _check(problems: dict[str, str], name: str, check: Callable[[], str | None]) -> None:
    try:
        problem = check()
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready
        logger.warning("not_ready", extra={"part": name, "error": str(error)})
        problem = "not reachable"
    if problem:
        problems[name] = problem
