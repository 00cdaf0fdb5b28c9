"""What comes after what: "after" edges, kinds and namespaces that the run makes itself, and what must not be waited
for."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.cluster.trust.world import World, after, config, crd, deployment, edge, group_of, job, manifest, node
from workflows.deploy.journal import Outcome, State
from workflows.deploy.steps import Step, StepKind

Json = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def soon() -> Iterator[None]:
    """A minute is long for a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflows.deploy.sight.ADDRESS_WITHIN", 4.0)
        yield


class Watched:
    """What each object had reached when another one was about to be applied."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, Any]] = {}

    def __call__(self, state: State, upcoming: Sequence[Step]) -> None:
        for step in upcoming:
            if step.kind is StepKind.APPLY:
                sights = {item.name: item.sight for item in state.items if item.sight is not None}
                self.seen.setdefault(state.items[step.index].name, sights)


def test_started_healthy_and_completed(world: World) -> None:
    # Slow to be ready, so that "started" comes before "healthy".
    probe = {"readiness": {"exec": {"command": ["sh", "-c", "test -e /tmp/ready"]}, "period_seconds": 1}}
    slow = deployment("slow", command=["sh", "-c", "sleep 4; touch /tmp/ready; sleep 86400"], probes=probe)
    nodes = [job("migrate", "sleep 1"), slow, deployment("early"), deployment("late")]
    edges = [after("slow", "migrate"), after("early", "slow", "started"), after("late", "slow", "healthy")]
    watched = Watched()
    ended = world.must_deploy(nodes, edges, look=watched)
    assert watched.seen["slow"]["migrate"].is_completed
    assert watched.seen["early"]["slow"].is_started
    assert watched.seen["late"]["slow"].is_well
    assert [item.wave for item in sorted(ended.state.items, key=lambda item: item.name)] == [3, 3, 1, 2]
    # The same again waits for nothing.
    assert set(world.must_deploy(nodes, edges).actions.values()) == {"unchanged"}


def test_whoever_waits_for_a_service_waits_for_what_is_behind_it(world: World) -> None:
    front = node("front", "service", ports=[{"port": 80}])
    nodes = [front, deployment("api", command=["sh", "-c", "sleep 86400"]), deployment("web")]
    watched = Watched()
    world.must_deploy(nodes, [edge("front", "api"), after("web", "front", "healthy")], look=watched)
    assert watched.seen["web"]["api"].is_well


def test_what_failed_holds_back_what_comes_after(world: World) -> None:
    nodes = [job("migrate", "exit 1", backoff_limit=0), deployment("web")]
    ended = world.deploy(nodes, [after("web", "migrate")])
    assert ended.outcome is Outcome.FAILED
    assert "Job migrate" in ended.message
    assert not world.is_there("Deployment", "web", "apps")
    # Mended, it goes on: the failed job runs again.
    world.must_deploy([job("migrate"), deployment("web")], [after("web", "migrate")])
    assert world.is_there("Deployment", "web", "apps")


CRD = "apiextensions.k8s.io"


def test_a_kind_and_its_object_in_one_run(world: World) -> None:
    group, kind = group_of(world), crd(world, "widgets")
    widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    # The object first: the order of the nodes means nothing.
    nodes = [manifest("widget", widget), manifest("kind", kind)]
    plan = world.plan(nodes)
    by_name = {item["name"]: item for item in plan["objects"]}
    assert (by_name["one"]["action"], by_name["one"]["verified"]) == ("create", False)
    assert "made by the same run" in by_name["one"]["reason"]
    world.must_deploy(nodes)
    assert world.there("Widget", "one", group)["spec"] == {"size": 1}
    assert set(world.must_deploy(nodes).actions.values()) == {"unchanged"}
    # Both leave together: the object first, then the kind.
    ended = world.must_deploy([config("a")])
    deleted = [line for line in ended.log if line.startswith("Deleted")]
    assert [line.split()[1] for line in deleted] == ["Widget", "CustomResourceDefinition"]
    world.eventually(lambda: not world.is_there("CustomResourceDefinition", kind["metadata"]["name"], CRD))


def test_a_kind_that_others_use_stays(world: World) -> None:
    group, kind = group_of(world), crd(world, "gadgets")
    name = kind["metadata"]["name"]
    world.must_deploy([manifest("kind", kind), config("a")])
    world.make("Gadget", "theirs", group)
    plan = world.plan([config("a")])
    assert (plan["summary"]["keep"], plan["summary"]["delete"]) == (1, 0)
    world.must_deploy([config("a")])
    assert world.is_there("CustomResourceDefinition", name, CRD)
    world.delete("Gadget", "theirs", group)
    world.eventually(lambda: world.live("Gadget", "theirs", group) is None)
    world.must_deploy([config("a")])
    assert not world.is_there("CustomResourceDefinition", name, CRD)


def test_namespaces_that_the_run_makes(world: World) -> None:
    """That of the target, and one that is drawn."""
    side = f"{world.namespace}-side"
    nodes = [config("a"), node("space", "namespace", name=side), config("b", namespace=side)]
    plan = world.plan(nodes)
    assert plan["summary"]["create"] == 3
    assert not any(item["verified"] for item in plan["objects"] if item["kind"] == "ConfigMap")
    world.must_deploy(nodes)
    assert world.is_there("ConfigMap", "a")
    assert world.is_there("ConfigMap", "b", namespace=side)
    assert set(world.must_deploy(nodes).actions.values()) == {"unchanged"}
    # It was made by this target, so it goes with its node.
    world.must_deploy([config("a")])
    assert not world.is_there("Namespace", side)
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    assert world.live("Namespace", world.namespace) is None


# --- what must not be waited for ------------------------------------------------------------------


def storage(world: World) -> list[Json]:
    """A class that binds when the first pod comes, and a volume of it."""
    name = world.namespace
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": "kubernetes.io/no-provisioner",
            "volumeBindingMode": "WaitForFirstConsumer",
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "1Mi"},
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": name,
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": {"path": f"/tmp/{name}", "type": "DirectoryOrCreate"},
            },
        },
    ]


def test_a_claim_that_waits_for_its_first_pod(world: World) -> None:
    claim = node("data", "persistentvolumeclaim", size="1Mi", storage_class=world.namespace)
    nodes = [manifest("disks", *storage(world)), claim, deployment("web")]
    world.must_deploy(nodes, [edge("data", "web", path="/data")])
    assert world.there("PersistentVolumeClaim", "data")["status"]["phase"] == "Bound"


def test_even_where_an_edge_says_to_wait_for_it(world: World) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": world.namespace,
            "resources": {"requests": {"storage": "1Mi"}},
        },
    }
    volume = {"name": "data", "source": {"persistentVolumeClaim": {"claimName": "data"}}}
    web = deployment("web", volumes=[volume], mounts=[{"volume": "data", "path": "/data"}])
    nodes = [manifest("disks", *storage(world)), manifest("claim", claim), web]
    world.must_deploy(nodes, [after("web", "claim")])
    assert world.there("PersistentVolumeClaim", "data")["status"]["phase"] == "Bound"


def unaddressed(world: World) -> list[Json]:
    """Neither gets an address: no controller has this class. Load balancers have one since 1.24."""
    ports = [{"port": 80}]
    spec = {"loadBalancerClass": "example.com/none"} if world.is_since(24) else {}
    front = node("front", "service", type="LoadBalancer", ports=ports, selector={"a": "b"}, overrides={"spec": spec})
    rules = [{"host": "shop.example.com", "path": "/", "service": "front", "port": 80}]
    return [front, node("gate", "ingress", ingress_class="none", rules=rules)]


def test_an_address_that_never_comes_does_not_block(world: World) -> None:
    ended = world.must_deploy(unaddressed(world))
    assert ended.state.stretches[-1].finished_at - ended.state.started_at < 20
    # It is not hidden either.
    assert "Service front" in ended.message
    assert "Ingress gate" in ended.message
    assert "address" in ended.message


def test_what_waits_for_an_address_waits_only_so_long(world: World) -> None:
    nodes = [*unaddressed(world), deployment("web")]
    ended = world.must_deploy(nodes, [after("web", "front", "healthy")])
    (front,) = [item for item in ended.state.items if item.name == "front"]
    assert front.sight is not None
    assert (front.sight.health, front.sight.is_final) == ("degraded", False)
    assert any(line.level == "warning" and "/front" in line.message for line in ended.state.log)
