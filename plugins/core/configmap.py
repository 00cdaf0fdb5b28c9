"""ConfigMap: settings that workloads read as variables or files."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from plugins.core import edges
from plugins.core.base import Referable, manifest
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

MAX_BYTES = 1024 * 1024


class ConfigMapData(Referable):
    data: Annotated[
        dict[str, str] | None,
        about("Data", "Keys and their texts.", keys="config-key", widget="key-value", group=Group.BASIC),
    ] = None
    binary_data: Annotated[
        dict[str, str] | None,
        about("Binary data", "Keys and their content in base64.", keys="config-key", group=Group.ADVANCED),
    ] = None
    immutable: Annotated[
        bool | None, about("Immutable", "May never change once it is there.", group=Group.ADVANCED)
    ] = None


def config_content(node: TypedNode[Any]) -> Json | None:
    """What a reader's digest is made of; None when someone else owns the content."""
    if node.is_existing:
        return None
    return {**(node.data.data or {}), **(node.data.binary_data or {})}


def compile_config_map(node: TypedNode[ConfigMapData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    yield manifest("v1", "ConfigMap", node.name, data=data.data, binaryData=data.binary_data, immutable=data.immutable)


def check_config_map(node: TypedNode[ConfigMapData], wiring: Wiring) -> Iterator[Problem]:
    texts, binaries = node.data.data or {}, node.data.binary_data or {}
    for key in sorted(texts.keys() & binaries.keys()):
        yield node.problem(
            "duplicate_key", f"{key} is in data and in binary_data; remove one", field=f"binary_data.{key}"
        )
    size = sum(len(value.encode(errors="replace")) for value in texts.values())
    size += sum(len(value) * 3 // 4 for value in binaries.values())
    if size > MAX_BYTES:
        yield node.problem("too_large", f"it holds {size} bytes, and a config map at most {MAX_BYTES}", field="data")


NODE_TYPE = NodeType(
    name="configmap",
    display_name="Config map",
    description="Settings that workloads read as environment variables or files.",
    icon="file-cog",
    category="configuration",
    data=ConfigMapData,
    compile=compile_config_map,
    check=check_config_map,
    kind="ConfigMap",
    api_versions=("v1",),
    defaults={"name": "config", "data": {}},
    connections=(edges.CONFIGURES,),
)
