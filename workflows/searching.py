"""What of workflows can be searched for: workflows, the nodes in them, and templates."""

from collections.abc import Iterator

from django.db.models import TextField
from django.db.models.functions import Cast

from core.principal import Principal
from core.search import Hit, best_of, matching, register, score_of, words_of
from workflows import stored
from workflows.models import Workflow
from workflows.selectors import list_workflows, visible_workflows
from workflows.templates.selectors import offers
from workflows.types import Need

# So many workflows are looked into for a node: those that were changed last.
_LOOKED_INTO = 200


def find_workflows(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    rows = list_workflows(with_graph=False, actor=actor).annotate(tag_text=Cast("tags", TextField()))
    rows = rows.filter(matching(text, ("name", "description", "tag_text")))
    best, total = best_of(rows, text, "name", limit)
    hits = [Hit("workflow", row.pk, row.name, row.description[:200], f"/workflows/{row.pk}", row.score) for row in best]
    return hits, total


def find_nodes(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    rows = visible_workflows(actor, Need.VIEW).filter(matching(text, ("graph",))).order_by("-updated_at", "pk")
    found = [hit for row in rows[:_LOOKED_INTO] for hit in _nodes_of(row, text)]
    found.sort(key=lambda hit: -hit.score)
    return found[:limit], len(found)


def _nodes_of(workflow: Workflow, text: str) -> Iterator[Hit]:
    """Those whose name, type or image has every word. Never a secret's values: they are not in the graph."""
    words = [word.casefold() for word in words_of(text)]
    for node in stored.lists(workflow.graph)["nodes"]:
        data = node["data"]
        name = str(data.get("name") or node["id"])
        image = data.get("image")
        hay = f"{name} {node['type']} {image if isinstance(image, str) else ''}".casefold()
        if all(word in hay for word in words):
            url = f"/workflows/{workflow.pk}?node={node['id']}"
            subtitle = f"{node['type']} in {workflow.name}"
            yield Hit("node", f"{workflow.pk}/{node['id']}", name, subtitle, url, score_of(text, name))


def find_templates(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    words = [word.casefold() for word in words_of(text)]
    found = [
        Hit("template", stack.id, stack.title, stack.description, f"/templates/{stack.id}", score_of(text, stack.title))
        for stack in (offer.stack for offer in offers(actor=actor))
        if all(word in f"{stack.title} {stack.description} {stack.category}".casefold() for word in words)
    ]
    found.sort(key=lambda hit: -hit.score)
    return found[:limit], len(found)


def register_sources() -> None:
    register("workflow", find_workflows)
    register("node", find_nodes)
    register("template", find_templates)
