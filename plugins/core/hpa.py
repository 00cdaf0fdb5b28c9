"""HorizontalPodAutoscaler: the number of replicas follows the load."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import Placed, manifest, present
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import AnyNode, NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

API_VERSIONS = ("autoscaling/v2", "autoscaling/v2beta2", "autoscaling/v1")
_SCALABLE = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_DEFAULT_CPU = 80


class ScaleTarget(Data):
    """What to scale when it is not drawn."""

    kind: Annotated[str, about("Kind", required=True)] = ""
    name: Annotated[str, about("Name", required=True, format="dns-subdomain")] = ""
    api_version: Annotated[str | None, about("API version")] = None


class HpaData(Placed):
    min_replicas: Annotated[int | None, about("At least", minimum=0)] = None
    max_replicas: Annotated[int | None, about("At most", required=True, minimum=1)] = None
    cpu_percent: Annotated[int | None, about("CPU", "Average use of the requested CPU, in percent.", minimum=1)] = None
    memory_percent: Annotated[
        int | None, about("Memory", "Average use of the requested memory, in percent.", minimum=1)
    ] = None
    metrics: Annotated[
        list[Json] | None,
        about(
            "Metrics",
            "More, in Kubernetes' own words.",
            widget="json",
            group=Group.ADVANCED,
            shape="MetricSpec",
        ),
    ] = None
    behavior: Annotated[
        Json | None,
        about(
            "Behaviour",
            "How fast, in Kubernetes' own words.",
            widget="json",
            group=Group.ADVANCED,
            shape="HorizontalPodAutoscalerBehavior",
        ),
    ] = None
    target: Annotated[
        ScaleTarget | None, about("Target", "Instead of an edge to a workload.", group=Group.ADVANCED)
    ] = None


def compile_hpa(node: TypedNode[HpaData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    api_version = context.api_version("HorizontalPodAutoscaler", API_VERSIONS)
    spec: Json = {"scaleTargetRef": _target(node, context.wiring)}
    spec |= present(minReplicas=data.min_replicas, maxReplicas=data.max_replicas)
    if api_version == "autoscaling/v1":
        spec |= _version_one(node, context)
    else:
        spec["metrics"] = _metrics(data)
        spec |= present(behavior=data.behavior)
    yield manifest(api_version, "HorizontalPodAutoscaler", node.name, spec=spec)


def _target(node: TypedNode[HpaData], wiring: Wiring) -> Json:
    workloads = wiring.targets(node, edges.SCALES)
    if workloads:
        workload = workloads[0]
        return {
            "apiVersion": workload.type.api_versions[0],
            "kind": workload.type.kind,
            "name": workload.name,
        }
    target = node.data.target or ScaleTarget()
    return {"apiVersion": target.api_version or "apps/v1", "kind": target.kind, "name": target.name}


def _metrics(data: HpaData) -> list[Json]:
    percents = (("cpu", data.cpu_percent), ("memory", data.memory_percent))
    metrics = [_resource_metric(name, percent) for name, percent in percents if percent is not None]
    metrics += data.metrics or ()
    return metrics or [_resource_metric("cpu", _DEFAULT_CPU)]


def _resource_metric(name: str, percent: int) -> Json:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def _version_one(node: TypedNode[HpaData], context: CompileContext) -> Json:
    """autoscaling/v1 knows CPU only; what it cannot say is refused rather than left out."""
    data = node.data
    for field in ("memory_percent", "metrics", "behavior"):
        if getattr(data, field):
            message = f"the cluster serves only autoscaling/v1, which cannot say {field}; clear it."
            context.report(node.problem("needs_newer_cluster", message, field=field))
    return {"targetCPUUtilizationPercentage": data.cpu_percent or _DEFAULT_CPU}


def check_hpa(node: TypedNode[HpaData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    targets = wiring.targets(node, edges.SCALES)
    if not targets and data.target is None:
        yield node.problem("missing_target", "it scales nothing; draw an edge to a deployment or stateful set.")
    if len(targets) > 1:
        yield node.problem("too_many_edges", "it can scale one workload only; keep one edge.")
    for workload in targets:
        yield from _check_target(node, workload)
    low, high = data.min_replicas, data.max_replicas
    if low is not None and high is not None and low > high:
        yield node.problem(
            "out_of_range",
            f"min_replicas {low} is more than max_replicas {high}; lower it.",
            field="min_replicas",
        )


def _check_target(node: TypedNode[HpaData], workload: AnyNode) -> Iterator[Problem]:
    if workload.type.kind not in _SCALABLE:
        yield node.problem("not_scalable", f"{workload.label} cannot be scaled; point to a deployment or stateful set.")
        return
    resources = workload.data.resources
    requests = (resources.requests if resources else None) or (resources.limits if resources else None) or {}
    for name, percent in (("cpu", node.data.cpu_percent), ("memory", node.data.memory_percent)):
        if percent is not None and name not in requests:
            yield node.warning(
                "missing_request",
                f"{workload.label} requests no {name}, so its use in percent is unknown; "
                f"set resources.requests.{name}.",
                field=f"{name}_percent",
            )


NODE_TYPE = NodeType(
    name="hpa",
    display_name="Autoscaler",
    description="Adds and removes replicas as the load changes.",
    icon="trending-up",
    category="scaling",
    data=HpaData,
    compile=compile_hpa,
    check=check_hpa,
    kind="HorizontalPodAutoscaler",
    api_versions=API_VERSIONS,
    defaults={"name": "autoscaler", "min_replicas": 1, "max_replicas": 5, "cpu_percent": 80},
    connections=(edges.AUTOSCALES,),
)
