"""From a graph to its typed nodes and the meaning of its edges: what validation and compilation share."""

from typing import Any

from plugins.registry import NodeTypes
from plugins.sdk.decode import Fault, decode
from plugins.sdk.graph import Edge, Graph, Node
from plugins.sdk.nodetype import AnyNode, Connection, Link, TypedNode, Wiring
from plugins.sdk.problems import Problem


class Resolved:
    """A graph that has been read as far as it can be; `problems` are the fatal ones met on the way.

    `faulty` holds the ids of nodes whose data lost something in reading.
    """

    __slots__ = ("faulty", "problems", "wiring")

    def __init__(self, wiring: Wiring, problems: list[Problem], faulty: set[str]) -> None:
        self.wiring = wiring
        self.problems = problems
        self.faulty = faulty


def resolve_graph(graph: Graph, types: NodeTypes, *, namespace: str = "") -> Resolved:
    """Nodes and links in the order of their ids. `namespace` is where nodes live that name none."""
    problems: list[Problem] = []
    faulty: set[str] = set()
    nodes: dict[str, AnyNode] = {}
    seen: set[str] = set()
    for node in sorted(graph.nodes, key=lambda item: item.id):
        if node.id in seen:
            problems.append(_duplicate_node(node))
            continue
        seen.add(node.id)
        typed = _typed_node(node, types, namespace, problems, faulty)
        if typed is not None:
            nodes[node.id] = typed
    links = _resolve_edges(graph.edges, types, nodes, seen, problems)
    return Resolved(Wiring(nodes, links), problems, faulty)


def _duplicate_node(node: Node) -> Problem:
    message = f'Two nodes have the id "{node.id}"; give one of them another.'
    return Problem(message=message, code="duplicate_id", node_id=node.id, is_fatal=True)


def _typed_node(
    node: Node, types: NodeTypes, namespace: str, problems: list[Problem], faulty: set[str]
) -> AnyNode | None:
    node_type = types.find(node.type)
    if node_type is None:
        message = f'Node "{node.id}": there is no node type "{node.type}"; remove the node or enable its plugin.'
        problems.append(Problem(message=message, code="unknown_type", node_id=node.id, field="type", is_fatal=True))
        return None
    data, faults = decode(node.data, node_type.data)
    typed: AnyNode = TypedNode(node.id, node_type, data, namespace)
    if faults:
        faulty.add(node.id)
        problems.extend(_fault_problem(typed, fault) for fault in faults)
    return typed


def _fault_problem(node: AnyNode, fault: Fault) -> Problem:
    return node.problem(fault.code, fault.sentence, field=fault.path, is_fatal=True)


def _resolve_edges(
    edges: list[Edge], types: NodeTypes, nodes: dict[str, AnyNode], known: set[str], problems: list[Problem]
) -> list[Link]:
    links: list[Link] = []
    last = None
    for edge in sorted(edges, key=lambda item: item.id):
        if edge.id == last:
            message = f'Two edges have the id "{edge.id}"; give one of them another.'
            problems.append(Problem(message=message, code="duplicate_id", edge_id=edge.id, is_fatal=True))
            continue
        last = edge.id
        source, target = nodes.get(edge.source), nodes.get(edge.target)
        if source is None or target is None:
            problems.extend(_dangling(edge, known))
            continue
        connection = types.connection(source.type.name, target.type.name)
        if connection is None:
            problems.append(_forbidden(edge, source, target))
            continue
        data = _edge_data(edge, connection, problems)
        links.append(Link(edge.id, connection, data, source, target, connection.meaning))
    return links


def _dangling(edge: Edge, known: set[str]) -> list[Problem]:
    """Only an end that is not there at all: one of an unknown type has been reported already."""
    return [
        Problem(
            message=f'Edge "{edge.id}": its {field} "{end}" is not a node of this graph; remove the edge.',
            code="dangling_edge",
            edge_id=edge.id,
            field=field,
            is_fatal=True,
        )
        for field, end in (("source", edge.source), ("target", edge.target))
        if end not in known
    ]


def _forbidden(edge: Edge, source: AnyNode, target: AnyNode) -> Problem:
    message = (
        f"An edge from {source.label} to {target.label} means nothing: "
        f"a {source.type.name} cannot point to a {target.type.name}; remove it."
    )
    return Problem(message=message, code="forbidden_edge", node_id=source.id, edge_id=edge.id, is_fatal=True)


def _edge_data(edge: Edge, connection: Connection, problems: list[Problem]) -> Any:
    data, faults = decode(edge.data, connection.data)
    problems.extend(
        Problem(
            message=f'Edge "{edge.id}" ({connection.title}): {fault.sentence}',
            code=fault.code,
            edge_id=edge.id,
            field=fault.path,
            is_fatal=True,
        )
        for fault in faults
    )
    return data
