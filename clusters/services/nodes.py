"""Reading nodes as the API server sends them: what they are, and how much fits on them."""

from typing import Any

from clusters.kube.gateway import Gateway, Json
from clusters.metadata import NodeFacts
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.formats import parse_quantity

NODE = ServedKind(group="", version="v1", kind="Node", resource="nodes", namespaced=False)
_ROLE = "node-role.kubernetes.io/"
_TEXT = 253


async def list_nodes(gateway: Gateway) -> list[NodeFacts]:
    page = await gateway.list(NODE)
    return sorted((facts_of(node) for node in page.items), key=lambda node: node.name)


def facts_of(node: Json) -> NodeFacts:
    metadata, spec, status = (part(node, name) for name in ("metadata", "spec", "status"))
    info, capacity = part(status, "nodeInfo"), part(status, "capacity")
    labels = part(metadata, "labels")
    return NodeFacts(
        name=text(metadata.get("name")),
        is_ready=any(
            condition.get("type") == "Ready" and condition.get("status") == "True"
            for condition in mappings(status.get("conditions"))
        ),
        is_schedulable=not spec.get("unschedulable"),
        roles=tuple(sorted(label.removeprefix(_ROLE) for label in labels if label.startswith(_ROLE))),
        version=text(info.get("kubeletVersion")),
        os=text(info.get("osImage")),
        architecture=text(info.get("architecture")),
        runtime=text(info.get("containerRuntimeVersion")),
        cpu=quantity(capacity.get("cpu")),
        memory=quantity(capacity.get("memory")),
        storage=quantity(capacity.get("ephemeral-storage")),
        pods=quantity(capacity.get("pods")),
    )


def quantity(value: Any) -> float | None:
    return parse_quantity(value) if isinstance(value, str | int | float) else None


def part(document: Json, name: str) -> Json:
    """A mapping within a mapping, empty where it is something else: what clusters send is not ours to trust."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    return tuple(text(each) for each in value if isinstance(each, str)) if isinstance(value, list) else ()
