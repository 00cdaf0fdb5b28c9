"""What is wrong with a graph, in sentences: what cannot be kept, what cannot run, what looks odd."""

from plugins.registry import NodeTypes
from plugins.sdk.checks import check_struct
from plugins.sdk.graph import Graph
from plugins.sdk.nodetype import AnyNode, Link
from plugins.sdk.problems import Problem, Severity
from plugins.sdk.shapes import UNKNOWN
from workflows.graph.relations import check_relations
from workflows.graph.resolve import Resolved, resolve_graph

MAX_NODES = 1000
MAX_BYTES = 2 * 1024 * 1024
_OF_REFERENCES = ("name", "namespace")


def validate_graph(graph: Graph, types: NodeTypes) -> list[Problem]:
    """All problems: fatal ones first, then errors, then warnings, each group in the order of node ids."""
    problems = _too_many(graph)
    if problems:
        return problems
    resolved = resolve_graph(graph, types)
    problems += resolved.problems
    for node in resolved.wiring.nodes.values():
        problems += check_node(node, resolved)
    for link in resolved.wiring.links:
        problems += _check_link(link)
    problems += check_relations(resolved.wiring)
    return sorted(problems, key=_weight)


def fatal_problems(graph: Graph, types: NodeTypes) -> list[Problem]:
    """What cannot even be kept in a draft: all that `validate_graph` calls fatal, in a fraction of its time."""
    return _too_many(graph) or resolve_graph(graph, types).problems


def is_runnable(problems: list[Problem]) -> bool:
    """Whether nothing but warnings is left."""
    return all(problem.severity is not Severity.ERROR for problem in problems)


def _weight(problem: Problem) -> int:
    if problem.is_fatal:
        return 0
    return 1 if problem.severity is Severity.ERROR else 2


def _too_many(graph: Graph) -> list[Problem]:
    count = len(graph.nodes)
    if count <= MAX_NODES:
        return []
    message = f"The graph has {count:,} nodes, and at most {MAX_NODES:,} are allowed; split it up."
    return [Problem(message=message, code="too_many_nodes", field="nodes", is_fatal=True)]


def too_large(size: int) -> list[Problem]:
    """`size` is that of the graph as compact JSON, in bytes."""
    if size <= MAX_BYTES:
        return []
    message = (
        f"The graph takes {size / 1024 / 1024:.1f} MiB, and at most {MAX_BYTES // 1024 // 1024} MiB are allowed; "
        "split it up, or keep large files elsewhere."
    )
    return [Problem(message=message, code="graph_too_large", field="nodes", is_fatal=True)]


def check_node(node: AnyNode, resolved: Resolved) -> list[Problem]:
    """What the fields' descriptions and the type's own check say about one node."""
    faulty = (
        {problem.field for problem in resolved.problems if problem.node_id == node.id and problem.field}
        if node.id in resolved.faulty
        else set()
    )
    problems: list[Problem] = []

    def report(path: str, code: str, message: str) -> None:
        if path not in faulty and (not node.is_existing or path in _OF_REFERENCES):
            # The list of fields may be older than the cluster, which has the last word.
            severity = Severity.WARNING if code == UNKNOWN else Severity.ERROR
            problems.append(node.problem(code, f"{path} {message}.", field=path, severity=severity))

    check_struct(node.data, report)
    if node.is_existing:
        return problems
    for problem in node.type.check(node, resolved.wiring):
        if problem.field is None or problem.field not in faulty:
            problems.append(problem)
    return problems


def _check_link(link: Link) -> list[Problem]:
    problems: list[Problem] = []

    def report(path: str, code: str, message: str) -> None:
        if code == "missing_field" and path == "path":
            code = "missing_path"
        text = f"Edge from {link.source.label} to {link.target.label}: {path} {message}."
        problems.append(Problem(message=text, code=code, node_id=link.target.id, edge_id=link.id, field=path))

    check_struct(link.data, report)
    return problems
