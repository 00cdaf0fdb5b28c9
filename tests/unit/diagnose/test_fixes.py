"""Every fix makes the change that it says, to a graph that can be kept and compiled afterwards."""

from typing import Any

import pytest

from plugins.registry import core_types
from plugins.sdk.diagnosis import CannotFix
from plugins.sdk.problems import Severity
from tests.unit.diagnose.cases import deploying, networking, others, pods
from tests.unit.diagnose.scenes import (
    FRONT,
    WEB,
    WELL,
    Scene,
    autoscaler,
    claim,
    deployment,
    edge,
    ingress,
    node,
    service,
    storage_class,
)
from workflows.diagnose import BadValues, asked_by, changed, core_catalog, diagnose, patch_of
from workflows.graph.parse import parse_graph
from workflows.graph.validate import validate_graph

Json = dict[str, Any]
CASES = [(fix, scene) for part in (deploying, networking, others, pods) for _, scene, _, fix in part.CASES if fix]
# Where the proposals alone are not enough.
GIVEN: dict[str, Json] = {
    "change_image": {"image": "nginx:1.27"},
    "add_secret": {"value": "x", "tls.crt": "x", "tls.key": "x"},
    "add_secret_key": {"value": "x"},
    "add_config_map_key": {"value": "x"},
    "change_backend": {"service": "frnt", "new_service": "front", "port": 80},
    "connect_service": {"workload": "web"},
}


def apply(scene: Scene, fix_type: str, **given: Any) -> Json:
    evidence = scene.evidence()
    fix = core_catalog().fix_for(evidence.node, fix_type)
    assert fix is not None
    after, _ = changed(fix, scene.lists, evidence, diagnose(evidence), given)
    return after


def data_of(graph: Json, node_id: str) -> Json:
    return dict(next(each for each in graph["nodes"] if each["id"] == node_id)["data"])


@pytest.mark.parametrize(("fix_type", "scene"), CASES, ids=[f"{fix}-{number}" for number, (fix, _) in enumerate(CASES)])
def test_the_graph_can_be_kept(fix_type: str, scene: Scene) -> None:
    evidence = scene.evidence()
    verdict = diagnose(evidence)
    fix = core_catalog().fixes[fix_type]
    names = {each.name for each in asked_by(fix, evidence, verdict)}
    given = {name: value for name, value in GIVEN.get(fix_type, {}).items() if name in names}
    try:
        after, _ = changed(fix, scene.lists, evidence, verdict, given)
    except CannotFix as problem:
        # The scene is drawn without what the cluster complains of; then that is said.
        assert str(problem).endswith(".")
        return
    graph, problems = parse_graph(after["nodes"], after["edges"])
    problems += validate_graph(graph, core_types())
    before, _ = parse_graph(scene.lists["nodes"], scene.lists["edges"])
    known = {problem.message for problem in validate_graph(before, core_types())}
    new = [each for each in problems if each.severity is Severity.ERROR and each.message not in known]
    assert not new, new
    if fix.runs:
        assert patch_of(scene.lists, after) == []


def test_memory_is_doubled() -> None:
    scene = next(scene for fix, scene in CASES if fix == "raise_memory")
    assert data_of(apply(scene, "raise_memory"), "web")["resources"] == {"limits": {"memory": "128Mi"}}
    assert data_of(apply(scene, "raise_memory", memory="1Gi"), "web")["resources"] == {"limits": {"memory": "1Gi"}}


def test_the_container_beside() -> None:
    side = {"name": "proxy", "image": "proxy:1"}
    scene = Scene(node("web", containers=[side]))
    after = apply(scene, "change_image", container="proxy", image="proxy:2")
    assert data_of(after, "web")["containers"] == [{"name": "proxy", "image": "proxy:2"}]
    with pytest.raises(CannotFix, match="no container"):
        apply(scene, "change_image", container="nobody", image="proxy:2")


def test_a_config_map_is_added_beside_the_node() -> None:
    scene = next(scene for fix, scene in CASES if fix == "add_config_map")
    added = apply(scene, "add_config_map", value="http://x")["nodes"][-1]
    assert (added["type"], added["data"]) == ("configmap", {"name": "settings", "data": {"URL": "http://x"}})


