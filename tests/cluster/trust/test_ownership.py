"""Who owns which field: conflicts, takeovers, autoscalers, and fields that leave the graph."""

import threading
from typing import Any

from clusters.kube.gateway import Gateway
from tests.cluster.trust.world import World, config, deployment, edge, node, reason_of
from workflows.deploy.drift import DriftState, drift_of
from workflows.deploy.journal import Outcome
from workflows.deploy.managed import own_fields
from workflows.deploy.probe import Prober
from workflows.deploy.view import View

Json = dict[str, Any]


def managers_of(live: Json, *path: str) -> set[str]:
    found = set()
    for entry in live["metadata"]["managedFields"]:
        fields = entry.get("fieldsV1") or {}
        for key in path:
            fields = fields.get(f"f:{key}") if isinstance(fields, dict) else None
        if fields is not None:
            found.add(f"{entry['manager']}/{entry['operation']}")
    return found


def test_conflicts_are_named_and_forced_only_on_request(world: World) -> None:
    world.must_deploy([config("a", COLOUR="blue", SIZE="1"), config("b", A="b")])

    def paint(live: Json) -> None:
        live["data"]["COLOUR"] = "red"

    world.change("ConfigMap", "a", manager="painter", change=paint)
    nodes = [config("a", COLOUR="green", SIZE="1"), config("b", A="c")]
    plan = world.plan(nodes)
    assert (plan["summary"]["refused"], plan["summary"]["update"]) == (1, 1)
    assert reason_of(plan, "a") == "painter set data.COLOUR. Run with force_conflicts to take these fields over."
    ended = world.deploy(nodes)
    assert ended.outcome is Outcome.FAILED
    assert "painter set data.COLOUR" in ended.message
    # Nothing at all was changed, and a plan that forces says what it takes from whom.
    assert world.there("ConfigMap", "a")["data"]["COLOUR"] == "red"
    assert world.there("ConfigMap", "b")["data"] == {"A": "b"}
    forced = world.plan(nodes, force_conflicts=True)
    assert "Takes fields over from painter" in reason_of(forced, "a")
    assert next(item["diff"] for item in forced["objects"] if item["name"] == "a") == [
        {"path": "data.COLOUR", "from": "red", "to": "green"}
    ]
    world.must_deploy(nodes, force_conflicts=True)
    live = world.there("ConfigMap", "a")
    assert live["data"] == {"COLOUR": "green", "SIZE": "1"}
    assert managers_of(live, "data", "COLOUR") == {"sailcloth/Apply"}


def test_what_is_unchanged_is_not_applied_again(world: World) -> None:
    names = [("ConfigMap", "a", ""), ("Service", "front", ""), ("Deployment", "web", "apps"), ("Secret", "", "")]
    names[3] = ("Secret", world.parent.name, "")
    front = node("front", "service", ports=[{"port": 80}], type="NodePort")
    web = deployment(
        "web",
        ports=[{"port": 80}],
        env=[{"name": "A", "value": "b"}, {"name": "POD", "field": "metadata.name"}],
        resources={"requests": {"cpu": "10m"}, "limits": {"memory": "1Gi", "cpu": "1000m"}},
        security_context={"runAsNonRoot": False},
    )
    nodes = [config("a"), front, web]
    edges = [edge("front", "web"), edge("a", "web")]
    world.must_deploy(nodes, edges)
    # Its controller has seen it ready, so nobody else writes to it any more.
    world.eventually(lambda: _is_quiet(world))
    before = [world.version(*name) for name in names]
    ended = world.must_deploy(nodes, edges)
    assert set(ended.actions.values()) == {"unchanged"}
    assert [world.version(*name) for name in names] == before
    assert ended.state.stretches[-1].finished_at - ended.state.started_at < 10


def _is_quiet(world: World) -> bool:
    first = world.version("Deployment", "web", "apps")
    threading.Event().wait(0.7)
    return world.version("Deployment", "web", "apps") == first


def test_an_autoscaler_takes_replicas_over_without_a_dip(world: World) -> None:
    counts: set[int] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            live = world.live("Deployment", "web", "apps")
            counts.add(live["spec"]["replicas"] if live else 0)

    web = deployment("web", replicas=3, resources={"requests": {"cpu": "1m"}})
    world.must_deploy([web])
    looking = threading.Thread(target=watch, daemon=True)
    looking.start()
    scaled = [web, node("scaler", "hpa", min_replicas=3, max_replicas=4, cpu_percent=50)]
    edges = [edge("scaler", "web")]
    ended = world.must_deploy(scaled, edges)
    assert ended.actions["HorizontalPodAutoscaler scaler"] == "create"
    # And once more, and with another change of the workload.
    world.must_deploy(scaled, edges)
    changed = [deployment("web", replicas=3, annotations={"n": "2"}, resources={"requests": {"cpu": "1m"}}), scaled[1]]
    world.must_deploy(changed, edges)
    done.set()
    looking.join()
    assert counts == {3}
    # What the autoscaler decides stays.
    gateway: Gateway = world.gateway
    path = f"/apis/apps/v1/namespaces/{world.namespace}/deployments/web/scale"
    scale = world.call(gateway.raw("GET", path))
    scale["spec"]["replicas"] = 4
    world.call(gateway.raw("PUT", path, query={"fieldManager": "kube-controller-manager"}, body=scale))
    again = [deployment("web", replicas=3, annotations={"n": "3"}, resources={"requests": {"cpu": "1m"}}), scaled[1]]
    world.must_deploy(again, edges)
    assert world.there("Deployment", "web", "apps")["spec"]["replicas"] >= 3


