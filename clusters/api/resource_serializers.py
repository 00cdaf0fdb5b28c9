"""Shapes of resources: of rows, of one with all around it, of what is sent to change them."""

from typing import Any

from rest_framework import serializers

from clusters.models import Resource
from clusters.resources import kinds
from clusters.resources.history import Change
from clusters.resources.metrics import PodsUsage
from clusters.resources.reading import Entry, Live, Tree
from clusters.resources.selectors import Found, Seen, mark_of
from clusters.resources.writing import UNREACHABLE
from clusters.services import total
from clusters.types import Need
from core.api.times import format_time

Json = dict[str, Any]
Serializer = serializers.Serializer[Any]
MOST_TAGS = 20
_HEALTHS = ["healthy", "progressing", "degraded", "suspended", "missing", "unknown"]
_ACTIONS = ["scale", "restart", "delete", "logs", "terminal"]
_NOT_SEEN = "It cannot be seen just now; this is what was seen last."


def _texts(help_text: str = "") -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


class OwnerOut(Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    uid = serializers.CharField()


class ReplicasOut(Serializer):
    desired = serializers.IntegerField()
    ready = serializers.IntegerField()


class ResourceOut(Serializer):
    id = serializers.CharField()
    cluster = serializers.CharField(help_text="the name by which you know it")
    cluster_id = serializers.CharField()
    api_version = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(help_text="empty for what is in none")
    name = serializers.CharField()
    uid = serializers.CharField()
    status = serializers.CharField(help_text="in the words of its kind; Deleted when it is gone")
    health = serializers.ChoiceField(choices=_HEALTHS)
    reason = serializers.CharField()
    summary = serializers.CharField()
    is_live = serializers.BooleanField(help_text="false while nobody can say that this is so now")
    replicas = ReplicasOut(allow_null=True)
    facts = serializers.DictField(help_text="what lists show of this kind")
    node = serializers.CharField(help_text="where a pod runs")
    owner = OwnerOut(allow_null=True)
    actions = serializers.ListField(child=serializers.ChoiceField(choices=_ACTIONS), help_text="what you may do to it")
    user_tags = _texts("yours alone")
    user_notes = serializers.CharField(help_text="yours alone")
    is_favorite = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)


class MirrorOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    is_live = serializers.BooleanField()
    seen_at = serializers.DateTimeField(allow_null=True, help_text="null until its resources were read once")
    trouble = serializers.CharField(help_text="why it cannot be seen just now")
    notes = _texts("what could not be seen, and why")


class ResourceListOut(Serializer):
    resources = ResourceOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    clusters = MirrorOut(many=True)


class PodListOut(Serializer):
    pods = ResourceOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ResourceEventOut(Serializer):
    type = serializers.CharField()
    reason = serializers.CharField()
    message = serializers.CharField()
    count = serializers.IntegerField()
    last_seen_at = serializers.CharField()


class TreeItemOut(Serializer):
    id = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField()
    name = serializers.CharField()
    uid = serializers.CharField()
    owner_uid = serializers.CharField()
    status = serializers.CharField()
    health = serializers.ChoiceField(choices=_HEALTHS)
    summary = serializers.CharField()


class TreeOut(Serializer):
    owners = TreeItemOut(many=True, help_text="its owner first, then that one's")
    children = TreeItemOut(many=True, help_text="level by level; owner_uid says of whom")
    is_cut = serializers.BooleanField(help_text="there are more below than are told")


class HistoryOut(Serializer):
    at = serializers.CharField()
    who = serializers.CharField(help_text="a field manager of the cluster, or a person by way of Sailcloth")
    source = serializers.ChoiceField(choices=["cluster", "sailcloth"])  # type: ignore[assignment]
    action = serializers.CharField()
    fields = _texts("paths of the fields")  # type: ignore[assignment]
    detail = serializers.DictField()


