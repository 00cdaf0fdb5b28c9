"""Evidence as a cluster would give it: small graphs, and live objects in the words of real API servers and kubelets."""

from collections.abc import Mapping
from typing import Any

from plugins.registry import core_types
from plugins.sdk.diagnosis import Evidence, Owned, Refusal
from plugins.sdk.objects import ObjectKey
from plugins.sdk.secrets import Placeholders
from workflows.compile import CompileOptions, compile_graph
from workflows.deploy.inventory import key_of
from workflows.graph.parse import parse_graph
from workflows.graph.resolve import resolve_graph
from workflows.graph.validate import validate_graph

Json = dict[str, Any]
NS = "shop"
OLD, NEW = "2026-03-24T10:00:00Z", "2026-03-24T10:05:00Z"


def node(node_id: str, type_: str = "deployment", /, **data: Any) -> Json:
    usual = {"image": "shop:1"} if type_ in ("deployment", "statefulset", "daemonset", "job", "cronjob") else {}
    return {"id": node_id, "type": type_, "data": {"name": node_id, **usual, **data}}


def edge(source: str, target: str, **data: Any) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target, **({"data": data} if data else {})}


class Scene:
    """A drawn node and all that is seen of it. `live` holds its own objects."""

    def __init__(
        self,
        *nodes: Json,
        edges: list[Json] | None = None,
        live: list[Json] | None = None,
        gone: list[ObjectKey] | None = None,
        pods: list[Json] | None = None,
        events: list[Json] | None = None,
        listed: Mapping[str, list[Json]] | None = None,
        named: Mapping[tuple[str, str], Json | None] | None = None,
        logs: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
        refused: str = "",
        **more: Any,
    ) -> None:
        self.lists = {"nodes": list(nodes), "edges": edges or []}
        self.seen = {
            "objects": tuple(Owned(key_of(each), each) for each in live or ())
            + tuple(Owned(key) for key in gone or ()),
            "pods": tuple(pods or ()),
            "events": tuple(events or ()),
            "listed": {kind: tuple(items) for kind, items in (listed or {}).items()},
            "named": dict(named or {}),
            "logs": dict(logs or {}),
            "refusals": (Refusal(ObjectKey("", "Thing", NS, "thing"), refused),) if refused else (),
            **more,
        }

    def evidence(self) -> Evidence:
        graph, problems = parse_graph(self.lists["nodes"], self.lists["edges"])
        assert not problems, problems
        types = core_types()
        wiring = resolve_graph(graph, types, namespace=NS).wiring
        options = CompileOptions(NS, "shop")
        bundle = compile_graph(graph, types=types, options=options, secrets=Placeholders()).bundle
        first = self.lists["nodes"][0]["id"]
        bodies: dict[str, tuple[Json, ...]] = {}
        for item in bundle.objects:
            bodies[str(item.node_id)] = (*bodies.get(str(item.node_id), ()), item.body)
        return Evidence(
            node=wiring.nodes[first],
            wiring=wiring,
            namespace=NS,
            problems=tuple(item for item in validate_graph(graph, types) if item.node_id == first),
            bodies=bodies,
            place=f"the namespace {NS}",
            **self.seen,
        )


# --- live objects -----------------------------------------------------------------------------------


def obj(api_version: str, kind: str, name: str, **parts: Any) -> Json:
    metadata = {"name": name, "namespace": NS, "uid": f"{kind}-{name}", "generation": 1, "creationTimestamp": OLD}
    metadata |= parts.pop("metadata", {})
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def container(name: str = "web", **more: Any) -> Json:
    return {"name": name, "image": "shop:1", **more}


def template(*containers: Json, **spec: Any) -> Json:
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "shop"}
    return {"metadata": {"labels": labels}, "spec": {"containers": list(containers or [container()]), **spec}}


def deployment(
    name: str = "web", *containers: Json, replicas: int = 1, status: Json | None = None, **spec: Any
) -> Json:
    pods = {key: spec.pop(key) for key in ("volumes", "initContainers", "nodeSelector") if key in spec}
    body = {"replicas": replicas, "selector": {"matchLabels": SELECTOR}, "template": template(*containers, **pods)}
    seen = {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas, "unavailableReplicas": replicas}
    return obj("apps/v1", "Deployment", name, spec={**body, **spec}, status=status or seen)


SELECTOR = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "shop"}
WELL = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1}


def pod(
    *statuses: Json,
    name: str = "web-7d4b9c-x1",
    phase: str = "Running",
    ready: bool = False,
    spec: Json | None = None,
    init: list[Json] | None = None,
    conditions: list[Json] | None = None,
    labels: Json | None = None,
    **status: Any,
) -> Json:
    told = conditions if conditions is not None else [{"type": "Ready", "status": "True" if ready else "False"}]
    seen = {"phase": phase, "conditions": told, "containerStatuses": list(statuses), **status}
    if init:
        seen["initContainerStatuses"] = init
    metadata = {"labels": {**SELECTOR, "pod-template-hash": "7d4b9c", **(labels or {})}}
    return obj("v1", "Pod", name, metadata=metadata, spec=spec or {"containers": [container()]}, status=seen)


def waiting(reason: str, message: str = "", name: str = "web", **more: Any) -> Json:
    state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    return {"name": name, "image": "shop:1", "ready": False, "restartCount": 0, "state": state, **more}


def running(name: str = "web", *, ready: bool = False, restarts: int = 0, **more: Any) -> Json:
    state = {"running": {"startedAt": OLD}}
    return {"name": name, "image": "shop:1", "ready": ready, "restartCount": restarts, "state": state, **more}


