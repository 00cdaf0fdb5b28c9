"""Reading what extends the product, always as somebody."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from core.principal import Principal
from plugins.errors import PluginNotFound
from plugins.loading.finding import Found
from plugins.loading.guard import forgive, stopped_at
from plugins.loading.installed import all_types, installed
from plugins.models import PluginChoice
from plugins.registry import NodeTypes
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import NodeType
from plugins.sdk.plugin import Plugin
from plugins.sdk.stack import Stack
from plugins.sdk.webhook import WebhookTarget
from plugins.stacks import shipped_stacks
from plugins.types import MetRequirement, SeenPlugin, SeenTarget

_SEARCHED = ("type", "display_name", "description", "category")
# Says what a cluster serves that an actor may look at, by its name; None where it does not answer.
Served = Callable[[str, Principal], Capabilities | None]

_served: list[Served] = []


def register_served(reader: Served) -> None:
    """The app of clusters calls this in `ready()`: plugins know no clusters."""
    _served[:] = [reader]


# --- plugins ---------------------------------------------------------------------------------------


def list_plugins(
    *, search: str = "", category: str = "", is_enabled: bool | None = None, actor: Principal
) -> list[SeenPlugin]:
    """All that there are, by name; broken ones too."""
    words = search.casefold().split()
    rows = [
        seen
        for seen in _seen(installed().found.values(), actor)
        if category in ("", seen.category)
        and is_enabled in (None, seen.is_enabled)
        and all(word in haystack(seen) for word in words)
    ]
    return sorted(rows, key=lambda seen: (seen.display_name.casefold(), seen.id))


def get_plugin(*, plugin_id: str, actor: Principal) -> SeenPlugin:
    found = installed().found.get(plugin_id)
    if found is None:
        raise PluginNotFound
    return next(_seen([found], actor))


def list_categories(*, actor: Principal) -> list[tuple[str, int]]:
    """Each category with how many plugins it has, by name."""
    counts: dict[str, int] = {}
    for seen in list_plugins(actor=actor):
        counts[seen.category] = counts.get(seen.category, 0) + 1
    return sorted(counts.items())


def served_on(*, cluster: str, actor: Principal) -> Capabilities | None:
    """What a cluster that `actor` may see serves, by its name; None when none is named, or when it does not answer."""
    return _served[0](cluster, actor) if cluster and _served else None


def met_requirements(plugin: Plugin, capabilities: Capabilities | None) -> list[MetRequirement]:
    """What `plugin` needs, and whether it is there."""
    if capabilities is None:
        return [MetRequirement(each) for each in plugin.requirements]
    found = []
    for each in plugin.requirements:
        missing = tuple(each.missing(capabilities))
        found.append(MetRequirement(each, missing, not missing))
    return found


def _seen(found: Iterable[Found], actor: Principal) -> Iterator[SeenPlugin]:
    everyone, own = choices(actor)
    for each in found:
        is_off = everyone.get(each.id) is False
        yield SeenPlugin(each, _is_enabled(each, everyone, own), is_off)


def choices(actor: Principal) -> tuple[dict[str, bool], dict[str, bool]]:
    """What the installation chose, and what `actor` did. One query."""
    everyone: dict[str, bool] = {}
    own: dict[str, bool] = {}
    rows = PluginChoice.objects.filter(workspace=None) | PluginChoice.objects.filter(workspace_id=actor.workspace)
    for plugin, workspace, is_enabled, at in rows.values_list("plugin", "workspace_id", "is_enabled", "updated_at"):
        (everyone if workspace is None else own)[plugin] = is_enabled
        if is_enabled:
            _forgive_since(plugin, at)
    return everyone, own


def _forgive_since(plugin: str, at: datetime) -> None:
    """One that was turned on anew, in whichever process, is called again in this one."""
    stopped = stopped_at(plugin)
    if stopped is not None and at.timestamp() > stopped:
        forgive(plugin)


def _is_enabled(found: Found, everyone: dict[str, bool], own: dict[str, bool]) -> bool:
    if found.plugin is None or everyone.get(found.id) is False:
        return False
    return own.get(found.id, everyone.get(found.id, found.plugin.is_default))


def haystack(seen: SeenPlugin) -> str:
    plugin = seen.found.plugin
    texts = [seen.id, seen.display_name, seen.category]
    if plugin is not None:
        texts += [plugin.description, *(f"{item.display_name} {item.kind}" for item in plugin.node_types)]
        texts += [target.display_name for target in plugin.webhook_targets]
    return " ".join(texts).casefold()


# --- what they bring -------------------------------------------------------------------------------


def disabled_types(actor: Principal) -> dict[str, str]:
    """The node types that `actor` does not use, each with the name of its plugin. One query."""
    state = installed()
    everyone, own = choices(actor)
    off = {found.id for found in state.found.values() if not _is_enabled(found, everyone, own)}
    return {name: state.plugins[plugin].display_name for name, plugin in state.owners.items() if plugin in off}


def enabled_types(actor: Principal) -> NodeTypes:
    """What `actor` may draw with. One query."""
    off = disabled_types(actor)
    return all_types().without(off) if off else all_types()


def node_types(
    *, search: str = "", category: str = "", more: Sequence[NodeType[Any]] = (), actor: Principal
) -> list[Json]:
    """All that an editor knows of each node type, in the order of the palette. `more` are those of one cluster; a kind
    that an enabled plugin describes is not there twice."""
    types = enabled_types(actor)
    if more:
        described = {(item.group, item.kind) for item in types}
        types = types.extended([item for item in more if (item.group, item.kind) not in described])
    wanted = search.casefold()
    return [
        row
        for row in types.templates()
        if category in ("", row["category"]) and any(wanted in str(row[name]).casefold() for name in _SEARCHED)
    ]


def stacks(actor: Principal) -> tuple[Stack, ...]:
    """The graphs to start from that come with the product and with enabled plugins, by title."""
    brought = installed().of("stacks")
    if not brought:
        return shipped_stacks()
    everyone, own = choices(actor)
    found = installed().found
    enabled = [stack for plugin, stack in brought if _is_enabled(found[plugin.name], everyone, own)]
    return tuple(sorted((*shipped_stacks(), *enabled), key=lambda stack: stack.title))


def webhook_targets(actor: Principal) -> list[SeenTarget]:
    """The services that `actor` may have told of what happens, by name."""
    everyone, own = choices(actor)
    found = installed().found
    seen = [
        SeenTarget(f"{plugin.name}.{target.name}", target)
        for plugin, target in installed().of("webhook_targets")
        if _is_enabled(found[plugin.name], everyone, own)
    ]
    return sorted(seen, key=lambda each: each.target.display_name.casefold())


def find_webhook_target(target_id: str) -> WebhookTarget | None:
    """Also of a plugin that somebody turned off: what they added with it goes on. None when it is installed no more."""
    return next(
        (target for plugin, target in installed().of("webhook_targets") if f"{plugin.name}.{target.name}" == target_id),
        None,
    )
