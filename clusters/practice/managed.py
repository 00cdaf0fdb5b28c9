"""Who owns which field: managedFields, for updates and for server-side apply.

The rules are those of structured-merge-diff. Must not know storage, validation or HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError, internal
from .fieldset import (
    FieldSet,
    Path,
    child_type,
    children,
    compare,
    drop_path,
    from_json,
    is_granular,
    key_element,
    owned_by_config,
    show,
    to_json,
)
from .objects import Obj, clone, meta, time_text
from .schema import Type

MAX_UPDATE_ENTRIES = 10
_IGNORED_META = frozenset(
    {
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "managedFields",
        "selfLink",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    }
)


@dataclass(frozen=True)
class Manager:
    """The identity of one entry."""

    name: str
    operation: str
    api_version: str = ""
    subresource: str = ""

    def describe(self) -> str:
        text = f'"{self.name}"'
        if self.operation == "Apply":
            return text
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}"


@dataclass
class Entry:
    fields: FieldSet = field(default_factory=set)
    time: str = ""
    api_version: str = ""


Managers = dict[Manager, Entry]


def read(obj: Obj | None) -> Managers:
    out: Managers = {}
    for item in meta(obj or {}).get("managedFields") or []:
        operation, version = item.get("operation", "Update"), item.get("apiVersion", "")
        key_version = "" if operation == "Apply" else version
        who = Manager(item.get("manager", ""), operation, key_version, item.get("subresource", ""))
        out[who] = Entry(from_json(item.get("fieldsV1") or {}), item.get("time") or "", version)
    return out


def write(obj: Obj, managers: Managers) -> None:
    items = []
    order = sorted(
        managers.items(),
        key=lambda kv: (kv[0].operation, kv[1].time, kv[0].name, kv[1].api_version, kv[0].subresource),
    )
    for who, entry in order:
        item: Obj = {"manager": who.name, "operation": who.operation, "apiVersion": entry.api_version}
        if entry.time:
            item["time"] = entry.time
        item["fieldsType"] = "FieldsV1"
        item["fieldsV1"] = to_json(entry.fields)
        if who.subresource:
            item["subresource"] = who.subresource
        items.append(item)
    if items:
        obj["metadata"]["managedFields"] = items
    else:
        obj["metadata"].pop("managedFields", None)


def bare(obj: Obj | None, *, is_written: bool = False) -> Obj:
    """The part of an object whose fields have owners; `stringData` is never read, only written."""
    if not obj:
        return {}
    left_out = ("apiVersion", "kind", "metadata", *(() if is_written else ("stringData",)))
    out = {k: v for k, v in obj.items() if k not in left_out}
    left = {k: v for k, v in meta(obj).items() if k not in _IGNORED_META}
    if left:
        out["metadata"] = left
    return out


def record_update(old: Obj | None, new: Obj, kind: Type, manager: str, subresource: str = "") -> None:
    """Writes into `new` who owns what after an update (or a create) by `manager`."""
    managers = read(old)
    changes = compare(bare(old), bare(new), kind)
    if not changes.is_same:
        touched = changes.changed | changes.removed
        for who in list(managers):
            managers[who].fields -= touched
            if not managers[who].fields:
                del managers[who]
        if changes.changed:
            me = Manager(manager, "Update", new["apiVersion"], subresource)
            entry = managers.setdefault(me, Entry(api_version=new["apiVersion"]))
            entry.fields |= changes.changed
            # The real server's handling of scale writes no time.
            entry.time = "" if subresource == "scale" else time_text()
    _cap(managers)
    write(new, managers)


def _cap(managers: Managers) -> None:
    """At most ten Update entries; the oldest become one, as the real server does it."""
    updates = sorted((w for w in managers if w.operation == "Update"), key=lambda w: managers[w].time)
    while len(updates) > MAX_UPDATE_ENTRIES:
        first, second = updates.pop(0), updates.pop(0)
        merged = Manager("ancient-changes", "Update", second.api_version)
        a, b = managers.pop(first), managers.pop(second)
        managers[merged] = Entry(a.fields | b.fields, b.time, b.api_version)
        updates.insert(0, merged)


# --- server-side apply ---------------------------------------------------------------------------------------


class Applied:
    """The outcome of merging one applied configuration."""

    __slots__ = ("managers", "obj")

    def __init__(self, obj: Obj, managers: Managers) -> None:
        self.obj, self.managers = obj, managers


def merge_apply(live: Obj | None, config: Obj, kind: Type, manager: str, *, force: bool, sub: str = "") -> Applied:
    """Merges a configuration into the live object; a conflict is an error unless forced."""
    managers = read(live)
    base = bare(live)
    # What is applied as `stringData` is owned by that name, and lands in `data`, which nobody owns then.
    wanted = bare(config, is_written=True)
    if live is not None and not managers:
        _adopt_unmanaged(live, base, kind, managers)
    me = Manager(manager, "Apply", "", sub)
    previous = managers.get(me)
    last = previous.fields if previous else set()
    mine = owned_by_config(wanted, kind)
    mine.discard(())
    merged = _merge(clone(base), wanted, kind)
    owned = set(mine)
    for who, entry in managers.items():
        if who != me:
            owned |= entry.fields
    _prune(merged, kind, last, owned)
    changes = compare(base, merged, kind)
    _settle(managers, me, changes.changed, changes.removed, force=force)
    entry = Entry(mine, previous.time if previous else "", config["apiVersion"])
    if mine:
        managers[me] = entry
    else:
        managers.pop(me, None)
    if live is None or not changes.is_same:
        entry.time = time_text()
    return Applied(_dress(live, config, merged), managers)


def _adopt_unmanaged(live: Obj, base: Obj, kind: Type, managers: Managers) -> None:
    everything = compare({}, base, kind).changed
    if everything:
        version = live["apiVersion"]
        managers[Manager("before-first-apply", "Update", version)] = Entry(everything, time_text(), version)


def _settle(managers: Managers, me: Manager, changed: FieldSet, removed: FieldSet, *, force: bool) -> None:
    clashes = {who: entry.fields & changed for who, entry in managers.items() if who != me}
    clashes = {who: fields for who, fields in clashes.items() if fields}
    if clashes and not force:
        raise conflict_error(clashes)
    for who in [w for w in managers if w != me]:
        managers[who].fields -= changed if who in clashes else set()
        managers[who].fields -= removed
        if not managers[who].fields:
            del managers[who]


def _leaves_first(path: Path) -> list[tuple[bool, str]]:
    """At every level first the fields that end there, then those that go deeper."""
    return [(at < len(path) - 1, element) for at, element in enumerate(path)]


def conflict_error(clashes: dict[Manager, FieldSet]) -> ApiError:
    groups = sorted(
        (who.describe(), [show(p) for p in sorted(fields, key=_leaves_first)]) for who, fields in clashes.items()
    )
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path}
        for who, paths in groups
        for path in paths
    ]
    if len(causes) == 1:
        text = f"Apply failed with 1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        parts = "\n".join(f"conflicts with {who}:\n" + "\n".join(f"- {p}" for p in paths) for who, paths in groups)
        text = f"Apply failed with {len(causes)} conflicts: {parts}"
    return ApiError(409, "Conflict", text, {"causes": causes})


def _prune(merged: Obj, kind: Type, last: FieldSet, owned: FieldSet) -> None:
    """Takes out what the manager claimed before and nobody claims now."""
    closure = {path[:i] for path in owned for i in range(1, len(path) + 1)}
    gone: FieldSet = set()
    for path in sorted(last - closure, key=len):
        if path and not any(path[:i] in gone for i in range(1, len(path))):
            drop_path(merged, kind, path)
            gone.add(path)


def _merge(live: Any, config: Any, kind: Type) -> Any:
    if not is_granular(config, kind) or not is_granular(live, kind) or type(live) is not type(config):
        return _without_nulls(clone(config))
    if isinstance(config, dict):
        for name, value in config.items():
            if value is None:
                live.pop(name, None)
            elif name in live:
                live[name] = _merge(live[name], value, child_type(kind, name))
            else:
                live[name] = _without_nulls(clone(value))
        return live
    return _merge_list(live, config, kind)


def _merge_list(live: list[Any], config: list[Any], kind: Type) -> list[Any]:
    before = {element: value for element, value, _ in children(live, kind)}
    wanted = children(config, kind)
    shared = {element for element, _, _ in wanted} & set(before)
    rest = list(before)
    out: list[Any] = []
    for element, value, inner in wanted:
        while rest and rest[0] != element and rest[0] not in shared:
            out.append(before[rest.pop(0)])
        if element in shared:
            if element in rest:
                rest.remove(element)
            out.append(_merge(before[element], value, inner))
        else:
            out.append(_without_nulls(clone(value)))
    out.extend(before[e] for e in rest if e not in shared)
    return out


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(v) for v in value]
    return value


def _dress(live: Obj | None, config: Obj, merged: Obj) -> Obj:
    """The merged fields together with the identity that no manager owns."""
    out: Obj = {"apiVersion": config["apiVersion"], "kind": config["kind"]}
    identity = {k: v for k, v in meta(live or config).items() if k in _IGNORED_META and k != "managedFields"}
    out["metadata"] = {**identity, **merged.pop("metadata", {})}
    out.update(merged)
    return out


# --- the type check of apply ---------------------------------------------------------------------------------


def check_typed(config: Obj, kind: Type, key: str, gvk: str) -> None:
    """The 500 that the real server gives for what does not fit the schema."""
    found = _first_problem(config, kind, "", kind)
    if found:
        raise internal(f"failed to create typed patch object ({key}; {gvk}): {found}")


_GO_WORDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def _unstructured(value: Any) -> str:
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"&value.valueUnstructured{{Value:{text}}}"


def _first_problem(value: Any, kind: Type, path: str, parent: Type) -> str:
    if value is None or kind.form in ("any", "quantity", "intstr"):
        return ""
    if kind.form in ("struct", "map"):
        return _struct_problem(value, kind, path)
    if kind.form == "list":
        return _list_problem(value, kind, path)
    word = _GO_WORDS[kind.form]
    fits = isinstance(value, word) and (kind.form == "boolean" or not isinstance(value, bool))  # type: ignore[arg-type]
    names = {"integer": "numeric", "number": "numeric"}
    if fits:
        return ""
    return f"{path}: expected {names.get(kind.form, kind.form)}, got {_unstructured(value)}"


def _struct_problem(value: Any, kind: Type, path: str) -> str:
    if not isinstance(value, dict):
        return f"{path}: expected map, got {_unstructured(value)}"
    for name, child in value.items():
        inner = child_type(kind, name) if kind.form == "map" else kind.field(name)
        if inner is None:
            if kind.extra:
                continue
            return f"{path}.{name}: field not declared in schema"
        found = _first_problem(child, inner, f"{path}.{name}", kind)
        if found:
            return found
    return ""


def _list_problem(value: Any, kind: Type, path: str) -> str:
    if not isinstance(value, list):
        return f"{path}: expected list, got {_unstructured(value)}"
    if kind.list_type not in ("atomic", "map", "set"):
        return f"{path}: the list type {kind.list_type!r} is not known to the practice cluster"
    inner = kind.items()
    seen: set[str] = set()
    for index, child in enumerate(value):
        where = f"{path}[{index}]"
        if kind.list_type == "map":
            element = key_element(child, kind, inner)
            where = path + show((element,))
            if element in seen:
                return f"{path}: duplicate entries for key {show((element,))}"
            seen.add(element)
        found = _first_problem(child, inner, where, kind)
        if found:
            return found
    return ""
