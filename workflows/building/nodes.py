"""Build nodes of a graph: what each asks for, and the graph with what came of it. Knows no database."""

from typing import Any

from builds.types import GivenBuild, GivenSource
from plugins.sdk.graph import Graph
from workflows import stored
from workflows.graph.parse import parse_graph

Json = dict[str, Any]
BUILD = "build"
WORKLOADS = frozenset({"deployment", "statefulset", "daemonset", "job", "cronjob"})


def build_nodes(text: str) -> list[str]:
    """The ids of the build nodes whose image somebody uses."""
    lists = stored.lists(text)
    builds = [node["id"] for node in lists["nodes"] if node.get("type") == BUILD]
    used = {edge["source"] for edge in lists["edges"]}
    return [node_id for node_id in builds if node_id in used]


def find_node(text: str, node_id: str) -> Json | None:
    """As it is stored."""
    return next((node for node in stored.lists(text)["nodes"] if node["id"] == node_id), None)


def given_of(node: Json, registry_id: str) -> GivenBuild:
    """What a build node asks for; whether it can be built is for builds to say."""
    data = node.get("data") or {}
    source = data.get("source") or {}
    return GivenBuild(
        source=GivenSource(
            git_url=source.get("git_url") or "",
            ref=source.get("ref") or "",
            subdirectory=source.get("subdirectory") or "",
            submodules=bool(source.get("submodules")),
        ),
        image=data.get("image") or "",
        tag=data.get("tag") or "",
        dockerfile=source.get("dockerfile") or "",
        registry_id=registry_id,
        target=source.get("target") or "",
        build_args=source.get("build_args") or {},
    )


def with_image(text: str, node_id: str, image: str) -> str | None:
    """The graph with the image of a build, or of a workload, set by digest; None when nothing changes by that."""
    lists = stored.lists(text)
    node = next((each for each in lists["nodes"] if each["id"] == node_id), None)
    field = "built" if node and node.get("type") == BUILD else "image" if node and node["type"] in WORKLOADS else ""
    if node is None or not field:
        return None
    data = node.setdefault("data", {})
    if data.get(field) == image:
        return None
    data[field] = image
    graph, problems = parse_graph(**lists)
    return None if problems else _encoded(graph)


def _encoded(graph: Graph) -> str:
    return stored.encode(graph)
