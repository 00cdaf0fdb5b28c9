"""Shapes of the start page and of search."""

from typing import Any

from rest_framework import serializers

from core.search import Match
from workflows.api.workflow_serializers import WorkflowSummaryOut

Serializer = serializers.Serializer[Any]


class RecentOut(Serializer):
    workflows = WorkflowSummaryOut(many=True)


class WorkflowCountsOut(Serializer):
    total = serializers.IntegerField()
    draft = serializers.IntegerField()
    published = serializers.IntegerField()
    archived = serializers.IntegerField()


class RunCountsOut(Serializer):
    total = serializers.IntegerField(help_text="of the last 30 days")
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="and those that were taken back")
    cancelled = serializers.IntegerField()
    running = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True, help_text="from 0 to 1; null before the first ended")
    median_seconds = serializers.FloatField(allow_null=True, help_text="of those that succeeded")


class ClusterCountsOut(Serializer):
    total = serializers.IntegerField()
    connected = serializers.IntegerField()
    disconnected = serializers.IntegerField()
    unauthorized = serializers.IntegerField()
    pending = serializers.IntegerField()
    unknown = serializers.IntegerField()


class BuildCountsOut(Serializer):
    total = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class StatsOut(Serializer):
    workflows = WorkflowCountsOut()
    runs = RunCountsOut()
    clusters = ClusterCountsOut()
    builds = BuildCountsOut()


class HitOut(Serializer):
    type = serializers.CharField(help_text="workflow, node, template, cluster, resource, build or plugin")
    id = serializers.CharField()
    title = serializers.CharField()
    subtitle = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True, help_text="where the front end shows it; empty: it has no page")
    score = serializers.FloatField(help_text="from 0 to 1")
    match = serializers.ChoiceField(
        [each.value for each in Match],
        help_text="how it fits: its name is that, begins with it, has it at the beginning of words, or within; or only "
        "something else of it has it; or, where nothing fits, its name is close to it",
    )


class SearchOut(Serializer):
    query = serializers.CharField(allow_blank=True)
    results = HitOut(many=True)
    total = serializers.IntegerField(help_text="of each type at most 1,000 are counted")
