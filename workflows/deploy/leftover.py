"""What a cluster filled in by itself, and what a new configuration has no place for.

A server-side apply takes away what we owned and leave out, but not what nobody owns: the defaults beside it. The rest
of a probe that was removed then has no handler, the rest of a volume that is another now makes it two, the
`rollingUpdate` of a strategy may not stand beside `Recreate`, and the change is refused for ever. Whoever owns such a
value first, and then leaves it out, gets rid of it.
https://github.com/kubernetes/kubernetes/issues/24198
https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from plugins.sdk.objects import ObjectKey
from workflows.deploy import managed

Json = dict[str, Any]
# The names of fields, and of an item of a list what tells it from the others: `{"name": "web"}`.
Path = tuple[str | Json, ...]

# The field of the spec that holds `type` and, for one type only, `rollingUpdate`.
_STRATEGY = {("apps", "Deployment"): "strategy", ("apps", "StatefulSet"): "updateStrategy"}
_ONLY = "RollingUpdate"
_FIELD = "rollingUpdate"
# Fields, and lists of such, that are one of several things: what they were cannot be tried beside what they become.
_ALTERNATIVES = frozenset(
    {"readinessProbe", "livenessProbe", "startupProbe", "postStart", "preStop", "valueFrom", "env", "volumes"}
)


_POSITION = re.compile(r"\[\d+\]")


class Leftover(NamedTuple):
    """The field `name` of what is at `parent`, and in FieldsV1 keys at `fields`; `is_replaced`: something else comes in
    its place."""

    parent: Path
    name: str
    fields: tuple[str, ...]
    is_replaced: bool


def in_the_way(key: ObjectKey, body: Json, live: Json | None) -> tuple[Leftover, ...]:
    """What `live` would keep of fields that `body` has no more, because only the cluster filled it in. What somebody
    else put there is theirs: that the cluster says no is then the right answer."""
    if not live:
        return ()
    found = {each.fields: each for each in _of_fields(body, live)}
    return tuple((found | {each.fields: each for each in _of_strategy(key, body, live)}).values())


def without(body: Json, live: Json, leftovers: tuple[Leftover, ...]) -> Json:
    """`body` with what is there in the place of what changes: what can be tried before the values are out of the
    way."""
    for each in leftovers:
        body = _changed(body, each.parent, partial(_kept, live=_at(live, each.parent), leftover=each))
    return body


def settled(body: Json, dry: Json, leftovers: tuple[Leftover, ...]) -> Json:
    """What the cluster will make of `body`, from what it made of it `without` the change."""
    for each in leftovers:
        new = _at(body, each.parent) if each.is_replaced else {}
        dry = _changed(dry, each.parent, partial(_replaced, name=each.name, new=new))
    return dry


def claim(live: Json, leftovers: tuple[Leftover, ...]) -> list[Json]:
    """The JSON patch by which we own the values too; it changes nothing but ownership. Without the fields the next
    apply takes them away. (To apply them as they are would not do: a structure that is emptied leaf by leaf stays
    behind as an empty one.)"""
    return managed.claim(live, [(each.fields, _at(live, (*each.parent, each.name))) for each in leftovers])


def removal(body: Json, live: Json, leftovers: tuple[Leftover, ...]) -> list[Json]:
    """The JSON patch that takes the values away by itself, before `body` is applied: a change more that the cluster
    carries out, for those where `claim` is not enough (1.20)."""
    patch: list[Json] = [managed.unchanged(live)]
    for each in leftovers:
        if each.is_replaced:
            value = _at(body, each.parent)
            patch.append({"op": "replace", "path": _pointer(live, each.parent), "value": value})
        else:
            patch.append({"op": "remove", "path": _pointer(live, (*each.parent, each.name))})
    return patch


def are_refused(leftovers: tuple[Leftover, ...], fields: Iterable[str]) -> bool:
    """Whether a refusal is about them: `fields` are those of its causes, such as
    `spec.template.spec.containers[0].readinessProbe`."""
    places = tuple(_place(each) for each in leftovers)
    return any(_POSITION.sub("", field).startswith(places) for field in fields)


def _place(leftover: Leftover) -> str:
    names = [step for step in leftover.parent if isinstance(step, str)]
    return ".".join(names if leftover.is_replaced else [*names, leftover.name])


def _pointer(live: Json, path: Path) -> str:
    """https://www.rfc-editor.org/rfc/rfc6901"""
    found, value = "", live
    for step in path:
        name = step if isinstance(step, str) else str(next(i for i, item in enumerate(value) if _is(item, step)))
        found += "/" + name.replace("~", "~0").replace("/", "~1")
        value = _at(value, (step,))
    return found