class ResourceDetailOut(ResourceOut):
    labels = serializers.DictField(child=serializers.CharField())
    object = serializers.DictField(allow_null=True, help_text="as it is now; values of secrets are null")
    tree = TreeOut()
    events = ResourceEventOut(many=True)
    history = HistoryOut(many=True)
    notes = _texts("what could not be read, and why")


class ResourceMarkIn(Serializer):
    user_tags = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=MOST_TAGS, help_text="yours alone"
    )
    user_notes = serializers.CharField(required=False, allow_blank=True, max_length=10_000, trim_whitespace=False)
    is_favorite = serializers.BooleanField(required=False)


class ScaleIn(Serializer):
    replicas = serializers.IntegerField(min_value=0, max_value=1000)


class SyncIn(Serializer):
    cluster = serializers.CharField(required=False, default="", allow_blank=True, max_length=63)


class SyncOut(Serializer):
    status = serializers.ChoiceField(choices=["syncing"])


class ResourceMessageOut(Serializer):
    message = serializers.CharField()


class UsedOut(Serializer):
    used = serializers.FloatField(allow_null=True)
    request = serializers.FloatField(allow_null=True)
    limit = serializers.FloatField(allow_null=True)


class ContainerUsageOut(Serializer):
    name = serializers.CharField()
    cpu = serializers.FloatField(allow_null=True)
    memory = serializers.FloatField(allow_null=True)


class PodUsageOut(Serializer):
    namespace = serializers.CharField()
    name = serializers.CharField()
    cpu = UsedOut(help_text="cores")
    memory = UsedOut(help_text="bytes")
    containers = ContainerUsageOut(many=True)


class UsageTotalsOut(Serializer):
    cpu = UsedOut(help_text="cores")
    memory = UsedOut(help_text="bytes")


class ResourceMetricsOut(Serializer):
    pods = PodUsageOut(many=True)
    totals = UsageTotalsOut()
    source = serializers.ChoiceField(choices=["metrics.k8s.io", "kubelet", "none"])  # type: ignore[assignment]
    notes = _texts("what could not be found out, and why")


def resource_out(row: Resource, seen: Seen) -> Json:
    """What cannot be seen just now is not said to be well."""
    is_deleted = row.deleted_at is not None
    mirror, mark = seen.mirror, mark_of(row)
    health, reason, summary = _health(row, seen)
    return {
        "id": row.pk,
        "cluster": seen.name,
        "cluster_id": row.cluster_id,
        "api_version": row.api_version,
        "kind": row.kind,
        "namespace": row.namespace,
        "name": row.name,
        "uid": row.uid,
        "status": "Deleted" if is_deleted else row.status,
        "health": health,
        "reason": reason,
        "summary": summary,
        "is_live": seen.is_true(row),
        "replicas": _replicas(row),
        "facts": row.facts,
        "node": row.node,
        "owner": {"kind": row.owner_kind, "name": row.owner_name, "uid": row.owner_uid} if row.owner_uid else None,
        "actions": [] if is_deleted else actions_of(row, seen),
        "user_tags": mark.tags if mark is not None else [],
        "user_notes": mark.notes if mark is not None else "",
        "is_favorite": mark is not None and mark.is_favorite,
        "created_at": format_time(row.created_at),
        "updated_at": format_time(row.updated_at),
        "last_seen_at": format_time(row.deleted_at or (mirror.seen_at if mirror is not None else row.updated_at)),
        "deleted_at": format_time(row.deleted_at),
    }


def _health(row: Resource, seen: Seen) -> tuple[str, str, str]:
    if row.deleted_at is not None:
        return "missing", "Deleted", "It is not in the cluster any more."
    if seen.is_true(row):
        return row.health, row.reason, row.summary
    trouble = seen.mirror.trouble if seen.mirror is not None else ""
    return "unknown", UNREACHABLE if trouble else "NotSeen", trouble or _NOT_SEEN


