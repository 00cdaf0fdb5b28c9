"""Three graphs into one: what an import made last time, what a person made of it, and what it makes now. Pure.

What nobody touched follows the input; what a person changed stays as they have it, field by field; and everything
that is not carried over is said.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any

import msgspec

from plugins.sdk.yaml import YamlError, load_all

Json = dict[str, Any]
_GONE = object()


class Note(msgspec.Struct, frozen=True):
    """One thing that the merge decided: `added`, `updated`, `removed`, or `kept` because a person changed it."""

    node_id: str
    name: str
    what: str
    message: str


class Merged(msgspec.Struct, frozen=True):
    """`nodes` and `edges` are those of the whole workflow; `ids` says what each id of the import is called there."""

    nodes: list[Json]
    edges: list[Json]
    ids: dict[str, str]
    notes: tuple[Note, ...]


def merge_graphs(
    *, base: Json, current: Json, new: Json, ids: Mapping[str, str], own: Set[str] = frozenset()
) -> Merged:
    """`base` is what the import made last time, in the ids of the workflow (empty the first time); `new` is in its
    own ids; `ids` are the names given last time. What `own` names was exported by a workflow: where this one has it,
    it is not made a second time."""
    notes: list[Note] = []
    if not ids and own:
        base, ids = _known(current, new, own, notes)
    names = _names(new, current, base, ids)
    fresh_nodes = [{**node, "id": names[node["id"]]} for node in new["nodes"]]
    fresh_edges = [
        {**edge, "id": names[edge["id"]], "source": names[edge["source"]], "target": names[edge["target"]]}
        for edge in new["edges"]
    ]
    nodes = _merged(base["nodes"], current["nodes"], fresh_nodes, notes)
    there = {node["id"] for node in nodes}
    edges = [
        edge
        for edge in _merged(base["edges"], current["edges"], fresh_edges, [])
        if edge["source"] in there and edge["target"] in there
    ]
    return Merged(nodes, edges, dict(names), tuple(notes))


def _known(current: Json, new: Json, own: Set[str], notes: list[Note]) -> tuple[Json, dict[str, str]]:
    """What came from this very workflow, as if an import had made it just like this: it stays as it is there."""
    there = {_identity(node): node for node in current["nodes"]}
    nodes = [node for node in new["nodes"] if node["id"] in own and _identity(node) in there]
    for node in nodes:
        differing = _differing(there[_identity(node)].get("data") or {}, node.get("data") or {})
        if differing:
            said = f"It came from this workflow and stays as it is there; the input differs in {', '.join(differing)}."
            notes.append(_note(node, "kept", said))
    ids = {node["id"]: node["id"] for node in nodes}
    wired = {(edge["source"], edge["target"]): edge["id"] for edge in current["edges"]}
    edges = [edge for edge in new["edges"] if {edge["source"], edge["target"]} <= ids.keys()]
    names = {edge["id"]: wired.get((edge["source"], edge["target"]), edge["id"]) for edge in edges}
    return {"nodes": nodes, "edges": [{**edge, "id": names[edge["id"]]} for edge in edges]}, ids | names


def _differing(mine: Json, fresh: Json) -> list[str]:
    """Of what both say: an export says more than a node does, and less where it hides something."""
    names = (mine.keys() & fresh.keys()) - {"name"}
    return sorted(name for name in names if not _says(_objects(name, fresh[name]), _objects(name, mine[name])))


def _says(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says, and perhaps more: an export writes defaults out."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _says(whole[name], inner) for name, inner in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_says, whole, part))
    return bool(part == whole)


def _objects(name: str, value: Any) -> Any:
    """What a manifest says, however it is written."""
    if name != "yaml" or not isinstance(value, str):
        return value
    try:
        return [document for document in load_all(value) if document]
    except YamlError:
        return value


def _identity(node: Json) -> tuple[Any, ...]:
    """A manifest has a name of its own, that its objects do not say."""
    data = node.get("data") or {}
    return (node["id"], node["type"], None if node["type"] == "manifest" else data.get("name"))


def _names(new: Json, current: Json, base: Json, ids: Mapping[str, str]) -> dict[str, str]:
    """What was named before keeps its name; what is new gets one that nobody has."""
    taken = {item["id"] for graph in (current, base) for kind in ("nodes", "edges") for item in graph[kind]}
    names: dict[str, str] = {}
    for item in (*new["nodes"], *new["edges"]):
        old = ids.get(item["id"])
        if old is not None:
            names[item["id"]] = old
            continue
        name, number = item["id"], 2
        while name in taken:
            name, number = f"{item['id']}-{number}", number + 1
        taken.add(name)
        names[item["id"]] = name
    return names


def _merged(base: list[Json], current: list[Json], new: list[Json], notes: list[Note]) -> list[Json]:
    before, fresh = _by_id(base), _by_id(new)
    result: list[Json] = []
    for item in current:
        key = item["id"]
        if key not in before:
            result.append(item)  # A person's own, or another import's.
        elif key not in fresh:
            if _same(item, before[key]):
                notes.append(_note(item, "removed", "It is no longer in the input."))
            else:
                notes.append(
                    _note(item, "kept", "It is no longer in the input, but you changed it; remove it yourself.")
                )
                result.append(item)
        else:
            result.append(_one(before[key], item, fresh[key], notes))
    there = {item["id"] for item in current}
    for item in new:
        key = item["id"]
        if key in there:
            continue
        if key in before:
            notes.append(_note(item, "kept", "You removed it, so it stays away."))
        else:
            notes.append(_note(item, "added", "It is new."))
            result.append(item)
    return result


def _one(before: Json, item: Json, fresh: Json, notes: list[Note]) -> Json:
    kept: list[str] = []
    data = _fields(before.get("data") or {}, item.get("data") or {}, fresh.get("data") or {}, "", kept)
    merged = {**item, "type": fresh["type"]} if "type" in fresh else dict(item)
    if data or "data" in item:
        merged["data"] = data
    if kept:
        notes.append(_note(item, "kept", f"You changed {', '.join(sorted(kept))}; the input says otherwise now."))
    if merged != item:
        notes.append(_note(item, "updated", "It follows the input."))
    return merged


def _fields(before: Json, mine: Json, fresh: Json, path: str, kept: list[str]) -> Json:
    """Field by field; in a field that holds fields, one level deeper."""
    result: Json = {}
    for name in dict.fromkeys((*mine, *fresh)):
        old, own, now = (each.get(name, _GONE) for each in (before, mine, fresh))
        where = f"{path}.{name}" if path else name
        if isinstance(own, dict) and isinstance(now, dict) and isinstance(old, dict):
            value: Any = _fields(old, own, now, where, kept)
        elif own in (old, now):
            value = now
        else:
            value = own
            if now != old:
                kept.append(where)
        if value is not _GONE:
            result[name] = value
    return result


def _by_id(items: Iterable[Json]) -> dict[str, Json]:
    return {item["id"]: item for item in items}


def _same(item: Json, before: Json) -> bool:
    """But for where it lies, which is no change of what it is."""
    return (item.get("type"), item.get("data") or {}) == (before.get("type"), before.get("data") or {})


def _note(item: Json, what: str, message: str) -> Note:
    name = (item.get("data") or {}).get("name")
    return Note(item["id"], name if isinstance(name, str) and name else item["id"], what, message)
