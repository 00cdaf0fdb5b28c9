"""What the suite on clusters found, each as small as it can be: reverts, namespaces, addresses, claims, quotas."""

from typing import Any

import pytest

from plugins.sdk.health import Health, HealthStatus
from plugins.sdk.objects import ObjectKey, Wait, WaitCondition
from tests.unit.deploy.harness import World, body, config, workload
from workflows.deploy.applyset import PART_OF_LABEL
from workflows.deploy.executor import Executor, Setting
from workflows.deploy.journal import Options, Outcome, start
from workflows.deploy.nodes import shown_nodes
from workflows.deploy.record import record
from workflows.deploy.sight import ADDRESS_WITHIN, look
from workflows.deploy.steps import next_steps
from workflows.deploy.view import View

Json = dict[str, Any]


def test_what_carries_our_label_by_hand_keeps_its_namespace() -> None:
    world = World()
    world.deploy(config("a"))
    by_hand = config("by-hand")
    by_hand["metadata"]["labels"][PART_OF_LABEL] = world.parent.id
    world.cluster.put(by_hand)
    state = world.undeploy()
    assert "stays: it holds ConfigMap by-hand" in state.message
    assert world.cluster.find("ConfigMap", "by-hand")
    assert not world.cluster.find("ConfigMap", "a")


def test_a_revert_touches_just_what_it_is_about() -> None:
    world = World("shop")
    content = world.content(config("a", A="1"), config("b", B="1"), workload("web"))
    world.run(content)
    for name in ("a", "b"):
        changed = config(name, A="2", B="2")
        live = world.cluster.find("ConfigMap", name)
        assert live is not None
        changed["metadata"]["labels"] = live["metadata"]["labels"]
        world.cluster.put(changed)
    stale = world.content(config("old"))
    world.cluster.put(stale.objects[0].body)
    world.cluster.writes.clear()
    only = (ObjectKey("", "ConfigMap", "shop", "a"),)

    async def guard() -> None:
        return None

    setting = Setting(
        parent=world.parent, content=content, operation="revert", release="2", known=dict(world.known),
        force_conflicts=True, only=frozenset(only),
    )  # fmt: skip
    executor = Executor(View(world.cluster), setting, guard=guard, clock=world.clock, sleep=world.clock.sleep)  # type: ignore[arg-type]
    state = start(content, operation="revert", options=Options(force_conflicts=True, only=only), now=world.clock())
    while steps := next_steps(state):
        for step in steps:
            state = record(state, step, world.carry_out(executor, step, state))
    assert state.outcome is Outcome.SUCCEEDED
    assert [write for write in world.cluster.writes if "sailcloth-" not in write and "adopt" not in write] == [
        "apply ConfigMap a"
    ]
    assert executor.document is not None
    assert [row["name"] for row in executor.document["objects"]] == ["a"]
    # The other nodes are shown as they were: this run knows nothing of them.
    assert list(shown_nodes(state)) == ["a"]
    before = dict(world.known)
    world.keep(state)
    assert world.known.keys() == before.keys()


MADE = 1_000_000.0
SERVICE: Json = {
    "metadata": {"name": "front", "creationTimestamp": "1970-01-12T13:46:40Z"},
    "spec": {"type": "LoadBalancer"},
}
NO_ADDRESS = Health(HealthStatus.PROGRESSING, "NoAddress", "No load balancer has given it an address yet.")


@pytest.mark.parametrize("kind", [("", "Service"), ("networking.k8s.io", "Ingress")])
def test_an_address_that_never_comes_is_a_warning_in_the_end(kind: tuple[str, str]) -> None:
    key = ObjectKey(*kind, "shop", "front")
    early = look(SERVICE, NO_ADDRESS, key=key, now=MADE + ADDRESS_WITHIN - 1)
    assert (early.health, early.is_settled, early.is_overdue) == ("progressing", True, False)
    assert not early.has_reached(WaitCondition.HEALTHY)
    late = look(SERVICE, NO_ADDRESS, key=key, now=MADE + ADDRESS_WITHIN)
    assert (late.health, late.is_final, late.is_overdue) == ("degraded", False, True)
    assert all(late.has_reached(condition) for condition in WaitCondition)
    well = look(SERVICE, Health(HealthStatus.HEALTHY), key=key, now=MADE + 10 * ADDRESS_WITHIN)
    assert (well.health, well.is_overdue) == ("healthy", False)


def test_whoever_waits_for_such_an_address_goes_on_and_is_told() -> None:
    world = World("shop")
    front = body("Service", "front", spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
    front["metadata"]["creationTimestamp"] = "1970-01-12T13:46:40Z"
    content = world.content(front, workload("web"), waits=[Wait("web", "front")])
    state = world.run(content)
    assert state.outcome is Outcome.SUCCEEDED
    assert world.clock.now >= MADE + ADDRESS_WITHIN
    assert state.message.startswith("Running. Not ready yet: Service front (No load balancer")
    warning = next(line.message for line in state.log if line.level == "warning")
    assert warning.startswith("Service shop/front: No load balancer")


def test_a_claim_that_waits_for_its_first_pod_holds_nothing_up() -> None:
    world = World("shop")
    content = world.content(
        body("PersistentVolumeClaim", "data", spec={}), workload("web"), waits=[Wait("web", "data")]
    )
    claim = content.objects[0].body
    world.cluster.put({**claim, "status": {"phase": "Pending"}})
    uid = world.cluster.find("PersistentVolumeClaim", "data")["metadata"]["uid"]  # type: ignore[index]
    about = {"kind": "PersistentVolumeClaim", "name": "data", "namespace": "shop", "uid": uid}
    world.cluster.put(
        {**body("Event", "data.1"), "involvedObject": about, "reason": "WaitForFirstConsumer", "type": "Normal"}
    )
    assert world.run(content).outcome is Outcome.SUCCEEDED
    assert world.cluster.find("Deployment", "web")
