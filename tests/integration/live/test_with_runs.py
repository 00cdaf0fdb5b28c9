"""A run and the watcher look at the same nodes at the same time: neither undoes what the other shows."""

import time

import pytest

from clusters.services import gateway_for
from realtime.selectors import read
from tests.integration.live.support import PATIENCE, watching
from tests.integration.runs.conftest import deployer  # noqa: F401 - a fixture
from tests.integration.runs.support import deployment, edge, node, shop, work_off
from workflows.models import NodeStatus, Target
from workflows.runs import services
from workflows.runs.events import stream_of
from workflows.types import GraphInput


def rows():
    return dict(NodeStatus.objects.values_list("node_id", "state"))


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, rows()
        time.sleep(0.02)


def states_of(workflow, node_id):
    events = read(stream=stream_of(workflow.pk), after=0, limit=5000)
    return [event.payload["data"]["state"] for event in events if event.subject == node_id]


@pytest.fixture
def watcher(transactional_db):
    with watching(gateway_for) as watcher:
        yield watcher


def test_deploy_change_break_and_take_away(watcher, deployer):  # noqa: F811
    workflow = deployer.draw(shop())
    run = deployer.deploy(workflow)
    assert run.status == "succeeded"
    until(lambda: rows() == {"web": "healthy", "front": "healthy", "settings": "healthy"})
    # Forward only: nothing flickers while both look.
    order = ["idle", "pending", "applying", "waiting", "healthy"]
    positions = [order.index(state) for state in states_of(workflow, "web")]
    assert positions == sorted(positions)

    deployer.redraw(workflow, shop(image="busybox:does-not-exist"))
    run = deployer.deploy(workflow)
    assert run.status == "failed"
    until(lambda: rows()["web"] == "failed")
    assert "cannot be pulled: it does not exist" in NodeStatus.objects.get(node_id="web").message

    graph = GraphInput(
        nodes=[deployment("web"), node("settings", "configmap", data={})], edges=[edge("settings", "web")]
    )
    deployer.redraw(workflow, graph)
    assert deployer.deploy(workflow).status == "succeeded"
    until(lambda: rows() == {"web": "healthy", "settings": "healthy"})

    work_off(services.undeploy_target(target_id=Target.objects.get().pk, actor=deployer.actor))
    until(lambda: not watcher.led)
    time.sleep(0.5)
    assert rows() == {}
    assert states_of(workflow, "web")[-1] == "deleted"


def test_it_goes_on_being_true_after_the_run(watcher, deployer):  # noqa: F811
    from clusters.services import call

    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    until(lambda: rows()["web"] == "healthy")
    gateway = deployer.gateway
    served = call(gateway.capabilities()).find("apps", "Deployment")
    call(gateway.delete(served, "web", deployer.namespace))
    until(lambda: rows()["web"] == "deleted")
    assert deployer.deploy(workflow).status == "succeeded"
    until(lambda: rows()["web"] == "healthy")