def test_a_field_that_leaves_the_graph_leaves_the_object(world: World) -> None:
    full = deployment(
        "web",
        replicas=0,
        priority_class="system-node-critical",
        pod_labels={"team": "red"},
        annotations={"example.com/note": "x"},
        env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    )
    world.must_deploy([config("a", A="1", B="2"), full])
    less = deployment("web", replicas=0, env=[{"name": "A", "value": "1"}])
    ended = world.must_deploy([config("a", A="1"), less])
    assert set(ended.actions.values()) == {"update"}
    live = world.there("Deployment", "web", "apps")
    pod = live["spec"]["template"]
    assert "priorityClassName" not in pod["spec"]
    assert "team" not in pod["metadata"]["labels"]
    assert "example.com/note" not in live["metadata"]["annotations"]
    assert pod["spec"]["containers"][0]["env"] == [{"name": "A", "value": "1"}]
    assert world.there("ConfigMap", "a")["data"] == {"A": "1"}


def test_also_one_that_was_made_by_somebody_else(world: World) -> None:
    """What a person's tool made by an Update is taken over, so that it goes when it leaves the graph; what the graph
    never said stays theirs."""
    world.make_namespace()
    last = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    world.make("ConfigMap", "a", data={"A": "1", "B": "2", "THEIRS": "3"}, metadata={"annotations": last})
    ended = world.must_deploy([config("a", A="1", B="2")])
    assert ended.actions == {"ConfigMap a": "update"}
    live = world.there("ConfigMap", "a")
    assert managers_of(live, "data", "A") == {"sailcloth/Apply"}
    assert managers_of(live, "data", "THEIRS") == {"somebody/Update"}
    assert not (live["metadata"].get("annotations") or {}).keys() & last.keys()
    # The same again changes nothing.
    assert world.must_deploy([config("a", A="1", B="2")]).actions == {"ConfigMap a": "unchanged"}
    world.must_deploy([config("a", A="1")])
    assert world.there("ConfigMap", "a")["data"] == {"A": "1", "THEIRS": "3"}


def test_also_one_that_somebody_set_to_the_same_value_later(world: World) -> None:
    world.must_deploy([config("a", A="1", B="2")])

    def rewrite(live: Json) -> None:
        """As an edit that writes everything: of the same value there are two owners then."""
        live["data"] = {"A": "1", "B": "other"}

    def back(live: Json) -> None:
        live["data"]["B"] = "2"

    world.change("ConfigMap", "a", change=rewrite)
    world.change("ConfigMap", "a", change=back)
    assert managers_of(world.there("ConfigMap", "a"), "data", "B") == {"kubectl-edit/Update"}
    # Nothing differs, but it is no longer ours: a run makes it so.
    plan = world.plan([config("a", A="1", B="2")])
    assert (plan["summary"]["update"], plan["objects"][0]["diff"]) == (1, [])
    assert "kubectl-edit" in reason_of(plan, "a")
    world.must_deploy([config("a", A="1", B="2")])
    assert managers_of(world.there("ConfigMap", "a"), "data", "B") == {"sailcloth/Apply"}
    assert world.must_deploy([config("a", A="1", B="2")]).actions == {"ConfigMap a": "unchanged"}
    world.must_deploy([config("a", A="1")])
    assert world.there("ConfigMap", "a")["data"] == {"A": "1"}


def test_our_own_buttons_are_no_conflict(world: World) -> None:
    """Scaling and restarting write as an Update of the same manager."""
    world.must_deploy([deployment("web", replicas=0)])

    def scale(live: Json) -> None:
        live["spec"]["replicas"] = 1

    world.change("Deployment", "web", "apps", manager="sailcloth", change=scale)
    ended = world.must_deploy([deployment("web", replicas=0)])
    assert ended.actions == {"Deployment web": "update"}
    assert world.there("Deployment", "web", "apps")["spec"]["replicas"] == 0


def test_drift_names_field_and_manager(world: World) -> None:
    content = world.content([deployment("web", replicas=0), config("a", A="1")])
    assert world.run(content).outcome is Outcome.SUCCEEDED
    prober = Prober(View(world.gateway), content, values={}, scaled=frozenset(), known={}, force_conflicts=True)

    def drifts() -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for item in content.objects:
            finding = world.call(prober.find(item, frozenset()))
            drift = drift_of(item, finding, world.known[item.key])
            if drift is not None:
                assert drift.state is DriftState.CHANGED
                found[item.key.name] = [(f.path, f.expected, f.live, f.manager) for f in drift.fields]
        return found

    assert drifts() == {}

    def edit(live: Json) -> None:
        container = live["spec"]["template"]["spec"]["containers"][0]
        container["image"] = "busybox:1.36"
        # Theirs alone, and so no drift.
        container["env"] = [{"name": "THEIRS", "value": "1"}]

    world.change("Deployment", "web", "apps", manager="kubectl-set", change=edit)

    def remove(live: Json) -> None:
        live["data"] = {"THEIRS": "2"}

    world.change("ConfigMap", "a", change=remove)
    assert drifts() == {
        "web": [("spec.template.spec.containers.0.image", "busybox:1", "busybox:1.36", "kubectl-set")],
        # Nobody owns what is not there.
        "a": [("data.A", "1", None, None)],
    }
    assert own_fields(world.there("ConfigMap", "a"))
