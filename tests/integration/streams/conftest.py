"""Streams over a real server and real sockets: snapshot, resumption, revocation, end, silence and
slowness."""

import json
import socket
import threading
from dataclasses import dataclass, field
from types import ModuleType

import httpx
import pytest
import uvicorn
from django.core.handlers.asgi import ASGIHandler
from django.db import transaction

from core.api.permissions import Access
from core.api.routes import route
from core.errors import NotFound, Unauthenticated
from core.principal import Principal, PrincipalKind
from realtime import credentials, services, sse
from realtime.models import Event
from realtime.threads import in_thread
from realtime.views import stream_view

ALICE = Principal(PrincipalKind.USER, "alice", "w")
URL = "/v1/api/things/one/stream"


@dataclass
class Things:
    """The subject of the streams: its state is how many events there were."""

    may_see: bool = True
    is_live: bool = True
    over: dict | None = None
    rendered: list[int] = field(default_factory=list)

    def render(self, event):
        self.rendered.append(event.cursor)
        if event.type == "thing.hidden":
            return None
        return event.type.partition(".")[2], event.payload

    async def authorize(self):
        return self.may_see

    async def is_done(self):
        return self.over

    async def snapshot(self):
        count = Event.objects.filter(stream_id="thing:one").count
        state, cursor = await in_thread(services.snapshot_at, "thing:one", count)
        return {"events": state}, cursor


class Servers:
    """uvicorn as the product runs it, in a thread; two of them are two readers with memories of their own."""

    def __init__(self):
        self.running = []

    def start(self):
        listener = socket.create_server(("127.0.0.1", 0))
        # The standard loop: what closed uvloops leave is freed by whichever thread collects garbage, which can end a
        # process that has had many of them. The product has one, in its main thread.
        config = uvicorn.Config(
            ASGIHandler(),
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        self.running.append((server, thread))
        return listener.getsockname()[1]

    def stop(self):
        for server, _ in self.running:
            server.should_exit = True
        for _, thread in self.running:
            thread.join(30)


@pytest.fixture
def things():
    return Things()


@pytest.fixture
def servers(things, settings, monkeypatch):
    @stream_view()
    async def thing_stream(request, *, actor, thing_id):
        if actor.id != "alice":
            raise NotFound("There is no such thing.")
        return sse.event_stream(
            request,
            stream=f"thing:{thing_id}",
            snapshot=things.snapshot,
            render=things.render,
            authorize=things.authorize,
            is_done=things.is_done,
        )

    @stream_view(access=Access.ADMIN)
    async def admin_stream(request, *, actor):
        raise AssertionError("never reached")

    def authenticate(token):
        if token == "expired":
            raise Unauthenticated("Sign in again.")
        return Principal(PrincipalKind.USER, token, "w")

    monkeypatch.setattr(credentials, "authenticate_token", authenticate)
    monkeypatch.setattr(credentials, "is_live", lambda actor: things.is_live)
    urls = ModuleType("urls_of_the_test")
    urls.urlpatterns = [
        route("v1/api/things/:thing_id/stream", thing_stream),
        route("v1/api/admin/stream", admin_stream),
    ]
    settings.ROOT_URLCONF = urls
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = ["observability.middleware.RequestContext"]
    settings.REDIS_URL = ""
    started = Servers()
    yield started
    started.stop()


@pytest.fixture
def port(servers):
    return servers.start()


class Client:
    """Reads a stream event by event; comments count as events named `comment`."""

    def __init__(self, port, url=URL, last_id=None, token="alice", **headers):
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {"Last-Event-ID": str(last_id)} if last_id is not None else {}
        self._client = httpx.Client(timeout=60, trust_env=False)
        request = self._client.build_request("GET", f"http://127.0.0.1:{port}{url}", headers=sent | headers)
        self.response = self._client.send(request, stream=True)
        self._blocks = self._read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self._client.close()

    def _read(self):
        block = {}
        for line in self.response.iter_lines():
            if line.startswith(":"):
                yield {"event": "comment"}
            elif line:
                name, _, value = line.partition(": ")
                assert name not in block, "an event has each line once"
                block[name] = value
            elif block:
                yield block
                block = {}

    def next(self):
        return next(self._blocks)

    def event(self):
        """The next real event as (id, name, data)."""
        for block in self._blocks:
            if block.get("event", "comment") != "comment":
                ident = block.get("id")
                return int(ident) if ident else None, block["event"], json.loads(block["data"])
        return None

    def events(self, number):
        return [self.event() for _ in range(number)]


def _publish(*payloads, type="thing.changed", stream="thing:one"):
    cursor = 0
    for payload in payloads:
        with transaction.atomic():
            cursor = services.publish(stream=stream, type=type, workspace="w", subject="one", payload=payload)
    return cursor


@pytest.fixture
def connect():
    """`connect(port, url, last_id=…)` opens a stream."""
    return Client


@pytest.fixture
def publish():
    """Publish payloads to the thing, each in a transaction of its own; the last cursor."""
    return _publish
