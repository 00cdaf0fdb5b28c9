"""The plugins of this installation, read once and again when something was installed or changed."""

import importlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plugins.declared.custom import open_type
from plugins.loading.finding import Found, find_plugins, fingerprint
from plugins.loading.guard import forget_failures
from plugins.registry import NodeTypes, core_types
from plugins.sdk.plugin import EXTENSION_POINTS, HealthRule, Plugin

# How long a process goes without looking whether a plugin came.
LOOK_SECONDS = 5.0


class Installed:
    """What was found, joined. Keys are frozen: the extension points are those of the contract, no others."""

    def __init__(self, found: Sequence[Found]) -> None:
        self.found = MappingProxyType({each.id: each for each in found})
        self.plugins = MappingProxyType({each.id: each.plugin for each in found if each.plugin is not None})
        self._points = MappingProxyType(
            {
                point: tuple((plugin, item) for plugin in self.plugins.values() for item in getattr(plugin, point))
                for point in EXTENSION_POINTS
            }
        )
        self.types = core_types().extended(
            [item for _, item in self.of("node_types")],
            [item for _, item in self.of("connections")],
            otherwise=open_type,
        )
        self.owners = MappingProxyType({item.name: plugin.name for plugin, item in self.of("node_types")})
        self.health: MappingProxyType[tuple[str, str], HealthRule] = MappingProxyType(
            {(rule.group, rule.kind): rule for _, rule in self.of("health")}
        )

    def of(self, point: str) -> tuple[tuple[Plugin, Any], ...]:
        """What all plugins bring to one extension point, each with its plugin; KeyError for a point that is none."""
        return self._points[point]


_folders: tuple[Path, ...] = ()
_lock = threading.Lock()
_installed: Installed | None = None
_mark: tuple[object, ...] = ()
_looked = 0.0


def configure(folders: Sequence[Path]) -> None:
    """Where else to look than in the catalog and among packages; called once, at the start."""
    global _folders
    _folders = tuple(folders)
    reload()


def installed() -> Installed:
    """All plugins. Cheap: looks at the file system at most every few seconds."""
    global _installed, _mark, _looked
    now = time.monotonic()
    current = _installed
    if current is not None and now - _looked < LOOK_SECONDS:
        return current
    with _lock:
        if _installed is not None and now - _looked < LOOK_SECONDS:
            return _installed
        mark = fingerprint(_folders)
        if _installed is None or mark != _mark:
            importlib.invalidate_caches()
            forget_failures()
            _installed, _mark = Installed(find_plugins(_folders)), mark
        _looked = now
        return _installed


def reload() -> None:
    """Read all anew at the next look."""
    global _installed
    with _lock:
        _installed = None


def all_types() -> NodeTypes:
    """Every node type there is, also those of plugins that somebody turned off: their graphs stay readable."""
    return installed().types
