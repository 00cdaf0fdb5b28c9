"""LimitRange: what a container of a namespace gets when it says nothing, and how much it may ask for."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core.base import Placed, manifest
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json, about
from plugins.sdk.nodetype import NodeType, TypedNode


class LimitRangeData(Placed):
    limits: Annotated[
        list[Json],
        about(
            "Limits",
            "Items in Kubernetes' own words: type, default, defaultRequest, max ...",
            required=True,
            widget="json",
            shape="LimitRangeItem",
        ),
    ] = []


def compile_limits(node: TypedNode[LimitRangeData], context: CompileContext) -> Iterable[Json]:
    yield manifest("v1", "LimitRange", node.name, spec={"limits": node.data.limits})


NODE_TYPE = NodeType(
    name="limitrange",
    display_name="Limit range",
    description="Defaults and bounds for every container of a namespace.",
    icon="ruler",
    category="cluster",
    data=LimitRangeData,
    compile=compile_limits,
    kind="LimitRange",
    api_versions=("v1",),
    defaults={
        "name": "limits",
        "limits": [
            {
                "type": "Container",
                "default": {"cpu": "500m", "memory": "512Mi"},
                "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
            }
        ],
    },
)
