"""A practice cluster in this process, a proxy before it, and workflows deployed on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from clusters.kube import loop
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from tests.factories import make_user
from tests.integration.live.support import PATIENCE, Gateways, Ground, Proxy, gateway_to
from tests.integration.runs.support import practice_server

__all__ = ["practice_server"]


@pytest.fixture
def gateways() -> Gateways:
    return Gateways()


@pytest.fixture
def proxy(practice_server: PracticeServer) -> Iterator[Proxy]:
    async def begin() -> Proxy:
        made = Proxy(practice_server.port)
        await made.start()
        return made

    made = loop.run(begin(), PATIENCE)
    yield made
    loop.run(made.cut(), PATIENCE)


@pytest.fixture
def make_ground(
    transactional_db: None, practice_server: PracticeServer, gateways: Gateways
) -> Iterator[Callable[..., Ground]]:
    """`make_ground(port=…)`: a workflow on an empty cluster of its own; the watcher reaches it by that port."""
    opened: list[Any] = []

    def make(*, user: Any = None, port: int = 0) -> Ground:
        user = user or make_user()
        now = timezone.now()
        cluster = Cluster.objects.create(
            workspace=user.personal_workspace,
            owner=user,
            name=f"c{len(opened)}",
            server="",
            auth_type="bearer_token",
            created_at=now,
            updated_at=now,
        )
        ours, theirs = gateway_to(practice_server, cluster.pk), gateway_to(practice_server, cluster.pk, port)
        gateways[cluster.pk] = theirs
        opened.extend((ours, theirs))
        return Ground(user, cluster, ours)

    yield make
    for gateway in opened:
        loop.run(gateway.close(), PATIENCE)


@pytest.fixture
def ground(make_ground: Callable[..., Ground]) -> Ground:
    return make_ground()
