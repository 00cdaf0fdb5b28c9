"""Deployment: pods that are interchangeable and replaced one by one."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import manifest, present
from plugins.core.pods.checks import check_workload
from plugins.core.pods.fields import HistoryLimit, MinReady, Replicas, WorkloadFields
from plugins.core.pods.template import pod_template
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

RECREATE = {"type": "Recreate"}


class DeploymentData(WorkloadFields):
    replicas: Replicas = None
    strategy: Annotated[
        Json | None,
        about(
            "Strategy",
            "How old pods give way to new ones; Recreate when it holds a volume for one node only.",
            widget="json",
            group=Group.ROLLOUT,
            shape="DeploymentStrategy",
        ),
    ] = None
    min_ready_seconds: MinReady = None
    revision_history_limit: HistoryLimit = None
    progress_deadline_seconds: Annotated[
        int | None,
        about("Progress deadline", "Seconds after which a rollout has failed.", minimum=1, group=Group.ROLLOUT),
    ] = None
    paused: Annotated[bool | None, about("Paused", group=Group.ROLLOUT)] = None


def compile_deployment(node: TypedNode[DeploymentData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    template = pod_template(node, context)
    strategy = data.strategy
    if strategy is None and template.wiring.has_exclusive_claim:
        strategy = dict(RECREATE)
    scaled = bool(context.incoming(node, edges.SCALES))
    spec = present(replicas=None if scaled else data.replicas)
    spec["selector"] = {"matchLabels": context.selector(node)}
    spec |= present(
        strategy=strategy,
        minReadySeconds=data.min_ready_seconds,
        revisionHistoryLimit=data.revision_history_limit,
        progressDeadlineSeconds=data.progress_deadline_seconds,
        paused=data.paused,
    )
    spec["template"] = template.body
    yield manifest("apps/v1", "Deployment", node.name, spec=spec)


def check_deployment(node: TypedNode[DeploymentData], wiring: Wiring) -> Iterator[Problem]:
    yield from check_workload(node, wiring)
    strategy = node.data.strategy or {}
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate"):
        yield node.problem(
            "bad_value",
            "Recreate takes no rollingUpdate; remove it from the strategy",
            field="strategy.rollingUpdate",
        )


NODE_TYPE = NodeType(
    name="deployment",
    display_name="Deployment",
    description="A program that runs all the time, in as many equal copies as you like.",
    icon="box",
    category="workloads",
    data=DeploymentData,
    compile=compile_deployment,
    check=check_deployment,
    kind="Deployment",
    api_versions=("apps/v1",),
    defaults={"name": "app", "image": "", "replicas": 1},
    connections=(edges.STARTS_AFTER,),
    roles=frozenset({edges.WORKLOAD}),
)
