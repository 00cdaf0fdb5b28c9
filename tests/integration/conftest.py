"""What the integration tests share. They prove whichever database is configured: SQLite in a file, or
PostgreSQL."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # Seconds; only a hang takes that long, also on a loaded machine.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of real services are left out where those are not there."""
    for item in items:
        if "postgres" in item.keywords and not os.environ.get("SAILCLOTH_TEST_DATABASE_URL"):
            item.add_marker(pytest.mark.skip(reason="needs SAILCLOTH_TEST_DATABASE_URL"))
        if "redis" in item.keywords and not os.environ.get("SAILCLOTH_TEST_REDIS_URL"):
            item.add_marker(pytest.mark.skip(reason="needs SAILCLOTH_TEST_REDIS_URL"))


@pytest.fixture
def in_threads() -> Callable[..., None]:
    """Run functions at the same time, each on a connection of its own, and raise the first failure of any."""

    def run(functions: Iterable[Callable[[], object]]) -> None:
        failures: list[BaseException] = []

        def call(function: Callable[[], object]) -> None:
            try:
                function()
            except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
                failures.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=call, args=(function,), daemon=True) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        if failures:
            raise failures[0]
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"

    return run


@pytest.fixture
def start_process() -> Iterable[Callable[..., "subprocess.Popen[str]"]]:
    """Start Python code in another process, on the database of this test; `code` sees Django set up."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str, redis_url: str = "") -> "subprocess.Popen[str]":
        prelude = (
            "import sys, django\n"
            f"sys.path[1:1] = [{str(ROOT)!r}, {str(ROOT / 'platform')!r}]\n"
            "from django.conf import settings\n"
            f"settings.DATABASES['default']['NAME'] = {str(connection.settings_dict['NAME'])!r}\n"
            f"settings.REDIS_URL = {redis_url!r}\n"
            "django.setup()\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", prelude + code, *arguments],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Poll until `condition` is true; for what has no event to wait for."""
    import time

    def wait(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.02)

    return wait
