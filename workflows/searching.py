"""What of workflows can be searched for: workflows, the nodes in them, and templates."""

from collections.abc import Iterator
from typing import Any

from core.principal import Principal
from core.search import (
    Candidate,
    Column,
    Hit,
    Index,
    Rank,
    best_of,
    find_in_memory,
    found_by,
    probably,
    register,
    register_index,
)
from plugins.sdk.stack import Stack
from workflows import stored
from workflows.models import Workflow
from workflows.selectors import list_workflows, visible_workflows
from workflows.templates.selectors import offers
from workflows.types import Need

WORKFLOWS = Index(
    "workflow",
    "workflows_workflow",
    title="name",
    columns=(Column("description"), Column("tags", is_list=True)),
)
NODES = Index("node", "workflows_workflow", columns=(Column("node_words"),))
# So many workflows are looked into for a node: of those that have it, the ones that were changed last.
_LOOKED_INTO = 200


def find_workflows(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    best, total = best_of(list_workflows(with_graph=False, actor=actor), WORKFLOWS, text, limit, close)
    hits = [
        Hit("workflow", row.pk, row.name, row.description[:200], f"/workflows/{row.pk}", rank.score, rank.match)
        for row, rank in best
    ]
    return hits, total


def find_nodes(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    rows = visible_workflows(actor, Need.VIEW)
    found = (probably if close else found_by)(rows, NODES, text)
    recent = rows.filter(pk__in=list(found)).order_by("-updated_at", "pk")[:_LOOKED_INTO] if found else ()
    return find_in_memory((each for row in recent for each in _nodes_of(row)), text, limit, close)


def _nodes_of(workflow: Workflow) -> Iterator[Candidate]:
    for node in stored.lists(workflow.graph)["nodes"]:
        name, type_, image = stored.words_of_node(node)
        yield Candidate(name, f"{type_} {image}", _node_hit(workflow, node, name))


def _node_hit(workflow: Workflow, node: dict[str, Any], name: str) -> Any:
    def hit(rank: Rank) -> Hit:
        url = f"/workflows/{workflow.pk}?node={node['id']}"
        subtitle = f"{node['type']} in {workflow.name}"
        return Hit("node", f"{workflow.pk}/{node['id']}", name, subtitle, url, rank.score, rank.match)

    return hit


def find_templates(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    stacks = (offer.stack for offer in offers(actor=actor))
    return find_in_memory((_of_stack(stack) for stack in stacks), text, limit, close)


def _of_stack(stack: Stack) -> Candidate:
    def hit(rank: Rank) -> Hit:
        url = f"/templates/{stack.id}"
        return Hit("template", stack.id, stack.title, stack.description, url, rank.score, rank.match)

    return Candidate(stack.title, f"{stack.description} {stack.category}", hit)


def register_sources() -> None:
    register_index(WORKFLOWS)
    register_index(NODES)
    register("workflow", find_workflows)
    register("node", find_nodes)
    register("template", find_templates)
