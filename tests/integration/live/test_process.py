"""`manage.py watch` as the processes of a large installation: one leads, one is killed, the other takes over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import connection, transaction

from accounts.services import principal_of
from clusters.live.leases import KIND
from clusters.live.timing import Timing
from clusters.services import create_cluster
from clusters.services.inputs import Given
from core.work.models import Work
from realtime.services import publish
from tests.factories import make_user
from tests.integration.live.support import Ground, deployment, gateway_to
from workflows.runs.events import stream_of

ROOT = Path(__file__).resolve().parents[3]


def database_url():
    """Of the database of this test, as DATABASE_URL names it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}"
    return f"postgres://{who}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@pytest.fixture
def start_watcher():
    started = []

    def start():
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "SAILCLOTH_"))},
            "DATABASE_URL": database_url(),
            "REDIS_URL": os.environ["SAILCLOTH_TEST_REDIS_URL"],
            "SAILCLOTH_SECRET_KEYS": configured.VAULT_KEYS[0],
            "SAILCLOTH_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        process = subprocess.Popen(
            [sys.executable, "manage.py", "watch"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "Watching.\n"
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def ground(transactional_db, practice_server, settings):
    settings.REDIS_URL = os.environ["SAILCLOTH_TEST_REDIS_URL"]
    user = make_user()
    given = Given(
        auth_type="bearer_token",
        server=practice_server.tenant_url("process"),
        ca_data=practice_server.ca_pem,
        token=practice_server.tenant_token("process"),
    )
    cluster = create_cluster(name="here", given=given, actor=principal_of(user))
    return Ground(user, cluster, gateway_to(practice_server, "process"))


def led_by(ground):
    return Work.objects.filter(kind=KIND, key=ground.cluster.pk, state="leased").values_list("claimed_by", flat=True)


def is_led_by(ground, process):
    return any(f":{process.pid}:" in name for name in led_by(ground))


@pytest.mark.redis
def test_one_leads_the_other_takes_over_and_both_end_cleanly(ground, start_watcher, eventually):
    first = start_watcher()
    ground.apply(deployment("web"))
    ground.wait("web", "healthy")
    second = start_watcher()
    assert is_led_by(ground, first)
    # Alive, but it does nothing any more: only the end of its lease tells.
    first.send_signal(signal.SIGSTOP)
    stalled_at = time.monotonic()
    eventually(lambda: is_led_by(ground, second), 60)
    assert time.monotonic() - stalled_at < 35
    ground.apply(deployment("web", image="busybox:missing"))
    ground.wait("web", "failed")
    first.send_signal(signal.SIGCONT)
    ground.apply(deployment("web", image="busybox:2"))
    ground.wait("web", "healthy")
    assert is_led_by(ground, second)
    # Killed on the machine of the other one: that need not wait for the lease.
    second.send_signal(signal.SIGKILL)
    second.wait(20)
    killed_at = time.monotonic()
    eventually(lambda: is_led_by(ground, first), 60)
    assert time.monotonic() - killed_at < Timing().tick + 5
    ground.apply(deployment("web", image="busybox:missing"))
    ground.wait("web", "failed")
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert not led_by(ground), "it was handed back"


@pytest.mark.redis
def test_what_another_process_deploys_is_picked_up_at_once(ground, start_watcher):
    start_watcher()
    ground.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "first"}})
    ground.wait("first", "healthy")
    delays = []
    for number in range(3):
        time.sleep(0.3)
        name = f"next-{number}"
        ground.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
        began = time.monotonic()
        stream = stream_of(ground.workflow.pk)

        with transaction.atomic():
            publish(stream=stream, type="run.changed", workspace="", subject="", payload={"target": "", "latest": True})
        ground.wait(name, "healthy")
        delays.append(time.monotonic() - began)
    assert max(delays) < Timing().tick / 2


def test_embedded_it_says_what_to_do_instead():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_"))}
    result = subprocess.run(
        [sys.executable, "manage.py", "watch"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert "manage.py up" in result.stderr
