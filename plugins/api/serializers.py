"""Shapes of the routes of plugins."""

from typing import Any

from rest_framework import serializers

from plugins.loading.finding import Origin
from plugins.sdk.capabilities import Capabilities
from plugins.selectors import met_requirements
from plugins.types import MetRequirement, Scope, SeenPlugin

Serializer = serializers.Serializer[Any]


class PluginChoiceIn(Serializer):
    scope = serializers.ChoiceField(
        choices=[each.value for each in Scope],
        required=False,
        default=Scope.USER.value,
        help_text="all: for everybody, by administrators",
    )


class RequirementOut(Serializer):
    name = serializers.CharField()
    group = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    install = serializers.CharField(allow_blank=True, help_text="how to get it")
    url = serializers.CharField(allow_blank=True)
    is_met = serializers.BooleanField(allow_null=True, help_text="on the cluster that was named; null without one")
    missing = serializers.ListField(child=serializers.CharField(), help_text="kinds that the cluster does not serve")
    message = serializers.CharField(allow_blank=True)


class PluginTypeOut(Serializer):
    type = serializers.CharField()
    display_name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    icon = serializers.CharField()
    category = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    api_version = serializers.CharField(allow_blank=True)
    source_url = serializers.CharField(allow_blank=True, help_text="the page that its fields were taken from")


class PluginTargetOut(Serializer):
    id = serializers.CharField(help_text="what a webhook names as its target")
    display_name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    source_url = serializers.CharField(allow_blank=True, help_text="the page that its format was taken from")


class PluginOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    display_name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    version = serializers.CharField()
    api_version = serializers.CharField(help_text="of the contract that it was written for", allow_blank=True)
    icon = serializers.CharField()
    author = serializers.CharField(allow_blank=True)
    homepage = serializers.CharField(allow_blank=True)
    origin = serializers.ChoiceField(choices=[each.value for each in Origin])
    enabled = serializers.BooleanField()
    is_off_for_all = serializers.BooleanField(help_text="an administrator turned it off for everybody")
    broken = serializers.BooleanField()
    problem = serializers.CharField(allow_blank=True, help_text="why it is broken, in one sentence")
    is_stopped = serializers.BooleanField(
        help_text="its code did not come back, and is not called until it is enabled anew"
    )
    requirements = RequirementOut(many=True)
    node_types = PluginTypeOut(many=True)
    templates = serializers.ListField(child=serializers.CharField(), help_text="ids of the stacks that it brings")
    webhook_targets = PluginTargetOut(many=True)


class PluginListOut(Serializer):
    plugins = PluginOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class PluginCategoryOut(Serializer):
    name = serializers.CharField()
    count = serializers.IntegerField()


class PluginCategoryListOut(Serializer):
    categories = PluginCategoryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


def plugin_out(seen: SeenPlugin, cluster: str = "", served: Capabilities | None = None) -> dict[str, Any]:
    """`cluster` is the name of one on which the requirements are looked for, `served` what it serves, if it answers."""
    plugin, error = seen.found.plugin, seen.error
    body: dict[str, Any] = {
        "id": seen.id,
        "name": seen.id,
        "display_name": seen.display_name,
        "description": "",
        "category": seen.category,
        "version": "",
        "api_version": "",
        "icon": "package",
        "author": "",
        "homepage": "",
        "origin": seen.found.origin.value,
        "enabled": seen.is_enabled,
        "is_off_for_all": seen.is_off_for_all,
        "broken": bool(error),
        "problem": error,
        "is_stopped": seen.is_stopped,
        "requirements": [],
        "node_types": [],
        "templates": [],
        "webhook_targets": [],
    }
    if plugin is None:
        return body
    for name in ("description", "version", "api_version", "icon", "author", "homepage"):
        body[name] = getattr(plugin, name)
    body["requirements"] = [_requirement_out(each, cluster) for each in met_requirements(plugin, served)]
    body["node_types"] = [
        {
            "type": each.name,
            "display_name": each.display_name,
            "description": each.description,
            "icon": each.icon,
            "category": each.category,
            "kind": each.kind,
            "api_version": each.api_versions[0] if each.api_versions else "",
            "source_url": plugin.sources.get(each.name, ""),
        }
        for each in plugin.node_types
    ]
    body["templates"] = [stack.id for stack in plugin.stacks]
    body["webhook_targets"] = [
        {
            "id": f"{plugin.name}.{each.name}",
            "display_name": each.display_name,
            "description": each.description,
            "source_url": each.source,
        }
        for each in plugin.webhook_targets
    ]
    return body


def _requirement_out(each: MetRequirement, cluster: str) -> dict[str, Any]:
    requirement, message = each.requirement, ""
    if each.is_met is False:
        missing = ", ".join(each.missing)
        how = requirement.how()
        message = f"{cluster} lacks {requirement.name}: it does not serve {missing}; {how}."
    elif each.is_met:
        message = f"{requirement.name} is installed on {cluster}."
    elif cluster:
        message = f"{cluster} does not answer, so nobody knows whether {requirement.name} is installed there."
    return {
        "name": requirement.name,
        "group": requirement.group,
        "kinds": list(requirement.kinds),
        "install": requirement.install,
        "url": requirement.url,
        "is_met": each.is_met,
        "missing": list(each.missing),
        "message": message,
    }
