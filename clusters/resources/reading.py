"""Reading one resource in its cluster: the object as it is now, what was said about it, who changed it; and what is
above and below it. Nobody waits for a cluster longer than the bound."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from audit.selectors import AuditFilter, list_entries
from clusters.health.facts import time_of_event
from clusters.health.reading import Json
from clusters.kube import loop
from clusters.kube.gateway import ClusterError, Gateway, NotFound, Unreachable
from clusters.models import Resource
from clusters.resources.events import event_json
from clusters.resources.history import Change, changes_of
from clusters.resources.masking import masked
from clusters.resources.selectors import Seen, visible_rows
from clusters.services.gateways import gateway_for
from core.errors import AppError
from core.principal import Principal
from plugins.sdk.capabilities import ServedKind

BOUND_SECONDS = 6.0
_SPARE = 0.5
_MOST_EVENTS = 100
_MOST_ENTRIES = 50
_MOST_BELOW = 200
_DEPTH = 5
_EVENT = ServedKind(group="", version="v1", kind="Event", resource="events", namespaced=True)


class Live(msgspec.Struct):
    """What the cluster says. `object` is None when it is not there, or cannot be read: then a note says why."""

    object: Json | None = None
    is_gone: bool = False
    events: list[Json] = []
    changes: list[Change] = []
    notes: list[str] = []


def read_live(*, row: Resource) -> Live:
    """Never raises for what a cluster does; whoever calls has found out that somebody may look."""
    try:
        gateway = gateway_for(row.cluster_id)
        return loop.run(_read(gateway, row), timeout=BOUND_SECONDS + _SPARE)
    except (ClusterError, AppError) as error:
        return Live(notes=[f"The cluster cannot be asked: {error.message}"])


async def _read(gateway: Gateway, row: Resource) -> Live:
    found = Live()
    until = asyncio.get_running_loop().time() + BOUND_SECONDS
    asked = (_object(gateway, row), _events(gateway, row))
    answers: list[Any] = await asyncio.gather(*(_bounded(each, until) for each in asked), return_exceptions=True)
    obj, said = answers
    if isinstance(obj, NotFound):
        found.is_gone = True
    elif isinstance(obj, ClusterError):
        found.notes.append(f"It cannot be read: {obj.message}")
    elif isinstance(obj, BaseException):
        raise obj
    else:
        found.object = masked(obj)
        found.changes = changes_of(obj)
    if isinstance(said, ClusterError):
        found.notes.append(f"What was said about it cannot be read: {said.message}")
    elif isinstance(said, BaseException):
        raise said
    else:
        found.events = said
    return found


async def _bounded(coroutine: Any, until: float) -> Any:
    try:
        async with asyncio.timeout_at(until):
            return await coroutine
    except TimeoutError:
        raise Unreachable("The cluster did not answer in time.", reason="timeout") from None


async def served_kind(gateway: Gateway, row: Resource) -> ServedKind:
    """The kind of a row in the version that the cluster serves; NotFound when it serves none."""
    for is_again in (False, True):
        capabilities = await gateway.capabilities(refresh=is_again)
        found = capabilities.find(row.group, row.kind, row.version) or capabilities.find(row.group, row.kind)
        if found is not None:
            return found
    raise NotFound(f"The cluster does not serve {row.kind}.", reason="NotFound", status=404)


async def _object(gateway: Gateway, row: Resource) -> Json:
    served = await served_kind(gateway, row)
    obj = await gateway.get(served, row.name, row.namespace)
    return {**obj, "apiVersion": served.api_version, "kind": served.kind}


async def _events(gateway: Gateway, row: Resource) -> list[Json]:
    # About nodes and the like it is said in the namespace default.
    page = await gateway.list(_EVENT, row.namespace, fields=f"involvedObject.uid={row.uid}")
    newest = sorted(page.items, key=time_of_event, reverse=True)[:_MOST_EVENTS]
    return [event_json(event) for event in newest]


class Tree(msgspec.Struct):
    """`above` from its owner to the one on top; `below` in the order of levels, each with the uid of its owner."""

    above: list[Resource]
    below: list[Resource]
    is_cut: bool = False


def tree_of(*, row: Resource, seen: Seen) -> Tree:
    """As far as the rows know it and the actor may see it; one query for each level."""
    rows = visible_rows(seen).filter(deleted_at=None).defer("labels")
    below, is_cut = _below(row, rows)
    return Tree(_above(row, rows), below, is_cut)


def _above(row: Resource, rows: QuerySet[Resource]) -> list[Resource]:
    found: list[Resource] = []
    uid = row.owner_uid
    while uid and len(found) < _DEPTH:
        owner = rows.filter(uid=uid).first()
        if owner is None:
            break
        found.append(owner)
        uid = owner.owner_uid
    return found


def _below(row: Resource, rows: QuerySet[Resource]) -> tuple[list[Resource], bool]:
    found: list[Resource] = []
    level: Iterable[str] = [row.uid] if row.uid else []
    for _ in range(_DEPTH):
        if not level:
            break
        left = _MOST_BELOW - len(found)
        made = list(rows.filter(owner_uid__in=list(level)).order_by("kind", "name", "pk")[: left + 1])
        found += made[:left]
        if len(made) > left:
            return found, True
        level = [each.uid for each in made if each.uid and each.kind != "Pod"]
    return found, False


class Entry(msgspec.Struct, frozen=True):
    """Something that was done to it by way of Sailcloth."""

    at: datetime
    actor: str
    action: str
    detail: Json


def entries_about(*, row: Resource, actor: Principal) -> list[Entry]:
    """The newest first, as far as the record is for the actor."""
    wanted = AuditFilter(object_type="resource", object_id=row.pk)
    found = list_entries(wanted, actor).order_by("-at", "-pk")[:_MOST_ENTRIES]
    return [Entry(each.at, each.actor_name, each.action, each.detail) for each in found]