def test_one_that_is_only_referred_to_is_made() -> None:
    nodes = [WEB, node("settings", "configmap", existing=True)]
    after = apply(Scene(*nodes), "add_config_map", name="settings", key="A", value="b")
    assert data_of(after, "settings") == {"name": "settings", "existing": False, "data": {"A": "b"}}
    again = Scene(WEB, node("settings", "configmap", data={"A": "b"}))
    with pytest.raises(CannotFix, match="already"):
        apply(again, "add_config_map", name="settings")


def test_keys_of_what_others_make_are_left_alone() -> None:
    with pytest.raises(CannotFix, match="not made by this workflow"):
        apply(Scene(WEB), "add_secret_key", name="login", key="A", value="b")


def test_a_certificate() -> None:
    scene = next(scene for fix, scene in CASES if fix == "add_secret" and scene.lists["nodes"][0]["type"] == "ingress")
    added = apply(scene, "add_secret", **{"tls.crt": "C", "tls.key": "K"})["nodes"][-1]
    assert added["data"] == {"name": "cert", "type": "tls", "values": {"tls.crt": "C", "tls.key": "K"}}


def test_a_service_gets_its_workload() -> None:
    scene = Scene(node("front", "service", selector={"app": "wbe"}), WEB, live=[service(selector={"app": "wbe"})])
    after = apply(scene, "connect_service")
    assert "selector" not in data_of(after, "front")
    assert after["edges"] == [{"id": "front-web", "source": "front", "target": "web"}]
    with pytest.raises(BadValues, match="must be one of web"):
        apply(scene, "connect_service", workload="nobody")


def test_ports_that_came_from_the_workload_are_written_out() -> None:
    nodes = [FRONT, node("web", ports=[{"port": 80, "name": "http"}, {"port": 443, "name": "https"}])]
    after = apply(Scene(*nodes, edges=[edge("front", "web")]), "change_target_port", port=443, target_port=8443)
    assert data_of(after, "front")["ports"] == [
        {"port": 80, "target_port": 80, "name": "http", "protocol": "TCP"},
        {"port": 443, "target_port": 8443, "name": "https", "protocol": "TCP"},
    ]


def test_an_edge_that_said_another_port_gives_way() -> None:
    ways = [edge("front", "web", port=80, target_port=9090)]
    after = apply(Scene(FRONT, WEB, edges=ways), "change_target_port", port=80, target_port=8080)
    assert data_of(after, "front")["ports"][0]["target_port"] == 8080
    assert after["edges"][0]["data"] == {"port": 80}


def test_a_rule_leads_elsewhere() -> None:
    door = node("door", "ingress", rules=[{"path": "/a", "service": "frnt", "port": 1}, {"path": "/b", "service": "b"}])
    scene = Scene(door, FRONT, live=[ingress(service="frnt")], listed={"Service": [service()]})
    after = apply(scene, "change_backend")
    assert data_of(after, "door")["rules"] == [
        {"path": "/a", "service": "front", "port": 80},
        {"path": "/b", "service": "b"},
    ]


def test_an_edge_leads_elsewhere() -> None:
    nodes = [node("door", "ingress"), node("old", "service", existing=True), FRONT]
    ways = [edge("door", "old", path="/x")]
    scene = Scene(*nodes, edges=ways, listed={"Service": [service(), service("other")]})
    drawn = apply(scene, "change_backend", service="old", new_service="front", port=80)
    (turned,) = drawn["edges"]
    assert (turned["target"], turned["data"]) == ("front", {"path": "/x", "port": 80})
    foreign = apply(scene, "change_backend", service="old", new_service="other", port=80)
    assert foreign["edges"] == []
    assert data_of(foreign, "door")["rules"] == [{"path": "/x", "service": "other", "port": 80}]


