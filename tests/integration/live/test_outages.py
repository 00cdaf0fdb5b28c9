"""A cluster that is gone or hangs: said after a grace, mended by itself, and nobody else's business."""

import time

import pytest

from clusters.kube import loop
from tests.integration.live.support import PATIENCE, deployment, watching


@pytest.mark.parametrize("how", ["cut", "hang"])
def test_a_lost_cluster_makes_its_nodes_unknown_until_it_is_back(make_ground, gateways, proxy, how):
    lost, other = make_ground(port=proxy.port), make_ground()
    lost.apply(deployment("web"), deployment("old"))
    other.apply(deployment("api"))
    with watching(gateways):
        lost.wait("web", "healthy")
        other.wait("api", "healthy")
        loop.run(getattr(proxy, how)(), PATIENCE)
        row = lost.wait("web", "waiting", "unknown")
        assert row.message.startswith("The cluster cannot be reached: ")
        assert row.objects_state[0]["reason"] == "ClusterUnreachable"
        # Nobody else waits for it.
        began = time.monotonic()
        other.apply(deployment("api", image="busybox:missing"))
        other.wait("api", "failed")
        assert time.monotonic() - began < 10
        assert lost.node("web").health == "unknown"
        # What happens meanwhile is seen when it is back.
        lost.delete("Deployment", "old", "apps")
        loop.run(proxy.start() if how == "cut" else proxy.flow(), PATIENCE)
        lost.wait("web", "healthy", "healthy")
        lost.wait("old", "deleted", "missing")


def test_a_short_silence_is_not_shown(make_ground, gateways, proxy):
    ground = make_ground(port=proxy.port)
    ground.apply(deployment("web"))
    with watching(gateways):
        before = ground.wait("web", "healthy").updated_at
        loop.run(proxy.cut(), PATIENCE)
        time.sleep(0.4)
        loop.run(proxy.start(), PATIENCE)
        time.sleep(1.5)
        row = ground.node("web")
        assert (row.state, row.updated_at) == ("healthy", before)


def test_a_cluster_that_never_answered_is_said_to_be_lost(make_ground, gateways, proxy):
    ground = make_ground(port=proxy.port)
    ground.apply(deployment("web"))
    loop.run(proxy.hang(), PATIENCE)
    with watching(gateways):
        ground.wait("web", "waiting", "unknown")
        loop.run(proxy.flow(), PATIENCE)
        ground.wait("web", "healthy")


def test_a_cluster_that_was_removed_from_the_product(ground, gateways):
    from workflows.runs.watching.showing import CLUSTER_REMOVED, show_orphans

    ground.apply(deployment("web"))
    with watching(gateways) as watcher:
        ground.wait("web", "healthy")
        ground.target.cluster = None
        ground.save()
        while watcher.led:
            time.sleep(0.05)
    assert show_orphans() == 1
    row = ground.node("web")
    assert (row.state, row.health, row.message) == ("waiting", "unknown", CLUSTER_REMOVED)
    assert show_orphans() == 0
