"""A proxy that cuts whatever is silent: streams and terminals live on behind it, on either side of the product."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from clusters.kube import exec as exec_socket
from clusters.live.logs import stream as log_streams
from clusters.models import Cluster
from clusters.services import forget_all
from tests.integration.streams_pods.ground import Ground, soon

pytestmark = pytest.mark.django_db(transaction=True)
IDLE_SECONDS = 1.5


class CuttingProxy:
    """Passes bytes on between two sockets, and cuts both when neither has said anything for a while."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        import selectors

        with client, socket.create_connection(("127.0.0.1", self.target)) as server, contextlib.suppress(OSError):
            chooser = selectors.DefaultSelector()
            chooser.register(client, selectors.EVENT_READ, server)
            chooser.register(server, selectors.EVENT_READ, client)
            while ready := chooser.select(IDLE_SECONDS):
                for key, _ in ready:
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)
            self.cuts += 1

    def stop(self) -> None:
        self.listener.close()


@contextlib.contextmanager
def proxy_before(port: int) -> Iterator[CuttingProxy]:
    made = CuttingProxy(port)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """All as in life, only faster: what is said each 15 or 20 seconds comes each half second."""
    monkeypatch.setattr(log_streams, "KEEPALIVE_SECONDS", 0.5)
    monkeypatch.setattr(exec_socket, "PING_SECONDS", 0.5)


def test_intervals_are_shorter_than_any_proxy_waits() -> None:
    import uvicorn

    assert log_streams.KEEPALIVE_SECONDS <= 15 and exec_socket.PING_SECONDS <= 20
    assert uvicorn.Config("x").ws_ping_interval == 20.0


@pytest.mark.usefixtures("_eager")
def test_between_the_browser_and_us(only_practice: Ground) -> None:
    resource = only_practice.pod(script="echo hello; sleep 3600")
    with proxy_before(only_practice.web.port) as proxy:
        whole, only_practice.web_port = only_practice.web.port, proxy.port
        reader = only_practice.logs(resource)
        only_practice.web_port = whole
        events = reader.response.iter_raw()
        deadline = time.monotonic() + 3 * IDLE_SECONDS
        keepalives = 0
        while time.monotonic() < deadline:
            keepalives += next(events).count(b": keep-alive")
        assert keepalives >= 4 and proxy.cuts == 0


@pytest.mark.usefixtures("_eager")
def test_between_us_and_the_cluster(ground: Ground) -> None:
    """A quiet terminal is kept; a quiet log is cut, and read on from where it was."""
    resource = ground.pod(script="echo one; sleep 5; echo two; sleep 3600")
    port = int(ground.cluster.server.rpartition(":")[2].partition("/")[0])
    with proxy_before(port) as proxy:
        Cluster.objects.filter(pk=ground.cluster.pk).update(
            server=ground.cluster.server.replace(f":{port}", f":{proxy.port}")
        )
        forget_all()
        terminal, reader = ground.terminal(resource), ground.logs(resource)
        terminal.ready()
        lines = []
        # Kept, for the stream ends with whoever reads it.
        events = reader.events()
        for name, data in events:
            assert name in ("snapshot", "line"), data
            lines += [data["text"]] if name == "line" else []
            if len(lines) == 2:
                break
        assert lines == ["one", "two"]
        soon(lambda: proxy.cuts >= 1)
        time.sleep(2 * IDLE_SECONDS)
        terminal.type("echo st''ill\r")
        terminal.until("still\r\n")
