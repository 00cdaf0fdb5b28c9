"""What the tests of streams stand on: servers, pods, people, and clients that read streams and speak to terminals."""

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from django.utils import timezone
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from accounts.services import principal_of, start_session
from clusters.kube import loop
from clusters.kube.gateway import Gateway, NotFound
from clusters.live.terminal import registry
from clusters.models import Cluster, Resource
from clusters.practice.server import PracticeServer
from clusters.services import gateway_for
from plugins.sdk.capabilities import ServedKind
from tests.factories import make_client, make_user

PATIENCE = 60.0
POD = ServedKind(group="", version="v1", kind="Pod", resource="pods", namespaced=True)
NAMESPACE = ServedKind(group="", version="v1", kind="Namespace", resource="namespaces", namespaced=False)
ACCOUNT = ServedKind(group="", version="v1", kind="ServiceAccount", resource="serviceaccounts", namespaced=True)
DEPLOYMENT = ServedKind(group="apps", version="v1", kind="Deployment", resource="deployments", namespaced=True)


def soon(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Poll until `condition` is true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)
    return value


class PracticeThread:
    """The practice cluster with a loop of its own, ten times as fast as life."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = PracticeServer(data_dir=folder, speed=0.1)
        self.run(self.server.start())

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def stop(self) -> None:
        self.run(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)


class WebServer:
    """uvicorn with the whole product, as it is served."""

    def __init__(self) -> None:
        from config.asgi import application

        self.listener = socket.create_server(("127.0.0.1", 0))
        # The standard loop: what closed uvloops leave is freed by whichever thread collects garbage, which can end a
        # process that has had many of them. The product has one, in its main thread.
        config = uvicorn.Config(
            application, loop="asyncio", lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.listener],), daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)


def pod_body(name: str, script: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "busybox:1", "command": ["sh", "-c", script]}
    return {"terminationGracePeriodSeconds": 1, "containers": [container], **spec}


@dataclass
class Ground:
    web: WebServer
    owner: User
    cluster: Cluster
    namespace: str
    gateway: Gateway
    is_real: bool
    opened: list[Any] = field(default_factory=list)
    # Where readers go; a proxy, perhaps.
    web_port: int = 0

    @classmethod
    def make(cls, web: WebServer, practice: PracticeThread, kubeconfig: str) -> "Ground":
        owner = make_user(f"owner-{secrets.token_hex(3)}@example.com")
        tenant = f"t{secrets.token_hex(4)}"
        server = practice.server
        body = {"name": "home", "server": server.tenant_url(tenant), "auth_type": "bearer_token"}
        body |= {"token": server.tenant_token(tenant), "ca_data": server.ca_pem}
        if kubeconfig:
            body = {"name": "home", "auth_type": "kubeconfig", "kubeconfig": kubeconfig}
        answer = make_client(owner).post("/v1/api/clusters", body)
        assert answer.status_code == 201, answer.json()
        cluster = Cluster.objects.get(name="home", workspace=owner.personal_workspace)
        ground = cls(web, owner, cluster, f"streams-{secrets.token_hex(4)}", gateway_for(cluster.pk), bool(kubeconfig))
        ground.call(
            ground.gateway.create(
                NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ground.namespace}}
            )
        )
        soon(lambda: ground.find(ACCOUNT, "default"))
        if kubeconfig:
            # The account's token is made a moment after it.
            soon(lambda: ground.find(ACCOUNT, "default").get("secrets"))
        return ground

    def stop(self) -> None:
        for each in self.opened:
            each.close()
        # Each terminal writes its record at its end, for which its database must still be there.
        soon(lambda: registry.count() == 0, 20)
        try:
            self.call(self.gateway.delete(NAMESPACE, self.namespace))
        except NotFound:
            return

    def call(self, coroutine: Any) -> Any:
        return loop.run(coroutine, PATIENCE)

    def find(self, kind: ServedKind, name: str) -> dict[str, Any]:
        try:
            return dict(self.call(self.gateway.get(kind, name, self.namespace)))
        except NotFound:
            return {}

    # --- pods

    def pod(self, name: str = "web", script: str = "sleep 3600", **spec: Any) -> Resource:
        """A pod that has begun, and its row."""
        metadata = {"name": name, "namespace": self.namespace}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_body(name, script, **spec)}
        self.call(self.gateway.create(POD, body))
        soon(lambda: self.find(POD, name).get("status", {}).get("phase") not in (None, "Pending"))
        return self.row("Pod", name, self.find(POD, name))

    def deployment(self, name: str, script: str, replicas: int = 2) -> Resource:
        labels = {"app": name}
        template = {"metadata": {"labels": labels}, "spec": pod_body(name, script)}
        body = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
        }
        self.call(self.gateway.create(DEPLOYMENT, body))
        soon(lambda: self.find(DEPLOYMENT, name).get("status", {}).get("readyReplicas") == replicas)
        return self.row("Deployment", name, self.find(DEPLOYMENT, name), group="apps")

    def row(self, kind: str, name: str, live: dict[str, Any], group: str = "") -> Resource:
        now = timezone.now()
        return Resource.objects.create(
            cluster=self.cluster,
            group=group,
            version="v1",
            kind=kind,
            namespace=self.namespace,
            name=name,
            uid=live["metadata"]["uid"],
            created_at=now,
            updated_at=now,
        )

    def delete_pod(self, name: str) -> None:
        self.call(self.gateway.delete(POD, name, self.namespace))

    # --- people

    def token(self, user: User | None = None) -> str:
        user = user or self.owner
        return start_session(user=user, actor=principal_of(user)).token

    def logs(self, resource: Resource, *, token: str = "", cursor: str = "", **query: Any) -> "LogReader":
        reader = LogReader(self.web_port or self.web.port, resource.pk, token or self.token(), cursor, query)
        self.opened.append(reader)
        return reader

    def terminal(self, resource: Resource, *, token: str = "", port: int = 0, **query: Any) -> "Terminal":
        path = f"/v1/api/resources/{resource.pk}/exec/terminal?{urlencode(query)}"
        made = Terminal(port or self.web.port, path, {"Authorization": f"Bearer {token or self.token()}"})
        self.opened.append(made)
        return made


class LogReader:
    """Reads a log stream event by event."""

    def __init__(self, port: int, resource: str, token: str, cursor: str, query: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Last-Event-ID": cursor} if cursor else {}
        self.client = httpx.Client(timeout=PATIENCE, trust_env=False)
        url = f"http://127.0.0.1:{port}/v1/api/resources/{resource}/logs/stream?{urlencode(query)}"
        self.began = time.monotonic()
        self.response = self.client.send(self.client.build_request("GET", url, headers=headers), stream=True)
        self.cursor = cursor
        self.first_line: float | None = None

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        block: dict[str, str] = {}
        for line in self.response.iter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                block[name] = value
                continue
            if "event" in block:
                self.cursor = block.get("id", self.cursor)
                if block["event"] == "line" and self.first_line is None:
                    self.first_line = time.monotonic() - self.began
                yield block["event"], json.loads(block["data"])
            elif "id" in block:
                self.cursor = block["id"]
            block = {}

    def lines(self, number: int = 0) -> list[str]:
        """The texts of so many lines, or of all until the end."""
        found = []
        for name, data in self.events():
            if name == "line":
                found.append(data["text"])
                if len(found) == number:
                    break
        return found

    def close(self) -> None:
        self.response.close()
        self.client.close()


class Terminal:
    """A socket of a terminal; what it shows is collected in `shown`."""

    def __init__(self, port: int, path: str, headers: dict[str, str], **options: Any) -> None:
        self.socket: ClientConnection = connect(
            f"ws://127.0.0.1:{port}{path}",
            additional_headers=headers,
            max_size=None,
            open_timeout=PATIENCE,
            proxy=None,
            close_timeout=2,
            **options,
        )
        self.shown = ""
        self.session = ""
        self.seq = 0

    def frame(self, seconds: float = PATIENCE) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
        if frame["type"] == "output":
            self.shown += frame["data"]
            self.seq = frame["seq"]
        return frame

    def ready(self) -> dict[str, Any]:
        frame = self.until_type("ready")
        self.session = frame["session"]
        return frame

    def until_type(self, *names: str) -> dict[str, Any]:
        while True:
            frame = self.frame()
            if frame["type"] in names:
                return frame
            assert frame["type"] == "output", frame

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def type(self, text: str) -> None:
        self.send(type="input", data=text)

    def until(self, text: str) -> str:
        """Reads on until `text` was shown; what was shown up to it, which is then forgotten."""
        while text not in self.shown:
            frame = self.frame()
            assert frame["type"] in ("output", "pong"), frame
        before, _, self.shown = self.shown.partition(text)
        return before

    def lose(self) -> None:
        """The connection breaks off, without a word."""
        self.socket.socket.shutdown(socket.SHUT_RDWR)
        self.socket.socket.close()

    def close(self) -> None:
        self.socket.close()
