"""What leaves the graph leaves the cluster, exactly; what is not ours stays whatever it looks like."""

from typing import Any

from tests.cluster.trust.world import World, config, deployment, node, reason_of
from workflows.deploy.applyset import PART_OF_LABEL
from workflows.deploy.journal import Outcome

Json = dict[str, Any]


def members(world: World, *kinds: tuple[str, str], namespace: str = "") -> set[str]:
    """Everything that carries our label, by kind and name."""
    found = set()
    for kind, group in kinds:
        labels = f"{PART_OF_LABEL}={world.parent.id}"
        page = world.call(world.gateway.list(world.kind(kind, group), namespace or world.namespace, labels=labels))
        found |= {f"{kind} {item['metadata']['name']}" for item in page.items
                  if not item["metadata"].get("deletionTimestamp")}  # fmt: skip
    return found


KINDS = (("ConfigMap", ""), ("Secret", ""), ("Service", ""), ("Deployment", "apps"), ("StatefulSet", "apps"))


def test_removed_renamed_retyped_and_moved(world: World) -> None:
    side = f"{world.namespace}-side"
    world.make_namespace()
    world.make_namespace(side)
    nodes = [
        config("removed"),
        config("renamed"),
        config("retyped"),
        deployment("web", replicas=0),
        config("moved"),
    ]
    world.must_deploy(nodes)
    assert len(members(world, *KINDS)) == 5
    after = [
        config("renamed", name="other"),
        node("retyped", "service", ports=[{"port": 80}], selector={"a": "b"}),
        node("web", "statefulset", image="busybox:1", command=["sleep", "9"], replicas=0),
        config("moved", namespace=side),
    ]
    plan = world.plan(after)
    assert plan["summary"]["delete"] == 5
    assert plan["summary"]["create"] == 4
    world.must_deploy(after)
    assert members(world, *KINDS) == {"ConfigMap other", "Service retyped", "StatefulSet web"}
    assert members(world, *KINDS, namespace=side) == {"ConfigMap moved"}
    assert sorted(key.name for key in world.known) == ["moved", "other", "retyped", "web"]
    # And back again: nothing is left in the other namespace.
    world.must_deploy(nodes)
    assert members(world, *KINDS, namespace=side) == set()
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    assert members(world, *KINDS) == set()
    # Neither namespace was made by the target.
    assert world.is_there("Namespace", world.namespace)
    assert world.is_there("Namespace", side)
    assert not world.is_there("Secret", world.parent.name)


def test_what_is_not_ours_stays(world: World) -> None:
    """An object with our label that was made by hand; Endpoints, which copy the labels of their Service; what has
    another owner."""
    front = node("front", "service", ports=[{"port": 80}], selector={"a": "b"})
    world.must_deploy([config("a"), front])
    labels = {PART_OF_LABEL: world.parent.id}
    world.make("ConfigMap", "by-hand", metadata={"labels": labels}, data={"A": "b"})
    copied = world.eventually(lambda: world.live("Endpoints", "front"))
    assert copied["metadata"]["labels"][PART_OF_LABEL] == world.parent.id
    plan = world.plan([config("a"), front])
    assert plan["summary"]["delete"] == 0
    world.must_deploy([config("a"), front])
    assert world.is_there("Endpoints", "front")
    assert world.is_there("ConfigMap", "by-hand")

    def owned(live: Json) -> None:
        owner = world.there("Service", "front")["metadata"]
        reference = {"apiVersion": "v1", "kind": "Service", "name": "front", "uid": owner["uid"]}
        live["metadata"]["ownerReferences"] = [reference]

    world.change("ConfigMap", "a", change=owned)
    world.must_deploy([front])
    assert world.is_there("ConfigMap", "a")
    world.undeploy()
    assert world.is_there("ConfigMap", "by-hand")
    # Somebody else is in it, so the namespace stays too, though the target made it.
    assert world.made_namespace
    assert world.is_there("Namespace", world.namespace)


