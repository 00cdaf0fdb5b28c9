"""Fields that a drawing gives up go whole: with what the cluster filled in beside them."""

from typing import Any

from tests.cluster.trust.world import World, config, deployment, node, reason_of

Json = dict[str, Any]
HTTP = {"http": {"path": "/ready", "port": 80}}


def container(world: World) -> Json:
    spec = world.there("Deployment", "web", "apps")["spec"]["template"]["spec"]
    return dict(spec["containers"][0])


def test_a_probe_that_is_removed_or_becomes_another_kind(world: World) -> None:
    """Its period and threshold are the cluster's, and a probe of those alone is refused."""
    probes = {"readiness": HTTP, "liveness": HTTP, "startup": HTTP}
    world.must_deploy([deployment("web", replicas=0, probes=probes)])
    assert container(world)["readinessProbe"]["httpGet"]["scheme"] == "HTTP"
    changed = [deployment("web", replicas=0, image="busybox:2", probes={"liveness": {"tcp": {"port": 80}}})]
    plan = world.plan(changed)
    assert (plan["summary"]["update"], plan["summary"]["refused"]) == (1, 0), reason_of(plan, "web")
    paths = [change["path"].rpartition("containers")[2] for change in plan["objects"][0]["diff"]]
    assert any("readinessProbe" in path for path in paths), paths
    assert not any("periodSeconds" in path and "liveness" in path for path in paths), paths
    world.must_deploy(changed)
    found = container(world)
    assert found["image"] == "busybox:2"
    assert "readinessProbe" not in found and "startupProbe" not in found
    assert "httpGet" not in found["livenessProbe"]
    assert found["livenessProbe"]["tcpSocket"] == {"port": 80}
    assert world.plan(changed)["summary"]["unchanged"] == 1
    world.must_deploy([deployment("web", replicas=0)])
    assert "livenessProbe" not in container(world)
    # And the way back: what a version of before had is there again.
    world.must_deploy([deployment("web", replicas=0, probes=probes)])
    assert container(world)["startupProbe"]["httpGet"]["path"] == "/ready"


def test_a_volume_and_a_variable_that_become_another_kind(world: World) -> None:
    def web(source: Json, variable: Json) -> Json:
        overrides = {
            "spec": {"template": {"spec": {"containers": [{"name": "web", "env": [{"name": "WHO", **variable}]}]}}}
        }
        return deployment(
            "web",
            replicas=0,
            volumes=[{"name": "files", "source": source}],
            mounts=[{"volume": "files", "path": "/files"}],
            overrides=overrides,
        )

    files = config("files", A="a")
    before = [files, web({"configMap": {"name": "files"}}, {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})]
    after = [files, web({"emptyDir": {}}, {"value": "me"})]
    world.must_deploy(before)
    for wanted in (after, before, after):
        plan = world.plan(wanted)
        assert (plan["summary"]["update"], plan["summary"]["refused"]) == (1, 0), reason_of(plan, "web")
        world.must_deploy(wanted)
        assert world.plan(wanted)["summary"]["unchanged"] == 2
    spec = world.there("Deployment", "web", "apps")["spec"]["template"]["spec"]
    assert spec["volumes"] == [{"name": "files", "emptyDir": {}}]
    assert container(world)["env"] == [{"name": "WHO", "value": "me"}]


def test_what_the_cluster_asked_for_because_of_a_limit_goes_with_it(world: World) -> None:
    limits = {"limits": {"memory": "64Mi"}}
    world.must_deploy([deployment("web", replicas=0, resources=limits)])
    world.must_deploy([deployment("web", replicas=0)])
    assert container(world).get("resources", {}) == {}


def test_a_part_that_somebody_else_set_is_theirs(world: World) -> None:
    world.must_deploy([deployment("web", replicas=0, probes={"readiness": HTTP})])

    def patient(live: Json) -> None:
        live["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["periodSeconds"] = 77

    world.change("Deployment", "web", "apps", manager="painter", change=patient)
    plan = world.plan([deployment("web", replicas=0)])
    assert plan["summary"]["refused"] == 1
    assert "readinessProbe" in reason_of(plan, "web")


def test_a_rollout_that_becomes_another_kind_of_it_and_back(world: World) -> None:
    """What the cluster filled in for the old kind stands in the way of the new one, and nobody owns it."""
    claim = {"name": "data", "size": "1Mi", "path": "/data"}

    def both(strategy: Json, update: Json) -> list[Json]:
        set_ = node("db", "statefulset", image="busybox:1", replicas=0, claims=[claim], update_strategy=update)
        return [deployment("web", replicas=0, strategy=strategy), set_]

    rolling, other = both({}, {}), both({"type": "Recreate"}, {"type": "OnDelete"})
    world.must_deploy(rolling)
    assert "rollingUpdate" in world.there("Deployment", "web", "apps")["spec"]["strategy"]
    plan = world.plan(other)
    assert [plan["summary"][action] for action in ("update", "refused")] == [2, 0]
    changed = {change["path"] for item in plan["objects"] for change in item["diff"]}
    assert {"spec.strategy.type", "spec.updateStrategy.type"} <= changed
    assert all("trategy" in path for path in changed), changed
    # What else changes at the same time is applied only together with the new kind.
    other[0]["data"]["labels"] = {"tier": "front"}
    world.must_deploy(other)
    web, db = world.there("Deployment", "web", "apps"), world.there("StatefulSet", "db", "apps")
    assert web["spec"]["strategy"] == {"type": "Recreate"}
    assert web["metadata"]["labels"]["tier"] == "front"
    assert db["spec"]["updateStrategy"]["type"] == "OnDelete"
    assert world.plan(other)["summary"]["unchanged"] == 2
    world.must_deploy(both({"type": "RollingUpdate"}, {"type": "RollingUpdate"}))
    live = world.there("Deployment", "web", "apps")
    assert live["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": "25%"}
    assert "tier" not in live["metadata"]["labels"]


def test_what_somebody_else_set_for_the_old_kind_is_theirs(world: World) -> None:
    world.must_deploy([deployment("web", replicas=0)])

    def surge(live: Json) -> None:
        live["spec"]["strategy"]["rollingUpdate"] = {"maxSurge": 3, "maxUnavailable": 0}

    world.change("Deployment", "web", "apps", manager="painter", change=surge)
    plan = world.plan([deployment("web", replicas=0, strategy={"type": "Recreate"})])
    assert plan["summary"]["refused"] == 1
    assert "rollingUpdate" in reason_of(plan, "web")
