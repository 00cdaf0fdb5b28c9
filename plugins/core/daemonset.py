"""DaemonSet: one pod on every node of the cluster."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core import edges
from plugins.core.base import manifest, present
from plugins.core.pods.checks import check_workload
from plugins.core.pods.fields import HistoryLimit, MinReady, WorkloadFields
from plugins.core.pods.template import pod_template
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode


class DaemonSetData(WorkloadFields):
    update_strategy: Annotated[
        Json | None,
        about(
            "Update strategy",
            widget="json",
            group=Group.ROLLOUT,
            shape="DaemonSetUpdateStrategy",
        ),
    ] = None
    min_ready_seconds: MinReady = None
    revision_history_limit: HistoryLimit = None


def compile_daemon_set(node: TypedNode[DaemonSetData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    template = pod_template(node, context)
    spec: Json = {"selector": {"matchLabels": context.selector(node)}}
    spec |= present(
        updateStrategy=data.update_strategy,
        minReadySeconds=data.min_ready_seconds,
        revisionHistoryLimit=data.revision_history_limit,
    )
    spec["template"] = template.body
    yield manifest("apps/v1", "DaemonSet", node.name, spec=spec)


NODE_TYPE = NodeType(
    name="daemonset",
    display_name="Daemon set",
    description="An agent that runs once on every node of the cluster.",
    icon="server",
    category="workloads",
    data=DaemonSetData,
    compile=compile_daemon_set,
    check=check_workload,
    kind="DaemonSet",
    api_versions=("apps/v1",),
    defaults={"name": "agent", "image": ""},
    roles=frozenset({edges.WORKLOAD}),
)
