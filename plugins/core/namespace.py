"""Namespace: a room of its own for objects that name it."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core.base import NAME_HELP, AnnotationsField, LabelsField, OverridesField, manifest
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode


class NamespaceData(Data):
    name: Annotated[str, about("Name", NAME_HELP, required=True, format="dns-label", group=Group.BASIC)] = ""
    labels: LabelsField = None
    annotations: AnnotationsField = None
    overrides: OverridesField = None


def compile_namespace(node: TypedNode[NamespaceData], context: CompileContext) -> Iterable[Json]:
    yield manifest("v1", "Namespace", node.name)


NODE_TYPE = NodeType(
    name="namespace",
    display_name="Namespace",
    description="A room of its own in the cluster; nodes move in by naming it.",
    icon="folder",
    category="cluster",
    data=NamespaceData,
    compile=compile_namespace,
    kind="Namespace",
    api_versions=("v1",),
    defaults={"name": "space"},
)
