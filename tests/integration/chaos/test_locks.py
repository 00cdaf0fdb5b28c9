"""A process that stands still in the midst of a transaction does not keep others from its rows for ever."""

import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from django.db import connection

from core.work import services as work
from core.work.models import Work

HOLDER = """
from django.db import connection, transaction
from core.work.models import Work
with transaction.atomic():
    connection.cursor().execute("SET idle_in_transaction_session_timeout = '1s'")
    list(Work.objects.select_for_update())
    print("holding", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.postgres
def test_every_connection_has_a_limit(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("20s",)


@pytest.mark.postgres
def test_the_server_lets_go_of_its_locks(
    transactional_db: None, start_process: Callable[..., "subprocess.Popen[str]"]
) -> None:
    """With a second instead of twenty."""
    work.enqueue(kind="tests.locks", key="one", payload={}, workspace="")
    holder = start_process(HOLDER)
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    holder.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert Work.objects.update(attempt=1) == 1
    assert 0.3 < time.monotonic() - began < 15
    holder.kill()
