"""Deploy, change, prune, break, go back and take away by REST: the same on the practice cluster and on a real
Kubernetes."""

from collections.abc import Callable
from typing import Any

from tests.cluster.runs.conftest import Rest
from tests.integration.runs.support import deployment, edge, node, shop

Json = dict[str, Any]
Look = Callable[..., Json | None]


def actions(document: Json) -> dict[str, str]:
    return {f"{item['kind']} {item['name']}": item["action"] for item in document["objects"]}


def draw_shop(rest: Rest, **web: Any) -> str:
    graph = shop(**web)
    return rest.draw(graph.nodes, graph.edges)


def test_deploy_change_prune_and_take_away(rest: Rest, look: Look) -> None:
    graph = shop()
    workflow = rest.draw(graph.nodes, graph.edges)
    assert rest.plan(workflow)["summary"]["create"] == 3
    run = rest.run(workflow)
    assert (run["status"], run["error"]) == ("succeeded", None)
    assert rest.states(workflow) == {"web": "healthy", "front": "healthy", "settings": "healthy"}
    assert look("Deployment", "web", "apps")["status"]["readyReplicas"] == 1  # type: ignore[index]

    # The same again: nothing to do.
    assert set(actions(rest.plan(workflow)).values()) == {"unchanged"}
    before = look("Deployment", "web", "apps")
    assert rest.run(workflow)["status"] == "succeeded"
    assert look("Deployment", "web", "apps")["metadata"]["generation"] == before["metadata"]["generation"]  # type: ignore[index]

    # A change: the config map, by which the pods roll, and the number of pods.
    graph.nodes[0]["data"]["replicas"] = 2
    graph.nodes[2]["data"]["data"] = {"COLOUR": "green"}
    rest.save(workflow, graph.nodes, graph.edges)
    assert actions(rest.plan(workflow)) == {
        "ConfigMap settings": "update",
        "Deployment web": "update",
        "Service front": "unchanged",
    }
    assert rest.run(workflow)["status"] == "succeeded"
    assert look("Deployment", "web", "apps")["status"]["readyReplicas"] == 2  # type: ignore[index]
    assert look("ConfigMap", "settings")["data"] == {"COLOUR": "green"}  # type: ignore[index]

    # What leaves the graph leaves the cluster.
    rest.save(workflow, graph.nodes[:2], graph.edges[:1])
    assert rest.plan(workflow)["summary"]["delete"] == 1
    assert rest.run(workflow)["status"] == "succeeded"
    assert look("ConfigMap", "settings") is None
    assert look("Service", "front") is not None

    run = rest.undeploy(workflow)
    assert (run["status"], run["message"]) == ("succeeded", "Everything is removed.")
    assert look("Namespace", rest.namespace) is None
    assert set(rest.states(workflow).values()) == {"idle"}


def test_a_broken_image_says_why_and_goes_back(rest: Rest, look: Look) -> None:
    workflow = draw_shop(rest)
    assert rest.run(workflow)["status"] == "succeeded"
    broken = shop(image="shop:does-not-exist")
    rest.save(workflow, broken.nodes, broken.edges)
    # A real cluster may not know that an image can never be had: then time decides.
    run = rest.run(workflow, on_failure="rollback", timeout_seconds=15)
    assert run["status"] == "rolled_back", run["message"]
    assert "shop:does-not-exist" in run["error"]
    assert rest.get(f"runs/{run['rolled_back_by']}")["status"] == "succeeded"
    containers = look("Deployment", "web", "apps")["spec"]["template"]["spec"]["containers"]  # type: ignore[index]
    assert containers[0]["image"] == "busybox:1"
    assert rest.states(workflow)["web"] == "healthy"


def test_a_job_after_which_a_workload_starts(rest: Rest, look: Look) -> None:
    job = node("migrate", "job", image="busybox:1", command=["sh", "-c", "exit 0"])
    workflow = rest.draw([job, deployment("web")], [edge("web", "migrate")])
    run = rest.run(workflow)
    assert run["status"] == "succeeded", run["error"]
    applied = {item["name"]: item["wave"] for item in run["objects"]}
    assert applied == {"migrate": 1, "web": 2}
    assert actions(rest.run(workflow)["plan"]) == {"Job migrate": "unchanged", "Deployment web": "unchanged"}
    job["data"]["command"] = ["sh", "-c", "exit 0; true"]
    rest.save(workflow, [job, deployment("web")], [edge("web", "migrate")])
    run = rest.run(workflow)
    assert (run["status"], actions(run["plan"])["Job migrate"]) == ("succeeded", "replace"), run["error"]


def test_secrets_and_what_belongs_to_another_workflow(rest: Rest, look: Look) -> None:
    token = node("token", "secret", values={"KEY": "canary"})
    workflow = rest.draw([deployment("web"), token], [edge("token", "web")])
    run = rest.run(workflow)
    assert run["status"] == "succeeded", run["error"]
    assert look("Secret", "token")["data"] == {"KEY": "Y2FuYXJ5"}  # type: ignore[index]
    assert "canary" not in str(run)
    other = rest.draw([node("token", "secret", values={"KEY": "other"})], [], name="Thief")
    plan = rest.plan(other)
    assert plan["summary"]["refused"] == 1
    assert plan["objects"][0]["reason"] == 'It belongs to the workflow "Shop".'
    assert rest.run(other)["status"] == "failed"
    assert look("Secret", "token")["data"] == {"KEY": "Y2FuYXJ5"}  # type: ignore[index]


def test_a_claim_survives_its_node(rest: Rest, look: Look) -> None:
    claim = node("data", "persistentvolumeclaim", size="1Mi")
    workflow = rest.draw([claim, node("settings", "configmap", data={"A": "b"})], [])
    assert rest.run(workflow)["status"] == "succeeded"
    rest.save(workflow, [node("settings", "configmap", data={"A": "b"})], [])
    assert actions(rest.run(workflow)["plan"])["PersistentVolumeClaim data"] == "keep"
    run = rest.undeploy(workflow)
    assert "stays: it holds PersistentVolumeClaim data" in run["message"]
    (target,) = rest.get(f"workflows/{workflow}/targets")["targets"]
    named = [f"{rest.namespace}/data"]
    run = rest.finish(rest.post(f"targets/{target['id']}/undeploy", {"delete_claims": named}))
    assert run["status"] == "succeeded"
    assert look("Namespace", rest.namespace) is None