def actions_of(row: Resource, seen: Seen) -> list[str]:
    """The buttons that make sense for this kind, in the hands of whoever sees it."""
    pair = (row.group, row.kind)
    found = ["logs"] if pair in kinds.WITH_PODS or pair == kinds.POD else []
    if not seen.rights.may(Need.RUN, row.namespace):
        return found
    if pair == kinds.POD:
        found.append("terminal")
    if pair in kinds.SCALED and not row.owner_uid:
        found.append("scale")
    if pair in kinds.RESTARTED or (pair == kinds.POD and row.owner_uid):
        found.append("restart")
    if pair != kinds.NODE and not (pair == kinds.NAMESPACE and row.name in kinds.KEPT_NAMESPACES):
        found.append("delete")
    return found


def mirrors_out(found: Found) -> list[Json]:
    return [
        {
            "id": each.id,
            "name": each.name,
            "is_live": each.is_live,
            "seen_at": format_time(each.mirror.seen_at) if each.mirror is not None else None,
            "trouble": each.mirror.trouble if each.mirror is not None else "",
            "notes": each.notes,
        }
        for each in found.clusters.values()
    ]


def detail_out(row: Resource, seen: Seen, live: Live, tree: Tree, entries: list[Entry]) -> Json:
    return {
        **resource_out(row, seen),
        "labels": row.labels,
        "object": live.object,
        "tree": {
            "owners": [_tree_item(each, seen) for each in tree.above],
            "children": [_tree_item(each, seen) for each in tree.below],
            "is_cut": tree.is_cut,
        },
        "events": live.events,
        "history": history_out(live.changes, entries),
        "notes": live.notes,
    }


def history_out(changes: list[Change], entries: list[Entry]) -> list[Json]:
    """What the cluster knows and what was done here, the newest first."""
    found = [
        {
            "at": change.at,
            "who": change.manager,
            "source": "cluster",
            "action": f"{change.operation} {change.subresource}".strip(),
            "fields": list(change.fields),
            "detail": {},
        }
        for change in changes
    ]
    found += [
        {
            "at": format_time(entry.at) or "",
            "who": entry.actor,
            "source": "sailcloth",
            "action": entry.action,
            "fields": [],
            "detail": entry.detail,
        }
        for entry in entries
    ]
    return sorted(found, key=lambda each: str(each["at"]), reverse=True)


def metrics_out(usage: PodsUsage) -> Json:
    return {
        "pods": [
            {
                "namespace": pod.namespace,
                "name": pod.name,
                "cpu": _used(pod.cpu, pod.requests.get("cpu"), pod.limits.get("cpu")),
                "memory": _used(pod.memory, pod.requests.get("memory"), pod.limits.get("memory")),
                "containers": [{"name": each.name, "cpu": each.cpu, "memory": each.memory} for each in pod.containers],
            }
            for pod in usage.pods
        ],
        "totals": {
            name: _used(
                total(getattr(pod, name) for pod in usage.pods),
                total(pod.requests.get(name) for pod in usage.pods),
                total(pod.limits.get(name) for pod in usage.pods),
            )
            for name in ("cpu", "memory")
        },
        "source": usage.source,
        "notes": list(usage.notes),
    }


def _tree_item(row: Resource, seen: Seen) -> Json:
    health, _, summary = _health(row, seen)
    return {
        "id": row.pk,
        "kind": row.kind,
        "namespace": row.namespace,
        "name": row.name,
        "uid": row.uid,
        "owner_uid": row.owner_uid,
        "status": row.status,
        "health": health,
        "summary": summary,
    }


def _replicas(row: Resource) -> Json | None:
    if "desired" not in row.facts:
        return None
    return {"desired": row.facts["desired"], "ready": row.facts.get("ready", 0)}


def _used(used: float | None, request: float | None, limit: float | None) -> Json:
    return {"used": used, "request": request, "limit": limit}
