"""Shapes of the routes of workflows: what comes in, and what goes out."""

from typing import Any

import msgspec
from rest_framework import serializers

from core.api.etag import make_etag
from core.api.times import format_time
from plugins.sdk.problems import Severity
from workflows import stored
from workflows.api.graph_fields import EdgesField, EdgeShape, GraphIn, NodesField, NodeShape, Serializer
from workflows.models import ShareRole, Workflow, WorkflowStatus
from workflows.selectors import cluster_name_of, role_of
from workflows.types import OWNER, WorkflowFields

_DESCRIPTION = 20_000
ROLES = [OWNER, *ShareRole.values]


class WorkflowIn(GraphIn):
    """What is left out stays as it is; keys that only go out are not looked at."""

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(
        max_length=_DESCRIPTION, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    tags = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=200), required=False, allow_null=True
    )
    cluster = serializers.CharField(
        max_length=100, required=False, allow_blank=True, allow_null=True, help_text="name or id; where it runs"
    )
    namespace = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)


class WorkflowCreateIn(WorkflowIn):
    name = serializers.CharField(max_length=200)


class SaveIn(Serializer):
    """Both lists: a save replaces the draft."""

    nodes = NodesField()
    edges = EdgesField()


class CloneIn(Serializer):
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)


class CleanupIn(Serializer):
    delete_claims = serializers.ListField(
        child=serializers.CharField(max_length=400),
        required=False,
        allow_null=True,
        help_text='persistent volume claims that go too, each as "namespace/name"',
    )


class StatusIn(CleanupIn):
    status = serializers.ChoiceField(choices=WorkflowStatus.choices)


class WorkflowSummaryOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    slug = serializers.CharField(help_text="the instance label of what it deploys; never changes")
    status = serializers.ChoiceField(choices=WorkflowStatus.choices)
    tags = serializers.ListField(child=serializers.CharField())
    cluster = serializers.CharField(allow_null=True, help_text="name of the cluster where it runs by default")
    cluster_id = serializers.CharField(allow_null=True)
    namespace = serializers.CharField()
    node_count = serializers.IntegerField()
    edge_count = serializers.IntegerField()
    latest_version = serializers.IntegerField(help_text="0 before the first")
    role = serializers.ChoiceField(choices=ROLES, help_text="owner, or what you may do with what is shared with you")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(required=False, help_text="only while it can be brought back")


class WorkflowOut(WorkflowSummaryOut):
    nodes = NodeShape(many=True)
    edges = EdgeShape(many=True)


class WorkflowItemOut(WorkflowSummaryOut):
    """Without nodes and edges where `?fields=summary` asks for that."""

    nodes = NodeShape(many=True, required=False)
    edges = EdgeShape(many=True, required=False)


class WorkflowListOut(Serializer):
    workflows = WorkflowItemOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ProblemOut(Serializer):
    node_id = serializers.CharField(allow_null=True)
    edge_id = serializers.CharField(allow_null=True)
    field = serializers.CharField(allow_null=True, help_text="a path into the data, such as ports.0.port")
    severity = serializers.ChoiceField(choices=[(item.value, item.value) for item in Severity])
    code = serializers.CharField()
    message = serializers.CharField()


class SavedOut(WorkflowOut):
    problems = ProblemOut(many=True)


class ValidationOut(Serializer):
    valid = serializers.BooleanField(help_text="whether it could run: warnings are allowed")
    problems = ProblemOut(many=True)


class PreviewIn(GraphIn):
    node_id = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="only what this node becomes"
    )


class PreviewObjectOut(Serializer):
    node_id = serializers.CharField(allow_null=True)
    api_version = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_blank=True)
    name = serializers.CharField()


class PreviewOut(Serializer):
    yaml = serializers.CharField(allow_blank=True, help_text="secret values are placeholders")
    objects = PreviewObjectOut(many=True)
    problems = ProblemOut(many=True)


class StatusOut(WorkflowOut):
    run_ids = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="runs that remove what was deployed"
    )


class DeletedOut(Serializer):
    message = serializers.CharField()
    undo_until = serializers.DateTimeField()
    run_ids = serializers.ListField(child=serializers.CharField(), help_text="runs that remove what was deployed")


def etag_of(workflow: Workflow) -> str:
    return make_etag(workflow.pk, workflow.revision)


def fields_of(data: dict[str, Any]) -> WorkflowFields:
    """What of validated input is set; null clears."""
    fields: WorkflowFields = {}
    if "name" in data:
        fields["name"] = data["name"]
    if "description" in data:
        fields["description"] = data["description"] or ""
    if "tags" in data:
        fields["tags"] = data["tags"] or []
    if "cluster" in data:
        fields["cluster"] = data["cluster"] or None
    if "namespace" in data:
        fields["namespace"] = data["namespace"] or ""
    return fields


def summary_out(workflow: Workflow) -> dict[str, Any]:
    """Everything but the graph."""
    body = {
        "id": workflow.pk,
        "name": workflow.name,
        "description": workflow.description,
        "slug": workflow.slug,
        "status": workflow.status,
        "tags": workflow.tags,
        "cluster": cluster_name_of(workflow),
        "cluster_id": workflow.cluster_id,
        "namespace": workflow.namespace,
        "node_count": workflow.node_count,
        "edge_count": workflow.edge_count,
        "latest_version": workflow.latest_version,
        "role": role_of(workflow),
        "created_at": format_time(workflow.created_at),
        "updated_at": format_time(workflow.updated_at),
    }
    if workflow.deleted_at is not None:
        body["deleted_at"] = format_time(workflow.deleted_at)
    return body


def workflow_out(workflow: Workflow) -> dict[str, Any]:
    """The whole object as plain values."""
    return summary_out(workflow) | stored.masked_lists(workflow.graph)


def workflow_raw(workflow: Workflow, **more: Any) -> msgspec.Raw:
    """The whole object as JSON, the graph spliced in as it lies in the row."""
    head = msgspec.json.encode(summary_out(workflow) | more)
    graph = stored.masked(workflow.graph).encode()
    return msgspec.Raw(head[:-1] + b"," + graph[1:])