def ended(code: int, reason: str = "Error", **more: Any) -> Json:
    return {"exitCode": code, "reason": reason, "startedAt": OLD, "finishedAt": NEW, **more}


def crashing(code: int = 1, reason: str = "Error", restarts: int = 4, name: str = "web", **more: Any) -> Json:
    back_off = f"back-off 1m20s restarting failed container={name} pod=web-7d4b9c-x1_shop(1)"
    found = waiting("CrashLoopBackOff", back_off, name)
    return {**found, "restartCount": restarts, "lastState": {"terminated": ended(code, reason, **more)}}


def unscheduled(message: str) -> Json:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return pod(phase="Pending", conditions=[condition])


def event(about: Json, reason: str, message: str, *, type_: str = "Warning", count: int = 5, field: str = "") -> Json:
    subject = {"uid": about["metadata"]["uid"], "name": about["metadata"]["name"], "kind": about["kind"]}
    if field:
        subject["fieldPath"] = field
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{about['metadata']['name']}.{reason}", "uid": f"{reason}-{message}", "namespace": NS},
        "involvedObject": subject,
        "type": type_,
        "reason": reason,
        "message": message,
        "count": count,
        "lastTimestamp": NEW,
    }


def service(
    name: str = "front", ports: list[Json] | None = None, selector: Json | None = SELECTOR, **spec: Any
) -> Json:
    listed = ports or [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
    body = {"type": "ClusterIP", "clusterIP": "10.0.0.9", "ports": listed, **spec}
    return obj("v1", "Service", name, spec={**body, **({"selector": selector} if selector else {})})


def serving_pod(*, ready: bool = True, port: int = 8080, port_name: str = "") -> Json:
    listens = {"containerPort": port, **({"name": port_name} if port_name else {})}
    return pod(running(ready=ready), ready=ready, spec={"containers": [container(ports=[listens])]})


def ingress(name: str = "door", *, class_: str = "nginx", service: str = "front", port: int = 80, **spec: Any) -> Json:
    backend = {"service": {"name": service, "port": {"number": port}}}
    rules = [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    body = {"rules": rules, **({"ingressClassName": class_} if class_ else {}), **spec}
    return obj("networking.k8s.io/v1", "Ingress", name, spec=body, status={"loadBalancer": {}})


def ingress_class(name: str = "nginx", *, is_default: bool = False) -> Json:
    note = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}} if is_default else {}
    return obj("networking.k8s.io/v1", "IngressClass", name, metadata=note, spec={"controller": "k8s.io/nginx"})


def storage_class(name: str = "standard", *, is_default: bool = False) -> Json:
    note = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}} if is_default else {}
    return obj("storage.k8s.io/v1", "StorageClass", name, metadata=note, provisioner="example.com/disk")


def claim(name: str = "data", phase: str = "Pending", class_: str = "", **spec: Any) -> Json:
    body = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    if class_:
        body["storageClassName"] = class_
    return obj("v1", "PersistentVolumeClaim", name, spec=body, status={"phase": phase})


def autoscaler(metric: str = "cpu", conditions: list[Json] | None = None, most: int = 5) -> Json:
    resource = {"name": metric, "target": {"type": "Utilization", "averageUtilization": 80}}
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": reference, "maxReplicas": most, "metrics": [{"type": "Resource", "resource": resource}]}
    return obj(
        "autoscaling/v2", "HorizontalPodAutoscaler", "scaler", spec=spec, status={"conditions": conditions or []}
    )


def budget(expected: int, wanted: int, healthy: int) -> Json:
    status = {"observedGeneration": 1, "expectedPods": expected, "desiredHealthy": wanted, "currentHealthy": healthy}
    spec = {"minAvailable": wanted, "selector": {"matchLabels": SELECTOR}}
    return obj("policy/v1", "PodDisruptionBudget", "budget", spec=spec, status={**status, "disruptionsAllowed": 0})


def policy(name: str = "closed", labels: Json | None = None, **spec: Any) -> Json:
    body = {"podSelector": {"matchLabels": labels} if labels else {}, "policyTypes": ["Ingress"], **spec}
    return obj("networking.k8s.io/v1", "NetworkPolicy", name, spec=body)


def job(conditions: list[Json] | None = None, status: Json | None = None, **spec: Any) -> Json:
    body = {"backoffLimit": 2, "template": template(), "selector": {"matchLabels": {"job-name": "web"}}, **spec}
    return obj("batch/v1", "Job", "web", spec=body, status={**(status or {}), "conditions": conditions or []})


def failed_pod(code: int = 3, name: str = "web-abc") -> Json:
    state = {"name": "web", "image": "shop:1", "ready": False, "restartCount": 0, "state": {"terminated": ended(code)}}
    return pod(state, name=name, phase="Failed")


def cron(status: Json | None = None, **spec: Any) -> Json:
    body = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template()}}, **spec}
    return obj("batch/v1", "CronJob", "web", spec=body, status=status or {})


# --- what many scenes have in common -----------------------------------------------------------------

# (cause, scene, words of the message, fix)
Case = tuple[str, Scene, str, str]
WEB = node("web", ports=[{"port": 8080, "name": "http"}])
FRONT = node("front", "service")
KILLED = "0/3 nodes are available: "
STUCK = pod(waiting("ContainerCreating"), phase="Pending")
LEAVING = claim()
LEAVING["metadata"] |= {"deletionTimestamp": NEW, "finalizers": ["kubernetes.io/pvc-protection"]}
