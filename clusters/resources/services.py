"""Changing what is in a cluster by a button, and what a person notes about it.

Scale and restart write as an Update of our own manager, so that the next run may take the field back
(`workflows.deploy.probe.may_force`).
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import transaction

from audit.services import record
from clusters.health.reading import dig
from clusters.kube import loop
from clusters.kube.gateway import ClusterError, Gateway, Json
from clusters.kube.gateway import Conflict as ClusterConflict
from clusters.models import Resource, ResourceMark
from clusters.resources import events, kinds
from clusters.resources.errors import Autoscaled, NobodyToMark, NotForThisKind, Protected, ResourceGone, of_cluster
from clusters.resources.known import values_of
from clusters.resources.projection import project
from clusters.resources.reading import served_kind
from clusters.resources.selectors import Seen, get_resource
from clusters.services.gateways import gateway_for
from clusters.types import Need
from core.principal import Principal, PrincipalKind
from plugins.sdk.capabilities import ServedKind

T = TypeVar("T")
BOUND_SECONDS = 8.0
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
# May refuse a change (If-Match), seeing the row as it is under its lock.
Check = Callable[[Resource], None]
Act = Callable[[Gateway, ServedKind], Coroutine[Any, Any, T]]


def mark_resource(*, resource_id: str, fields: dict[str, Any], check: Check, actor: Principal) -> tuple[Resource, Seen]:
    """`fields`: any of tags, notes, is_favorite. Looking suffices, for nobody else sees it."""
    if actor.kind not in (PrincipalKind.USER, PrincipalKind.TOKEN):
        raise NobodyToMark
    with transaction.atomic():
        row, seen = get_resource(resource_id=resource_id, actor=actor)
        # One at a time for each resource, so that two first marks cannot meet.
        Resource.objects.select_for_update().filter(pk=row.pk).values_list("pk").first()
        row, seen = get_resource(resource_id=resource_id, actor=actor)
        check(row)
        mark, _ = ResourceMark.objects.get_or_create(resource=row, user_id=actor.id)
        changed = sorted(name for name, value in fields.items() if getattr(mark, name) != value)
        if changed:
            for name in changed:
                setattr(mark, name, fields[name])
            mark.revision += 1
            mark.save()
            _record(row, seen, events.MARKED, {"fields": changed}, actor)
    return get_resource(resource_id=resource_id, actor=actor)


def scale_resource(*, resource_id: str, replicas: int, actor: Principal) -> tuple[Resource, Seen]:
    """An autoscaler would take it back at once, so it is asked to change that instead."""
    row, _ = get_resource(resource_id=resource_id, need=Need.RUN, actor=actor)
    if (row.group, row.kind) not in kinds.SCALED:
        raise NotForThisKind("scaled", row.kind)
    if row.owner_uid:
        raise NotForThisKind("scaled", row.kind, f"the {row.owner_kind} {row.owner_name} decides how many it has")
    autoscaler = _autoscaler_of(row)
    if autoscaler is not None:
        raise Autoscaled(_what(row), autoscaler)

    async def act(gateway: Gateway, served: ServedKind) -> Json:
        return await gateway.patch(served, row.name, row.namespace, _of_this(row, {"spec": {"replicas": replicas}}))

    before = row.facts.get("desired")
    return _changed(row, act, events.SCALED, {"from": before, "to": replicas}, actor)


def restart_resource(*, resource_id: str, actor: Principal) -> tuple[Resource, Seen]:
    """A new rollout of the same template, as `kubectl rollout restart` does it; a pod that something made is deleted,
    and made anew."""
    row, _ = get_resource(resource_id=resource_id, need=Need.RUN, actor=actor)
    pair = (row.group, row.kind)
    if pair == kinds.POD:
        if not row.owner_uid:
            raise NotForThisKind("restarted", row.kind, "nothing would make it anew")
        _run(row, _deleting(row))
        return _done(row, events.RESTARTED, {}, actor)
    if pair not in kinds.RESTARTED:
        raise NotForThisKind("restarted", row.kind)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    template = {"metadata": {"annotations": {RESTARTED_AT: now}}}

    async def act(gateway: Gateway, served: ServedKind) -> Json:
        return await gateway.patch(served, row.name, row.namespace, _of_this(row, {"spec": {"template": template}}))

    return _changed(row, act, events.RESTARTED, {}, actor)


def delete_resource(*, resource_id: str, actor: Principal) -> Resource:
    """With all that it made. What is gone already is just noted."""
    row, seen = get_resource(resource_id=resource_id, need=Need.RUN, actor=actor)
    pair = (row.group, row.kind)
    if pair == kinds.NODE or (pair == kinds.NAMESPACE and row.name in kinds.KEPT_NAMESPACES):
        raise Protected(_what(row))
    if row.deleted_at is not None:
        raise ResourceGone(_what(row))
    # Gone already is gone; the mirror finds out.
    with suppress(ResourceGone):
        _run(row, _deleting(row))
    with transaction.atomic():
        _record(row, seen, events.DELETED, {}, actor)
    return row


def _deleting(row: Resource) -> Act[None]:
    async def act(gateway: Gateway, served: ServedKind) -> None:
        # Without a word on what becomes of what it made, a Job leaves its pod running.
        await gateway.delete(served, row.name, row.namespace, uid=row.uid, propagation="Background")

    return act


def _changed(row: Resource, act: Act[Json], action: str, detail: Json, actor: Principal) -> tuple[Resource, Seen]:
    """Do it, and show at once what the cluster answered; the mirror follows."""
    obj = _run(row, act)
    return _done(row, action, detail, actor, obj)


def _done(row: Resource, action: str, detail: Json, actor: Principal, obj: Json | None = None) -> tuple[Resource, Seen]:
    with transaction.atomic():
        found, seen = get_resource(resource_id=row.pk, actor=actor)
        _record(found, seen, action, detail, actor)
    if obj is not None:
        _as_answered(found, obj)
    return found, seen


def _as_answered(row: Resource, obj: Json) -> None:
    """Its state as the cluster has just told it, for the answer alone: rows are the mirror's, which hears of it too."""
    new = project(obj, (row.group, row.kind), part_of=row.part_of)
    if new.uid == row.uid:
        for name, value in values_of(new).items():
            setattr(row, name, value)


