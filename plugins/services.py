"""Turning plugins on and off: each for themselves, administrators for everybody."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from core.principal import Principal
from plugins import selectors
from plugins.errors import PluginBroken, PluginOffForAll, PluginsAreForAdmins
from plugins.loading.guard import stopped_at
from plugins.models import PluginChoice
from plugins.types import Scope, SeenPlugin

ENABLED, DISABLED = "plugin.enabled", "plugin.disabled"


@transaction.atomic
def enable_plugin(*, plugin_id: str, scope: Scope = Scope.USER, actor: Principal) -> SeenPlugin:
    """A broken one cannot be turned on, nor one that is off for everybody by somebody for themselves. Turning on what
    is on changes nothing, but one whose code was stopped is called again."""
    seen = _allowed(plugin_id, scope, actor)
    if seen.found.plugin is None:
        raise PluginBroken(seen.display_name, seen.found.error)
    if scope is Scope.USER and seen.is_off_for_all:
        raise PluginOffForAll(seen.display_name)
    return _choose(seen, scope, True, actor)


@transaction.atomic
def disable_plugin(*, plugin_id: str, scope: Scope = Scope.USER, actor: Principal) -> SeenPlugin:
    """Its node types are no longer offered; what was drawn with them stays and still runs."""
    return _choose(_allowed(plugin_id, scope, actor), scope, False, actor)


def _allowed(plugin_id: str, scope: Scope, actor: Principal) -> SeenPlugin:
    seen = selectors.get_plugin(plugin_id=plugin_id, actor=actor)
    if scope is Scope.ALL and not actor.is_admin:
        raise PluginsAreForAdmins
    return seen


def _choose(seen: SeenPlugin, scope: Scope, is_enabled: bool, actor: Principal) -> SeenPlugin:
    workspace = None if scope is Scope.ALL else actor.workspace
    before = PluginChoice.objects.select_for_update().filter(plugin=seen.id, workspace_id=workspace).first()
    # Whoever reads the choice sees that it is newer than the stop, in every process: `selectors.choices`.
    is_forgiven = is_enabled and stopped_at(seen.id) is not None
    if before is None or before.is_enabled != is_enabled or is_forgiven:
        PluginChoice.objects.update_or_create(
            plugin=seen.id,
            workspace_id=workspace,
            defaults={"is_enabled": is_enabled, "updated_at": timezone.now()},
        )
        record(
            action=ENABLED if is_enabled else DISABLED,
            object_type="plugin",
            object_id=seen.id,
            object_name=seen.display_name,
            detail={"scope": scope.value} | ({"is_called_again": True} if is_forgiven else {}),
            workspace=actor.workspace,
            actor=actor,
        )
    return selectors.get_plugin(plugin_id=seen.id, actor=actor)
