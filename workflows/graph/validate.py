"""What is wrong with a graph, in sentences: what cannot be kept, what cannot run, what looks odd."""

from plugins.registry import NodeTypes
from plugins.sdk.checks import check_struct
from plugins.sdk.graph import Graph
from plugins.sdk.nodetype import AnyNode, Link
from plugins.sdk.problems import Problem, Severity
from workflows.graph.relations import check_relations
from workflows.graph.resolve import Resolved, resolve_graph

MAX_NODES = 1000
MAX_EDGES = 5000
_OF_REFERENCES = ("name", "namespace")


def validate_graph(graph: Graph, types: NodeTypes) -> list[Problem]:
    """All problems: fatal ones first, then errors, then warnings, each group in the order of node ids."""
    problems = _check_size(graph)
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


def is_runnable(problems: list[Problem]) -> bool:
    """Whether nothing but warnings is left."""
    return all(problem.severity is not Severity.ERROR for problem in problems)


def _weight(problem: Problem) -> int:
    if problem.is_fatal:
        return 0
    return 1 if problem.severity is Severity.ERROR else 2


def _check_size(graph: Graph) -> list[Problem]:
    found = []
    for what, count, limit in (("node", len(graph.nodes), MAX_NODES), ("edge", len(graph.edges), MAX_EDGES)):
        if count > limit:
            message = f"The graph has {count} {what}s, and at most {limit} are allowed; split it up."
            found.append(Problem(message=message, code=f"too_many_{what}s", field=f"{what}s", is_fatal=True))
    return found


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
            problems.append(node.problem(code, f"{path} {message}.", field=path))

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
