"""What an edge from a custom resource brings into a workload: variables that its controller can answer for."""

from plugins.sdk import names
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, Link, Supply


def supplied_variables(link: Link) -> list[Json]:
    """The variables that a workload gets from `link`, in Kubernetes' words."""
    prefix = getattr(link.data, "prefix", None) or names.env_prefix(link.source.name)
    return [_variable(each, prefix, link.source) for each in link.connection.supplies]


def _variable(supply: Supply, prefix: str, source: AnyNode) -> Json:
    def told(text: str) -> str:
        return text.replace("$namespace", source.namespace).replace("$name", source.name)

    name = f"{prefix}_{supply.name}"
    if supply.secret:
        reference = {"secretKeyRef": {"name": told(supply.secret), "key": supply.key}}
        return {"name": name, "valueFrom": reference}
    if supply.config_map:
        return {"name": name, "valueFrom": {"configMapKeyRef": {"name": told(supply.config_map), "key": supply.key}}}
    return {"name": name, "value": told(supply.value)}