def test_an_object_that_changed_since_it_was_seen_is_looked_at_again(world: World) -> None:
    """Between the sweep and the deletion somebody takes our label away: then it is theirs."""
    world.must_deploy([config("a"), config("b")])

    def steal(state: Any, upcoming: Any) -> None:
        if any(step.kind == "delete" for step in upcoming) and world.live("ConfigMap", "b"):

            def without(live: Json) -> None:
                del live["metadata"]["labels"][PART_OF_LABEL]

            if PART_OF_LABEL in world.there("ConfigMap", "b")["metadata"]["labels"]:
                world.change("ConfigMap", "b", change=without)

    ended = world.must_deploy([config("a")], look=steal)
    assert "could not be deleted" in ended.message
    assert world.is_there("ConfigMap", "b")


def test_claims_stay_unless_they_are_named(world: World) -> None:
    claim = node("data", "persistentvolumeclaim", size="1Mi")
    claims = [{"name": "disk", "size": "1Mi", "path": "/data"}]
    database = node("db", "statefulset", image="busybox:1", command=["sleep", "86400"], claims=claims)
    content = world.content([config("a"), claim, database])
    # No volume may be had here; what matters is who deletes claims.
    world.run(content, timeout_seconds=3)
    world.eventually(lambda: world.live("PersistentVolumeClaim", "disk-db-0"))
    plan = world.plan([config("a")])
    assert plan["summary"]["keep"] == 2
    assert "holds data and is kept" in reason_of(plan, "data")
    world.must_deploy([config("a")])
    assert world.is_there("PersistentVolumeClaim", "data")
    assert world.is_there("PersistentVolumeClaim", "disk-db-0")
    assert not world.is_there("StatefulSet", "db", "apps")
    # A kept claim keeps its namespace.
    ended = world.undeploy()
    assert "stays: it holds PersistentVolumeClaim" in ended.message
    place = world.namespace
    ended = world.undeploy(delete_claims=(f"{place}/data",))
    assert not world.is_there("PersistentVolumeClaim", "data")
    assert world.is_there("PersistentVolumeClaim", "disk-db-0")
    assert world.is_there("Namespace", place)


def test_claims_of_templates_go_when_they_are_named(world: World) -> None:
    claims = [{"name": "disk", "size": "1Mi", "path": "/data"}]
    database = node("db", "statefulset", image="busybox:1", command=["sleep", "86400"], claims=claims)
    world.run(world.content([database]), timeout_seconds=3)
    world.eventually(lambda: world.live("PersistentVolumeClaim", "disk-db-0"))
    ended = world.undeploy(delete_claims=(f"{world.namespace}/disk-db-0",))
    assert ended.outcome is Outcome.SUCCEEDED, ended.message
    assert world.live("Namespace", world.namespace) is None


def test_undeploy_takes_all_away(world: World) -> None:
    front = node("front", "service", ports=[{"port": 80}])
    web = deployment("web", ports=[{"port": 80}])
    world.must_deploy([config("a"), front, web], [{"id": "e", "source": "front", "target": "web"}])
    ended = world.undeploy()
    assert (ended.outcome, ended.message) == (Outcome.SUCCEEDED, "Everything is removed.")
    assert world.live("Namespace", world.namespace) is None
    assert world.known == {}
    # Once more is no harm, and neither is another run.
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    world.must_deploy([config("a")])
    assert world.is_there("ConfigMap", "a")


def test_two_targets_that_name_one_object(world: World) -> None:
    world.must_deploy([config("a", A="first"), config("b")])
    second = world.other("second")
    for nodes in ([config("a", A="second")], [config("c"), config("a", A="second")]):
        plan = second.plan(nodes)
        assert plan["summary"]["refused"] == 1
        assert world.parent.id in reason_of(plan, "a")
        ended = second.deploy(nodes, force_conflicts=True)
        assert ended.outcome is Outcome.FAILED
        assert world.parent.id in ended.message
    assert world.there("ConfigMap", "a")["data"] == {"A": "first"}
    assert not world.is_there("ConfigMap", "c")
    # From another namespace as well.
    third = world.other("third", namespace=f"{world.namespace}-third")
    plan = third.plan([config("a", A="third", namespace=world.namespace)])
    assert world.parent.id in reason_of(plan, "a")
    # What the first lets go the second may have.
    world.must_deploy([config("b")])
    second.must_deploy([config("a", A="second")])
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    assert world.there("ConfigMap", "a")["data"] == {"A": "second"}
    assert second.undeploy().outcome is Outcome.SUCCEEDED
