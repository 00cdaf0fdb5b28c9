"""From a journal to what the canvas shows of each node. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

import msgspec

from plugins.sdk.objects import ObjectKey
from workflows.deploy.inventory import Entry
from workflows.deploy.journal import Item, ItemState, Outcome, Phase, State
from workflows.deploy.sight import NodeView, object_json, view_of
from workflows.deploy.steps import Step, StepKind, holding


class Weight(StrEnum):
    """How much a view counts against what is shown already.

    The watcher looks at the cluster too, and closer. So what the run merely saw yields to it, and what the run
    has not come to yet changes nothing that is shown.
    """

    DECIDED = "decided"
    SEEN = "seen"
    ASSUMED = "assumed"


class Shown(msgspec.Struct, frozen=True):
    view: NodeView
    weight: Weight


def shown_nodes(state: State, upcoming: Iterable[Step] = ()) -> dict[str, Shown]:
    """A view per node that the run is about; `upcoming` are the steps that are about to be carried out."""
    starting = {step.index for step in upcoming if step.kind is StepKind.APPLY}
    by_node: defaultdict[str, list[Item]] = defaultdict(list)
    for item in state.items:
        if item.node_id is not None and state.options.concerns(item.key):
            by_node[item.node_id].append(item)
    shown = {node_id: _shown(state, items, starting) for node_id, items in by_node.items()}
    return {**_referenced(state), **shown}


def _referenced(state: State) -> dict[str, Shown]:
    """Nodes of what must be there already: all that a run does with it is to look."""
    if state.phase is Phase.PLANNING:
        found = {node_id: NodeView("failed", "missing", why) for node_id, why in state.missing.items()}
    else:
        found = {} if state.options.only else dict.fromkeys(state.references, THERE)
    return {node_id: Shown(view, Weight.DECIDED) for node_id, view in found.items()}


def _shown(state: State, items: list[Item], starting: set[int]) -> Shown:
    failed = next((item for item in items if item.state is ItemState.FAILED), None)
    if failed is not None:
        message = failed.sight.message if failed.sight else failed.reason
        return Shown(_view("failed", "degraded", message, items), Weight.DECIDED)
    todo = [item for item in items if item.state is ItemState.TODO]
    if not todo:
        return _done(items)
    if state.outcome is not None:
        return _left_over(items)
    if any(item.position in starting for item in todo):
        return Shown(_view("applying", "progressing", "", items), Weight.DECIDED)
    if all(item.action is None for item in items):
        return Shown(_view("pending", "unknown", "", items), Weight.ASSUMED)
    return Shown(_view("pending", "unknown", _waiting_for(state, todo), items), Weight.DECIDED)


def _done(items: list[Item]) -> Shown:
    watched = [item for item in items if item.is_watched]
    if not watched:
        reason = next((item.reason for item in items if item.reason), "")
        return Shown(_view("healthy", "healthy", reason, items), Weight.SEEN)
    sights = [(item.key, item.sight) for item in watched if item.sight is not None]
    if len(sights) < len(watched):
        # Unchanged and not looked at yet: whatever is shown of it is still true.
        return Shown(_view("waiting", "unknown", "", items), Weight.ASSUMED)
    return Shown(view_of(sights), Weight.SEEN)


def _left_over(items: list[Item]) -> Shown:
    """The run ended before it came to this node."""
    if any(item.uid or item.state is ItemState.DONE for item in items):
        return Shown(_view("waiting", "unknown", "The run ended before this was applied.", items), Weight.DECIDED)
    return Shown(NodeView("idle", "missing", "The run ended before this was applied."), Weight.DECIDED)


def _waiting_for(state: State, todo: Iterable[Item]) -> str:
    names = sorted({wait.for_node_id for item in todo for wait in holding(state, item)})
    awaited = [next((f"{i.kind} {i.name}" for i in state.items if i.node_id == name), name) for name in names]
    return f"Waits for {', '.join(awaited)}." if awaited else ""


def _view(state: str, health: str, message: str, items: Iterable[Item]) -> NodeView:
    return NodeView(state, health, message, tuple(object_json(item.key, item.sight) for item in items))


THERE = NodeView("healthy", "healthy", "It was there already.")
REMOVED = NodeView("deleted", "missing", "It was removed.")
REMOVING = NodeView("applying", "progressing", "It is being removed.")


def forgotten_nodes(state: State, shown: Iterable[str], left: Iterable[Entry]) -> Callable[[str], bool]:
    """Once all is done, what neither the release nor the inventory knows has nothing to show any more: a node
    that was refused, say, and has left the graph since."""
    known = {*shown, *(entry.node_id for entry in left)}
    return lambda node_id: state.outcome is Outcome.SUCCEEDED and node_id not in known


def removed_nodes(state: State, before: Mapping[ObjectKey, Entry]) -> tuple[set[str], set[str]]:
    """(nodes of which something is still to be deleted, nodes of which nothing is left)."""
    going, gone = set(), set()
    keeping = {item.node_id for item in state.items}
    for each in state.stale:
        entry = before.get(each.stale.key)
        node_id = each.stale.node_id or (entry.node_id if entry else None)
        if node_id is None or node_id in keeping:
            continue
        if each.stale.is_kept or each.error:
            keeping.add(node_id)
        elif each.is_done:
            gone.add(node_id)
        else:
            going.add(node_id)
    return going - keeping, gone - going - keeping
