"""What workflows refuse, one class per reason."""

from collections.abc import Sequence
from typing import Any

from core.errors import InvalidInput, NotFound, PermissionDenied
from plugins.sdk.problems import Problem
from workflows.types import Need


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as every route writes it."""
    return {
        "node_id": problem.node_id,
        "edge_id": problem.edge_id,
        "field": problem.field,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
    }


class InvalidGraph(InvalidInput):
    """The sentence is that of the first problem, which names node and field; all are in `details`."""

    code = "invalid_graph"

    def __init__(self, problems: Sequence[Problem], *, code: str | None = None) -> None:
        rest = len(problems) - 1
        more = f" There {'is 1 more problem' if rest == 1 else f'are {rest} more problems'}." if rest else ""
        super().__init__(
            f"{problems[0].message}{more}",
            code=code,
            fields=_by_part(problems),
            details={"problems": [problem_json(problem) for problem in problems]},
        )
        self.problems = list(problems)


def _by_part(problems: Sequence[Problem]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for problem in problems:
        is_edge = problem.node_id is None and (problem.edge_id or (problem.field or "").startswith("edges"))
        fields.setdefault("edges" if is_edge else "nodes", []).append(problem.message)
    return fields


class WorkflowNotFound(NotFound):
    code = "workflow_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such workflow.")


class NotAllowed(PermissionDenied):
    """The workflow is shared with them, in a role that does not cover it."""

    code = "workflow_role"

    def __init__(self, role: str, need: Need) -> None:
        rest = "Only its owner may do that." if need is Need.OWN else "Ask its owner for the role of an editor."
        super().__init__(
            f"This workflow is shared with you as {role}. {rest}", details={"role": role, "needs": need.value}
        )


class ShareNotFound(NotFound):
    code = "share_not_found"

    def __init__(self) -> None:
        super().__init__("The workflow is not shared with anybody under this id.")


class VersionNotFound(NotFound):
    code = "version_not_found"

    def __init__(self, number: object) -> None:
        super().__init__(f"This workflow has no version {str(number)[:40]}.")


class NodeNotFound(NotFound):
    code = "node_not_found"

    def __init__(self, node_id: str) -> None:
        super().__init__(f'This workflow has no node "{node_id[:100]}".')
