"""Where plugins come from: the shipped catalog, folders that the installation names, and installed packages."""

import importlib
import importlib.metadata
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path

import msgspec

from plugins.core import edges
from plugins.core.pods.fields import WorkloadFields
from plugins.declared.manifest import FILE, read_folder
from plugins.loading.guard import guarded
from plugins.registry import NodeTypes, core_types
from plugins.sdk.plugin import ENTRY_POINTS, ID, BadPlugin, Plugin
from plugins.sdk.stack import Stack

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
MAX_PLUGINS = 500
IMPORT_SECONDS = 10.0
# Packages whose import never came back in this process: a second try would wait for the first one's lock.
_hanging: set[str] = set()


class Origin(StrEnum):
    SHIPPED = "shipped"
    FOLDER = "folder"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin, or one that cannot be used and the sentence that says why."""

    id: str
    origin: Origin
    plugin: Plugin | None = None
    error: str = ""


def find_plugins(folders: Sequence[Path]) -> list[Found]:
    """All there are, the shipped first. Of two with one id the first is used, and the other one is told as broken."""
    found: dict[str, Found] = {}
    types = core_types()
    for each in _all(folders):
        if len(found) >= MAX_PLUGINS:
            break
        if each.id in found:
            number = next(n for n in range(2, MAX_PLUGINS + 2) if f"{each.id}-{n}" not in found)
            error = f"Another plugin is called {each.id} already; rename one of them."
            each = Found(f"{each.id}-{number}", each.origin, error=error)
        elif each.plugin is not None:
            types, each = _joined(types, each, each.plugin)
        found[each.id] = each
    return list(found.values())


def _joined(types: NodeTypes, each: Found, plugin: Plugin) -> tuple[NodeTypes, Found]:
    """One whose node types or edges do not go together with those before it is broken, not the others."""
    try:
        extended = types.extended(plugin.node_types, plugin.connections)
        for node_type in plugin.node_types:
            msgspec.json.encode(extended.template(node_type))  # What the editor asks for must be there to be had.
    except ValueError as error:
        return types, Found(each.id, each.origin, error=f"It does not go together with the others: {error}.")
    except Exception as error:  # noqa: BLE001 - whatever a stranger's type does
        return types, Found(each.id, each.origin, error=f"Its node types cannot be shown: {type(error).__name__}.")
    in_stacks = (words for stack in plugin.stacks for words in _wrong_in(stack, extended))
    wrong = next(chain(_foreign_ends(plugin, extended), in_stacks), "")
    if wrong:
        return types, Found(each.id, each.origin, error=wrong)
    return extended, each


def _foreign_ends(plugin: Plugin, types: NodeTypes) -> Iterator[str]:
    """Edges and roles that the product's own node types act on, without the data that they read."""
    core = {connection.meaning: connection.data for item in core_types() for connection in item.connections}
    for item in plugin.node_types:
        if edges.WORKLOAD in item.roles and not issubclass(item.data, WorkloadFields):
            yield f"Its node type {item.name} calls itself a workload without having the fields of one."
    declared = (*plugin.connections, *(each for item in plugin.node_types for each in item.connections))
    for connection in declared:
        if connection.meaning in core and not issubclass(connection.data, core[connection.meaning]):
            yield f'Its edge "{connection.title}" is called {connection.meaning}, and needs the data of those.'
        if connection.meaning == edges.CONFIG and not all(_is_source(types, end) for end in connection.sources):
            yield f'Its edge "{connection.title}" gives settings from what is neither a config map nor a secret.'


def _is_source(types: NodeTypes, end: str) -> bool:
    found = types.find(end)
    return found is not None and (end in ("configmap", "secret") or edges.SECRET_SOURCE in found.roles)


def _wrong_in(stack: Stack, types: NodeTypes) -> Iterator[str]:
    """What keeps its graph from being drawn."""
    named = {str(node.get("id")): str(node.get("type")) for node in stack.nodes}
    for name in named.values():
        if types.find(name) is None:
            yield f"Its stack {stack.id} uses the node type {name}, which is not there."
    for edge in stack.edges:
        ends = str(edge.get("source")), str(edge.get("target"))
        if not all(end in named for end in ends):
            yield f"In its stack {stack.id} the edge from {ends[0]} to {ends[1]} has an end that is not there."
        elif types.connection(named[ends[0]], named[ends[1]]) is None:
            yield f"In its stack {stack.id} nothing goes from a {named[ends[0]]} to a {named[ends[1]]}."


def _all(folders: Sequence[Path]) -> Iterator[Found]:
    yield from _of_folders(CATALOG, Origin.SHIPPED)
    for folder in folders:
        yield from _of_folders(folder, Origin.FOLDER)
    yield from _of_packages()


def _of_folders(parent: Path, origin: Origin) -> Iterator[Found]:
    try:
        inside = sorted(path for path in parent.iterdir() if (path / FILE).is_file())
    except OSError:
        return
    for folder in [parent] if (parent / FILE).is_file() else inside:
        try:
            plugin = guarded(read_folder(folder), has_code=False)
            plugin.check()
            yield Found(plugin.name, origin, plugin)
        except BadPlugin as error:
            yield Found(_id_of(folder.name), origin, error=str(error))
        except Exception as error:  # noqa: BLE001 - whatever is in a stranger's folder
            yield Found(_id_of(folder.name), origin, error=f"Reading it failed: {type(error).__name__}.")


def _of_packages() -> Iterator[Found]:
    for point in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            plugin = _load(point)
            if type(plugin) is not Plugin:  # A class of its own could have code where nothing guards it.
                raise BadPlugin(f"{point.value} is not a plugin; it must be a plugins.sdk.plugin.Plugin.")
            plugin.check()
            yield Found(plugin.name, Origin.PACKAGE, guarded(plugin, has_code=True))
        except BadPlugin as error:
            yield Found(_id_of(point.name), Origin.PACKAGE, error=str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's package raises
            yield Found(_id_of(point.name), Origin.PACKAGE, error=f"It cannot be imported: {_told(error)}.")


def _load(point: importlib.metadata.EntryPoint) -> object:
    """Imported beside us, so that a package that waits for something at its import does not keep us waiting."""
    words = f"It was still being imported after {IMPORT_SECONDS:.0f} seconds; correct it, and restart the product."
    if point.value in _hanging:
        raise BadPlugin(words)
    got: list[object] = []
    raised: list[BaseException] = []

    def load() -> None:
        try:
            got.append(point.load())
        except BaseException as error:  # noqa: BLE001 - told by whoever waits
            raised.append(error)

    thread = threading.Thread(target=load, name=f"import {point.name}", daemon=True)
    thread.start()
    thread.join(IMPORT_SECONDS)
    if thread.is_alive():
        _hanging.add(point.value)
        raise BadPlugin(words)
    if raised:
        raise raised[0]
    return got[0]


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _id_of(name: str) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return plain[:48] if ID.fullmatch(plain[:48]) else f"plugin-{plain[:40]}"


def fingerprint(folders: Iterable[Path]) -> tuple[object, ...]:
    """Changes when a plugin was added, changed or installed: a few looks at the file system."""
    marks: list[object] = []
    for parent in folders:
        try:
            inside = [parent, *sorted(parent.iterdir())]
        except OSError:
            continue
        marks += [(str(path), _changed(path), _changed(path / FILE)) for path in inside]
    return (*marks, *((place, _changed(Path(place))) for place in sys.path if place))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
