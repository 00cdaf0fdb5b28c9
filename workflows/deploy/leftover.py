"""What a cluster filled in by itself and what a new configuration forbids: the `rollingUpdate` of a strategy that is
another now.

A server-side apply cannot leave out what nobody owns, so the change is refused for ever ("may not be specified when
strategy `type` is 'Recreate'"). Whoever owns the value first, and then leaves it out, gets rid of it.
https://github.com/kubernetes/kubernetes/issues/24198
"""

from typing import Any

from plugins.sdk.objects import ObjectKey
from workflows.deploy import managed

Json = dict[str, Any]

# The field of the spec that holds `type` and, for one type only, `rollingUpdate`.
_STRATEGY = {("apps", "Deployment"): "strategy", ("apps", "StatefulSet"): "updateStrategy"}
_ONLY = "RollingUpdate"
_FIELD = "rollingUpdate"


def is_in_the_way(key: ObjectKey, body: Json, live: Json | None) -> bool:
    """Whether an apply of `body` onto `live` would be refused for what only the cluster put there. What somebody else
    put there is theirs: that the cluster says no is then the right answer."""
    name = _STRATEGY.get((key.group, key.kind), "")
    wanted = (body.get("spec") or {}).get(name) or {}
    found = ((live or {}).get("spec") or {}).get(name) or {}
    if not live or wanted.get("type") in (None, _ONLY) or not found.get(_FIELD):
        return False
    owners = managed.owners_of(live, ("f:spec", f"f:{name}", f"f:{_FIELD}"))
    return all(managed.is_ours(owner) for owner in owners)


def without(key: ObjectKey, body: Json, live: Json) -> Json:
    """`body` with the strategy that is there: what can be tried before the value is out of the way."""
    name = _STRATEGY[(key.group, key.kind)]
    return {**body, "spec": {**body["spec"], name: live["spec"][name]}}


def settled(key: ObjectKey, body: Json, dry: Json) -> Json:
    """What the cluster will make of `body`, from what it made of it `without` the new strategy."""
    name = _STRATEGY[(key.group, key.kind)]
    return {**dry, "spec": {**dry["spec"], name: body["spec"][name]}}


def claim(key: ObjectKey, live: Json) -> Json:
    """Our configuration as it is, and that we own the value too; it changes nothing but ownership. Without the
    type's own fields the next apply takes them away."""
    name = _STRATEGY[(key.group, key.kind)]
    body = managed.own_configuration(live)
    return {**body, "spec": {**(body.get("spec") or {}), name: live["spec"][name]}}
