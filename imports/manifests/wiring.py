"""What a workload reads, as edges. Pure.

An edge can bring a variable, a file or a volume itself (`drawn`), or only show that the workload's own fields name
its source (`named`). The first is what a person would draw, but it has an order and names of its own; which of the
two says exactly the same is found out by compiling.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from imports.manifests.drawing import Drawing
from imports.manifests.items import Item
from imports.manifests.linking import pull_secrets
from plugins.sdk import names
from plugins.sdk.fields import Json
from plugins.sdk.graph import Edge

_SOURCES = {"configMap": ("configmap", "name", "config"), "secret": ("secret", "secretName", "secret")}
_MOUNT_KEYS = frozenset({"volume", "path", "sub_path", "read_only"})


class Way(NamedTuple):
    """The data of a workload and the edges into it."""

    data: Json
    edges: list[Edge]


def ways(item: Item, drawing: Drawing, *, restarts: bool) -> list[Way]:
    """The ways in which the workload may be drawn, the best first; the last is always exact."""
    data = deepcopy(item.data)
    _account(data, item, drawing)
    drawn = _Drawn(deepcopy(data), item, drawing, restarts)
    drawn.draw()
    named = Way(data, _named(data, item, drawing, restarts, set()))
    if not drawn.edges:
        return [named]
    linked = {edge.source for edge in drawn.edges}
    rest = _named(drawn.data, item, drawing, restarts, linked)
    return [Way(drawn.data, [*drawn.edges, *rest]), named]


def _account(data: Json, item: Item, drawing: Drawing) -> None:
    account = drawing.find("serviceaccount", item.namespace, data.get("service_account"))
    if account is not None:
        drawing.add(account, item)
        del data["service_account"]


def _containers(data: Json) -> Iterator[tuple[str | None, Json]]:
    """With the name by which an edge aims at it; the main one needs none."""
    yield None, data
    for field in ("init_containers", "containers"):
        for side in data.get(field) or ():
            yield side.get("name"), side


def _named(data: Json, item: Item, drawing: Drawing, restarts: bool, linked: set[str]) -> list[Edge]:
    """One edge from each source that the workload's own fields name."""
    names_of = dict.fromkeys(each for each in _references(data) if isinstance(each[1], str))
    sources = [drawing.find(type, item.namespace, name) for type, name in names_of]
    return [
        drawing.edge(source, item, {"named": True} | _quiet(source, restarts))
        for source in sources
        if source is not None and source.node_id not in linked
    ]


def _quiet(source: Item, restarts: bool) -> Json:
    is_read = source.type in ("configmap", "secret")
    return {"restart": False} if is_read and not restarts else {}


def _references(data: Json) -> Iterator[tuple[str, Any]]:
    for _, container in _containers(data):
        for entry in (*(container.get("env_from") or ()), *(container.get("env") or ())):
            for field, type in (("config_map", "configmap"), ("secret", "secret")):
                reference = entry.get(field)
                if reference:
                    yield type, reference.get("name") if isinstance(reference, dict) else reference
    for volume in data.get("volumes") or ():
        yield from _volume_references(volume.get("source") or {})
    for name in data.get("image_pull_secrets") or ():
        if isinstance(name, str):
            yield "secret", name


def _volume_references(source: Json) -> Iterator[tuple[str, Any]]:
    for key, (type, field, _) in _SOURCES.items():
        if isinstance(source.get(key), dict):
            yield type, source[key].get(field)
    claim = source.get("persistentVolumeClaim")
    if isinstance(claim, dict):
        yield "persistentvolumeclaim", claim.get("claimName")
    projected = source.get("projected")
    sources = projected.get("sources") if isinstance(projected, dict) else None
    for part in sources if isinstance(sources, list) else ():
        for key, (type, _, _) in _SOURCES.items():
            if isinstance(part, dict) and isinstance(part.get(key), dict):
                yield type, part[key].get("name")


class _Drawn:
    """Takes out of the data what edges can bring: the head of each list, for edges come before the node's own."""

    def __init__(self, data: Json, item: Item, drawing: Drawing, restarts: bool) -> None:
        self.data = data
        self.item = item
        self.drawing = drawing
        self.restarts = restarts
        self.edges: list[Edge] = []

    def draw(self) -> None:
        for name, container in _containers(self.data):
            self._env_from(container, name)
            self._env(container, name)
        self._volumes()
        secrets = pull_secrets(self.data.get("image_pull_secrets"), self.item.namespace, self.drawing)
        if secrets:
            for secret in secrets:
                self._edge(secret, {"as": "pull"}, None)
            del self.data["image_pull_secrets"]

    def _edge(self, source: Item, data: Json, container: str | None) -> None:
        aim = {} if container is None else {"container": container}
        quiet = {} if data.get("as") == "pull" else _quiet(source, self.restarts)
        self.edges.append(self.drawing.edge(source, self.item, {**data, **aim, **quiet}, order=len(self.edges)))

    def _source(self, entry: Json) -> tuple[Item | None, Any]:
        for field, type in (("config_map", "configmap"), ("secret", "secret")):
            reference = entry.get(field)
            if reference:
                name = reference.get("name") if isinstance(reference, dict) else reference
                return self.drawing.find(type, self.item.namespace, name), reference if isinstance(
                    reference, dict
                ) else {}
        return None, None

    def _env_from(self, container: Json, name: str | None) -> None:
        entries = container.get("env_from") or []
        while entries:
            source, _ = self._source(entries[0])
            if source is None:
                break
            entry = entries.pop(0)
            more = {key: entry[key] for key in ("prefix", "optional") if key in entry}
            self._edge(source, {"as": "env", **more}, name)
        if "env_from" in container and not entries:
            del container["env_from"]

    def _env(self, container: Json, name: str | None) -> None:
        entries = container.get("env") or []
        run: list[tuple[Item, str, str, Any]] = []
        while entries:
            source, reference = self._source(entries[0])
            if source is None or not {"name", "key"} <= reference.keys():
                break
            entry = entries.pop(0)
            run.append((source, str(entry.get("name")), reference["key"], entry.get("optional")))
        while run:
            source, _, _, optional = run[0]
            same = 0
            while same < len(run) and run[same][0] is source and run[same][3] == optional:
                same += 1
            pairs = {variable: key for _, variable, key, _ in run[:same]}
            keys = list(pairs) if all(variable == key for variable, key in pairs.items()) else pairs
            more = {} if optional is None else {"optional": optional}
            self._edge(source, {"as": "env", "keys": keys, **more}, name)
            del run[:same]
        if "env" in container and not entries:
            del container["env"]

    def _volumes(self) -> None:
        found = {
            volume.get("name"): drawn for volume in self.data.get("volumes") or () if (drawn := self._drawable(volume))
        }
        taken: list[tuple[Json, Json, str | None]] = []
        for name, container in _containers(self.data):
            for mount in container.get("mounts") or ():
                if mount.get("volume") not in found or not mount.keys() <= _MOUNT_KEYS:
                    break
                taken.append((container, mount, name))
        uses = [
            mount.get("volume") for _, container in _containers(self.data) for mount in container.get("mounts") or ()
        ]
        for volume in found.copy():
            count = sum(mount["volume"] == volume for _, mount, _ in taken)
            if count == 0 or count != uses.count(volume):
                del found[volume]
        for container, mount, name in taken:
            if mount["volume"] in found:
                source, data = found[mount["volume"]]
                more = {key: value for key, value in mount.items() if key != "volume"}
                self._edge(source, {**data, **more}, name)
                container["mounts"] = [other for other in container["mounts"] if other is not mount]
                if not container["mounts"]:
                    del container["mounts"]
        rest = [volume for volume in self.data.get("volumes") or () if volume.get("name") not in found]
        if found:
            self.data.pop("volumes")
            if rest:
                self.data["volumes"] = rest

    def _drawable(self, volume: Json) -> tuple[Item, Json] | None:
        """The source and the edge's data, when an edge would make a volume of the same name."""
        source = volume.get("source") or {}
        claim = source.get("persistentVolumeClaim")
        if isinstance(claim, dict) and claim.keys() == {"claimName"}:
            found = self.drawing.find("persistentvolumeclaim", self.item.namespace, claim["claimName"])
            is_named = volume.get("name") == names.dns_label(f"claim-{claim['claimName']}")
            return (found, {}) if found is not None and is_named else None
        for key, (type, field, prefix) in _SOURCES.items():
            body = source.get(key)
            if not isinstance(body, dict) or not body.keys() <= {field, "items", "defaultMode", "optional"}:
                continue
            found = self.drawing.find(type, self.item.namespace, body.get(field))
            if found is not None and volume.get("name") == names.dns_label(f"{prefix}-{body[field]}"):
                return found, {"as": "mount", **_files(body)}
        return None


def _files(body: Json) -> Json:
    data: Json = {}
    items = body.get("items")
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        if all(item.get("key") == item.get("path") and "mode" not in item for item in items):
            data["keys"] = [item.get("key") for item in items]
        else:
            data["items"] = [dict(item) for item in items]
    if "defaultMode" in body:
        data["mode"] = body["defaultMode"]
    if "optional" in body:
        data["optional"] = body["optional"]
    return data
