"""Shapes of what a cluster is made of, and of how much of it is used."""

from typing import Any

from rest_framework import serializers

from clusters.access import shown_name
from clusters.metadata import Metadata
from clusters.models import Cluster, ClusterStatus
from clusters.services import Usage, total
from core.api.times import format_time

Serializer = serializers.Serializer[Any]
SOURCES = ["metrics.k8s.io", "kubelet", "none"]


def _texts(help_text: str = "") -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


class NodeFactsOut(Serializer):
    name = serializers.CharField()
    ready = serializers.BooleanField()
    schedulable = serializers.BooleanField()
    roles = _texts()
    version = serializers.CharField()
    os = serializers.CharField()
    architecture = serializers.CharField()
    runtime = serializers.CharField()


class StorageClassOut(Serializer):
    name = serializers.CharField()
    provisioner = serializers.CharField()
    is_default = serializers.BooleanField()


class ApiResourceOut(Serializer):
    group = serializers.CharField(help_text="empty for the core group")
    version = serializers.CharField()
    kind = serializers.CharField()
    resource = serializers.CharField()
    namespaced = serializers.BooleanField()
    verbs = _texts()


class AccessRuleOut(Serializer):
    verbs = _texts("* for all")
    api_groups = _texts()
    resources = _texts()
    resource_names = _texts("empty for every object")


class NamespacePermissionsOut(Serializer):
    namespace = serializers.CharField()
    rules = AccessRuleOut(many=True)
    is_incomplete = serializers.BooleanField(help_text="the identity may be able to do more")


class ClusterMetadataOut(Serializer):
    cluster = serializers.CharField()
    status = serializers.ChoiceField(choices=ClusterStatus.choices)
    version = serializers.CharField()
    platform = serializers.CharField()
    nodes = NodeFactsOut(many=True)
    namespaces = _texts()
    storage_classes = StorageClassOut(many=True)
    api_resources = ApiResourceOut(many=True)
    permissions = NamespacePermissionsOut(many=True)
    notes = _texts("what could not be found out, and why")
    refreshed_at = serializers.DateTimeField(allow_null=True, help_text="null before the first refresh")


class AmountOut(Serializer):
    used = serializers.FloatField(allow_null=True)
    capacity = serializers.FloatField(allow_null=True)


class NodeMetricsOut(Serializer):
    name = serializers.CharField()
    ready = serializers.BooleanField()
    cpu = AmountOut(help_text="cores")
    memory = AmountOut(help_text="bytes")
    pods = AmountOut()
    storage = AmountOut(help_text="bytes")


class MetricsTotalsOut(Serializer):
    nodes = serializers.IntegerField()
    ready = serializers.IntegerField()
    cpu = AmountOut(help_text="cores")
    memory = AmountOut(help_text="bytes")
    pods = AmountOut()
    storage = AmountOut(help_text="bytes")


class ClusterMetricsOut(Serializer):
    nodes = NodeMetricsOut(many=True)
    totals = MetricsTotalsOut()
    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # a field, not where values come from
    notes = _texts("what could not be found out, and why")


def metadata_out(cluster: Cluster, metadata: Metadata) -> dict[str, Any]:
    return {
        "cluster": shown_name(cluster),
        "status": cluster.status,
        "version": metadata.version or cluster.version,
        "platform": metadata.platform,
        "nodes": [
            {
                "name": node.name,
                "ready": node.is_ready,
                "schedulable": node.is_schedulable,
                "roles": node.roles,
                "version": node.version,
                "os": node.os,
                "architecture": node.architecture,
                "runtime": node.runtime,
            }
            for node in metadata.nodes
        ],
        **{
            name: value
            for name, value in metadata.to_json().items()
            if name in ("namespaces", "storage_classes", "api_resources", "permissions", "notes")
        },
        "refreshed_at": format_time(cluster.refreshed_at),
    }


def metrics_out(usage: Usage) -> dict[str, Any]:
    nodes = usage.nodes
    return {
        "nodes": [
            {
                "name": each.node.name,
                "ready": each.node.is_ready,
                **{
                    name: _amount(getattr(each.used, name), getattr(each.node, name))
                    for name in ("cpu", "memory", "pods", "storage")
                },
            }
            for each in nodes
        ],
        "totals": {
            "nodes": len(nodes),
            "ready": sum(each.node.is_ready for each in nodes),
            **{
                name: _amount(
                    total(getattr(each.used, name) for each in nodes), total(getattr(each.node, name) for each in nodes)
                )
                for name in ("cpu", "memory", "pods", "storage")
            },
        },
        "source": usage.source,
        "notes": list(usage.notes),
    }


def _amount(used: float | None, capacity: float | None) -> dict[str, float | None]:
    return {"used": _rounded(used), "capacity": _rounded(capacity)}


def _rounded(value: float | None) -> float | None:
    """Bytes and pods are whole numbers; cores have thousandths."""
    if value is None:
        return None
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded
