"""From the cluster to the browser: what the watcher sees, a client of the stream is told, from whichever server."""

import time

import pytest

from accounts.services import principal_of, start_session
from clusters.models import Cluster
from tests.integration.live.support import deployment, watching
from tests.integration.streams.conftest import Client, Servers

SERVER = """
import socket, uvicorn
settings.ALLOWED_HOSTS = ["*"]
from config.asgi import application
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, access_log=False)).run([listener])
"""


@pytest.fixture
def servers(settings):
    settings.ALLOWED_HOSTS = ["*"]
    started = Servers()
    yield started
    started.stop()


def test_a_client_sees_what_happens_and_goes_on_at_another_process(ground, gateways, servers, start_process):
    Cluster.objects.filter(pk=ground.cluster.pk).update(name="practice")
    token = start_session(user=ground.user, actor=principal_of(ground.user)).token
    url = f"/v1/api/workflows/{ground.workflow.pk}/status/stream?target={ground.target.pk}"
    ports = [servers.start(), int(start_process(SERVER).stdout.readline())]
    ground.apply(deployment("web"))
    seen = []

    def read(port, last_id, until):
        with Client(port, url, token=token, last_id=last_id) as client:
            while True:
                cursor, name, data = client.event()
                if name == "node":
                    seen.append((cursor, data["state"]))
                elif name == "snapshot":
                    seen.extend((cursor, node["state"]) for node in data["nodes"])
                if seen and seen[-1][1] in until:
                    return seen[-1][0]

    with watching(gateways):
        last = read(ports[0], None, ("healthy",))
        ground.apply(deployment("web", image="busybox:missing"))
        ground.wait("web", "failed")
        last = read(ports[1], last, ("failed",))
        ground.delete("Deployment", "web", "apps")
        last = read(ports[0], last, ("deleted",))
        ground.apply(deployment("web"))
        ground.wait("web", "healthy")
        time.sleep(0.2)
        read(ports[1], last, ("healthy",))
    cursors = [cursor for cursor, _ in seen]
    assert cursors == list(range(cursors[0], cursors[0] + len(cursors))), "no gap and no repeat"
    states = [state for _, state in seen]
    assert [states.index(state) for state in ("healthy", "failed", "deleted")] == sorted(
        states.index(state) for state in ("healthy", "failed", "deleted")
    )
    assert states[-1] == "healthy"
