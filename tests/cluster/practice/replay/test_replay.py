"""The recorded exchanges of a real Kubernetes 1.36, played against the practice cluster.

Needs the folder of the recordings in SAILCLOTH_TEST_RECORDINGS and is left out without it. Each exchange is a test of
its own; `NOT_APPLICABLE` names those that the practice cluster does not answer alike, and why.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from clusters.practice.server import PracticeServer
from tests.cluster.practice.conftest import client_of
from tests.cluster.practice.replay import setups
from tests.cluster.practice.replay.recordings import ENVIRONMENT, exchanges
from tests.cluster.practice.replay.table import GROUPS, reason_for

Json = Any
# Where the answers depend on what a controller has done by then, time passes slower than in the rest.
SPEEDS = {"failures": 0.2, "evict": 3.0, "nsdelete": 0.4, "crds": 1.0}
FAST = 0.05
# Its watches last for seconds of the wall clock, in which nothing else may be in the way.
ALONE = "watches"

pytestmark = pytest.mark.skipif(not exchanges(), reason=f"needs the folder of recordings in {ENVIRONMENT}")
_outcomes: dict[str, list[str]] = {}


async def _play(folder: Path) -> None:
    groups: dict[str, list[Json]] = defaultdict(list)
    for entry in exchanges().values():
        if entry["group"] not in GROUPS:
            groups[entry["group"]].append(entry)
    speeds = {SPEEDS.get(g, FAST) for g in groups}
    servers = {s: PracticeServer(data_dir=folder / str(s), speed=s) for s in speeds}
    for server in servers.values():
        await server.start()

    async def one(group: str) -> None:
        async with client_of(servers[SPEEDS.get(group, FAST)], group) as kube:
            player = await setups.play(kube, group, groups[group])
            _outcomes.update(player.outcomes)

    try:
        await one(ALONE)
        await asyncio.gather(*(one(group) for group in groups if group != ALONE))
    finally:
        for server in servers.values():
            await server.stop()


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """All groups are played once, side by side but for one, each in a tenant of its own."""
    if not _outcomes:
        asyncio.run(_play(tmp_path_factory.mktemp("replay")))
    return _outcomes


APPLICABLE = [name for name, entry in exchanges().items() if not reason_for(entry)]


@pytest.mark.parametrize("name", APPLICABLE)
def test_is_answered_as_recorded(name: str, outcomes: dict[str, list[str]]) -> None:
    found = outcomes[name]
    assert not found, "\n".join(found)


def test_most_exchanges_apply() -> None:
    assert len(APPLICABLE) > 440