def _run(row: Resource, act: Act[T]) -> T:
    """Whatever the cluster does or fails to do is an error of ours."""
    if row.deleted_at is not None:
        raise ResourceGone(_what(row))

    async def run(gateway: Gateway) -> T:
        served = await served_kind(gateway, row)
        # Whoever looked at one must not change another; what comes in between, the precondition finds.
        live = await gateway.get(served, row.name, row.namespace)
        if dig(live, "metadata", "uid") != row.uid:
            raise ClusterConflict("There is another one by now.", reason="Conflict", status=409)
        return await act(gateway, served)

    try:
        return loop.run(run(gateway_for(row.cluster_id)), timeout=BOUND_SECONDS)
    except ClusterError as error:
        raise of_cluster(error, _what(row)) from error


def _of_this(row: Resource, patch: Json) -> Json:
    """A patch that fails when there is another one under the name by now."""
    return {**patch, "metadata": {"uid": row.uid}}


def _autoscaler_of(row: Resource) -> str | None:
    rows = Resource.objects.filter(
        cluster_id=row.cluster_id, namespace=row.namespace, kind=kinds.AUTOSCALER[1], deleted_at=None
    )
    for name, facts in rows.values_list("name", "facts"):
        if (facts.get("target_kind"), facts.get("target_name")) == (row.kind, row.name):
            return name
    return None


def _what(row: Resource) -> str:
    place = f" in the namespace {row.namespace}" if row.namespace else ""
    return f"{row.kind} {row.name}{place}"


def _record(row: Resource, seen: Seen, action: str, detail: Json, actor: Principal) -> None:
    """Audit record of one change, in the cluster's workspace; a person's own marks in theirs."""
    workspace = actor.workspace if action == events.MARKED else seen.workspace
    record(
        action=action,
        object_type="resource",
        object_id=row.pk,
        object_name=str(row),
        detail={**detail, "cluster": seen.id},
        workspace=workspace,
        actor=actor,
    )