def test_a_claim_that_waits_in_vain_is_replaced() -> None:
    disk = node("data", "persistentvolumeclaim", size="1Gi", storage_class="fast")
    volume = {"name": "d", "source": {"persistentVolumeClaim": {"claimName": "data"}}}
    classes = {"StorageClass": [storage_class()]}
    scene = Scene(disk, node("web", volumes=[volume]), live=[claim(class_="fast")], listed=classes)
    after = apply(scene, "choose_storage_class")
    changed_claim = {"name": "data-standard", "size": "1Gi", "storage_class": "standard"}
    assert data_of(after, "data") == changed_claim
    source = data_of(after, "web")["volumes"][0]["source"]
    assert source == {"persistentVolumeClaim": {"claimName": "data-standard"}}
    fix = core_catalog().fixes["choose_storage_class"]
    assert fix.gives_up(scene.evidence()) == ("shop/data",)
    bound = Scene(disk, live=[claim(phase="Bound", class_="fast")], listed=classes)
    assert fix.gives_up(bound.evidence()) == ()
    with pytest.raises(CannotFix, match="holds data"):
        apply(bound, "choose_storage_class")
    # Before it was ever deployed it keeps its name.
    assert data_of(apply(Scene(disk, listed=classes), "choose_storage_class"), "data")["name"] == "data"


def test_requests_are_set_where_there_are_none() -> None:
    web = node("web", resources={"requests": {"cpu": "2"}}, containers=[{"name": "side", "image": "x:1"}])
    nodes = [node("scaler", "hpa", max_replicas=3), web]
    named = {("Deployment", "web"): deployment(status=WELL)}
    scene = Scene(*nodes, edges=[edge("scaler", "web")], live=[autoscaler()], named=named)
    data = data_of(apply(scene, "set_requests", cpu="50m"), "web")
    assert data["resources"] == {"requests": {"cpu": "2"}}
    assert data["containers"][0]["resources"] == {"requests": {"cpu": "50m"}}


def test_limits_where_a_quota_wants_them() -> None:
    scene = next(scene for fix, scene in CASES if fix == "set_requests" and scene.lists["nodes"][0]["id"] == "web")
    data = data_of(apply(scene, "set_requests"), "web")
    assert data["resources"]["limits"] == {"cpu": "200m", "memory": "256Mi"}


def test_requests_are_taken_when_what_wanted_them_is_gone() -> None:
    """Between the question and the answer a cluster may have changed its mind."""
    scene = Scene(node("web"), live=[deployment(status=WELL)])
    data = data_of(apply(scene, "set_requests", cpu="10m", memory="8Mi"), "web")
    assert data["resources"]["requests"] == {"cpu": "10m", "memory": "8Mi"}


def test_an_autoscaler_has_the_last_word_on_copies() -> None:
    scaled = Scene(node("web"), node("scaler", "hpa", max_replicas=3), edges=[edge("scaler", "web")])
    with pytest.raises(CannotFix, match="autoscaler"):
        apply(scaled, "lower_replicas", replicas=1)


def test_schedules_must_come() -> None:
    scene = Scene(node("web", "cronjob", schedule="0 3 31 2 *"))
    assert data_of(apply(scene, "change_schedule", schedule="0 4 * * *"), "web")["schedule"] == "0 4 * * *"
    for schedule in ("0 3 31 2 *", "soon"):
        with pytest.raises(CannotFix):
            apply(scene, "change_schedule", schedule=schedule)


def test_what_is_read_from_a_person() -> None:
    scene = Scene(WEB)
    for given, field in (
        ({"image": ""}, "image"),
        ({"image": "a b"}, "image"),
        ({"image": 3}, "image"),
        ({"image": ["x"]}, "image"),
        ({"image": "x:1", "manifest": "kind: Pod"}, "manifest"),
        ({"image": "x:1", "container": "a\x00"}, "container"),
    ):
        with pytest.raises(BadValues) as caught:
            apply(scene, "change_image", **given)
        assert field in caught.value.fields
    for number in (-1, 1.5, "many", True, 10**12):
        with pytest.raises(BadValues):
            apply(scene, "lower_replicas", replicas=number)


def test_the_graph_that_is_given_stays_as_it_is() -> None:
    scene = Scene(WEB)
    apply(scene, "change_image", image="nginx:1")
    assert scene.lists["nodes"][0]["data"]["image"] == "shop:1"