def _kept(part: Json, live: Json, leftover: Leftover) -> Json:
    return live if leftover.is_replaced else _with(part, leftover.name, live)


def _replaced(part: Json, name: str, new: Json) -> Json:
    return {key: value for key, value in part.items() if key != name} | new


def _with(part: Json, name: str, live: Json) -> Json:
    return {**part, name: live[name]}


def _of_strategy(key: ObjectKey, body: Json, live: Json) -> Iterator[Leftover]:
    """Its `rollingUpdate` is the cluster's, even where we never owned a part of it."""
    name = _STRATEGY.get((key.group, key.kind), "")
    wanted = (body.get("spec") or {}).get(name) or {}
    found = (live.get("spec") or {}).get(name) or {}
    if wanted.get("type") in (None, _ONLY) or not found.get(_FIELD):
        return
    fields = ("f:spec", f"f:{name}", f"f:{_FIELD}")
    if all(managed.is_ours(owner) for owner in managed.owners_of(live, fields)):
        yield Leftover(("spec", name), _FIELD, fields, is_replaced=True)


def _of_fields(body: Json, live: Json) -> Iterator[Leftover]:
    """Fields of the spec that `body` gives up as a whole, and of which nobody but us and the cluster owns a part."""
    owned = managed.own_fields(live).get("f:spec") or {}
    for leftover in _given_up(owned, body.get("spec"), live.get("spec"), ("spec",), ("f:spec",)):
        if all(managed.is_ours(owner) for owner in managed.owners_of(live, leftover.fields)):
            yield leftover


def _given_up(owned: Json, wanted: Any, found: Any, at: Path, fields: tuple[str, ...]) -> Iterator[Leftover]:
    """`at` and `fields` say the same place, in its own names and in FieldsV1 keys."""
    is_replaced = _is_another_now(wanted, found, at)
    if is_replaced:
        # An empty structure is in nobody's books on an old cluster (1.20).
        for name in set(found) - set(wanted):
            if found[name] == {} and f"f:{name}" not in owned:
                yield Leftover(at, name, (*fields, f"f:{name}"), is_replaced)
    for key, inner in owned.items():
        step = _step(key)
        if step is None or not inner:
            continue  # What we own as a whole goes by itself.
        there, asked = _at(found, (step,)), _at(wanted, (step,))
        if there is not None and asked is not None:
            yield from _given_up(inner, asked, there, (*at, step), (*fields, key))
        elif isinstance(there, dict) and isinstance(step, str) and _has_more(there, inner):
            yield Leftover(at, step, (*fields, key), is_replaced)


def _is_another_now(wanted: Any, found: Any, at: Path) -> bool:
    """Whether it is one of several things, and has something new in it."""
    holder = next((step for step in reversed(at) if isinstance(step, str)), "")
    are_both = isinstance(wanted, dict) and isinstance(found, dict)
    return are_both and holder in _ALTERNATIVES and bool(set(wanted) - set(found))


def _step(key: str) -> str | Json | None:
    """A key of FieldsV1 as a step of a path; None for what has no fields of its own."""
    mark, _, text = key.partition(":")
    if mark == "k":
        return dict(json.loads(text))
    return text if mark == "f" else None


def _has_more(value: Json, owned: Json) -> bool:
    """Whether there is more in it than we own."""
    for name, inner in value.items():
        ours = owned.get(f"f:{name}")
        if ours is None or (ours and isinstance(inner, dict) and _has_more(inner, ours)):
            return True
    return False


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = next((item for item in value if _is(item, step)), None) if isinstance(value, list) else None
    return value


def _is(item: Any, key: Json) -> bool:
    return isinstance(item, dict) and all(item.get(name) == part for name, part in key.items())


def _changed(value: Any, path: Path, change: Callable[[Json], Json]) -> Any:
    """`value` with what is at `path` changed; as it is where there is no such place."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if not isinstance(step, str):
        return [_changed(item, rest, change) if _is(item, step) else item for item in value]
    part = value.get(step)
    return {**value, step: _changed(part, rest, change)} if isinstance(part, dict | list) else value
