"""What the tests of registries begin with: people, a real registry that asks for a token, and ways to add it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from tests.factories import JsonClient, make_client
from tests.unit.registries.conftest import LOGIN, Scripted, serve

ADMIN_API = "/v1/api/admin/registries"


class Running:
    """A scripted registry in a thread with a loop of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._life: AsyncIterator[Scripted] = serve()
        self.scripted = self._run(self._life.__anext__())
        self.scripted.wants = "bearer"

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def stop(self) -> None:
        self._run(anext(self._life, None))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def live() -> Iterator[Scripted]:
    """It gives tokens to `LOGIN` alone."""
    running = Running()
    yield running.scripted
    running.stop()


@pytest.fixture
def root(admin: User) -> JsonClient:
    return make_client(admin)


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    return make_client(other_member)


def body(name: str = "home", **more: Any) -> dict[str, Any]:
    """A registry with credentials, of which nobody asks whether it is there."""
    known = {"type": "generic", "url": "registry.example.com", "username": LOGIN.username, "password": LOGIN.password}
    return {"name": name, **known, **more}


@pytest.fixture
def add(root: JsonClient) -> Callable[..., dict[str, Any]]:
    def make(name: str = "home", **more: Any) -> dict[str, Any]:
        answer = root.post(ADMIN_API, body(name, **more))
        assert answer.status_code == 201, answer.json()
        return dict(answer.json())

    return make
