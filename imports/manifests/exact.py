"""That a drawing compiles to what was read: ways of drawing are tried, and what no field says becomes an override.
Pure."""

from collections.abc import Mapping
from typing import Any

from imports.manifests.cleaning import template_path
from imports.manifests.drawing import Drawing
from imports.manifests.items import Item
from imports.manifests.paths import value_at
from imports.manifests.wiring import Way, ways
from plugins.registry import core_types
from plugins.sdk import names
from plugins.sdk.decode import decode
from plugins.sdk.fields import Json
from plugins.sdk.merge import strategic_merge, strategic_patch
from plugins.sdk.normalise import with_protocols
from plugins.sdk.secrets import Placeholders
from workflows.compile import CompileOptions, compile_graph

# No workflow is called so: whatever holds it came from here, not from the input.
INSTANCE = "workflow-of-the-run"

# Never compared and never in an override: they belong to the vault alone.
_VALUES = ("data", "stringData")

Objects = Mapping[tuple[str, str, str], Json]


class Compared:
    """What the nodes become by themselves, for the report: by node id."""

    def __init__(self) -> None:
        self.plain: dict[str, Json] = {}
        self.final: dict[str, Json] = {}


def drop_misfits(item: Item) -> None:
    """A value of a wrong type has no place in the node; it goes on to the cluster as it was written."""
    _, faults = decode(item.data, core_types().get(item.type).data)
    for fault in faults:
        field = fault.path.partition(".")[0]
        item.data.pop(field, None)
        for path in [path for path, used in item.used.items() if used.partition(".")[0] == field]:
            del item.used[path]


def make_exact(drawing: Drawing, *, digest_key: bytes) -> Compared:
    """Chooses the way of drawing each workload, then writes what differs into the overrides. An item that cannot be
    said exactly becomes a manifest."""
    _choose_ways(drawing, digest_key)
    compared = Compared()
    objects = _compiled(drawing, digest_key)
    for item in drawing.items:
        if item.type == "manifest" or item.data.get("existing"):
            continue
        plain = objects.get((item.node_id, item.kind, item.name))
        if plain is None:
            continue
        compared.plain[item.node_id] = plain
        wanted = _wanted(item, plain)
        patch = strategic_patch(plain, wanted)
        if patch:
            item.data["overrides"] = patch
        compared.final[item.node_id] = with_protocols(strategic_merge(plain, patch))
    return compared


def is_exact(item: Item, compared: Compared) -> bool:
    final = compared.final.get(item.node_id)
    if item.data.get("existing"):
        return True
    return final is not None and final == _wanted(item, compared.plain[item.node_id])


def rights_fit(item: Item, drawing: Drawing) -> bool:
    """Whether a service account makes the roles that it took in."""
    made = _compiled(drawing, b"")
    for other in item.absorbed:
        body = made.get((item.node_id, other.kind, other.name))
        if body is None or _without_labels(body) != _without_labels(_wanted(other, body)):
            return False
    return True


def _without_labels(body: Json) -> Json:
    metadata = {key: value for key, value in body["metadata"].items() if key not in ("labels", "annotations")}
    return {**body, "metadata": metadata}


def _choose_ways(drawing: Drawing, digest_key: bytes) -> None:
    open_ways: dict[str, list[Way]] = {}
    items = {item.node_id: item for item in drawing.workloads()}
    for item in items.values():
        open_ways[item.node_id] = ways(item, drawing, restarts=not item.is_live)
    while open_ways:
        for id, choices in open_ways.items():
            items[id].data, drawing.wired[id] = choices[0].data, choices[0].edges
        objects = _compiled(drawing, digest_key)
        open_ways = {
            id: choices[1:]
            for id, choices in open_ways.items()
            if len(choices) > 1 and not _same_pods(items[id], objects.get((id, items[id].kind, items[id].name)))
        }
    _quieten(drawing, items, digest_key)


def _quieten(drawing: Drawing, items: dict[str, Item], digest_key: bytes) -> None:
    """A digest is made anew each time. Pods that carry another one stay as they are: what they read is not all known
    here."""
    written = {id: _annotations(item.body, item).get(names.CONFIG_DIGEST) for id, item in items.items()}
    kept = {id: item.data.get("pod_annotations") for id, item in items.items() if written[id] is not None}
    if not kept:
        return
    for id in kept:
        _forget_digest(items[id])
    objects = _compiled(drawing, digest_key)
    for id, annotations in kept.items():
        made = _annotations(objects.get((id, items[id].kind, items[id].name)) or {}, items[id])
        if made.get(names.CONFIG_DIGEST) == written[id]:
            continue
        items[id].data["pod_annotations"] = annotations
        readable = {source.node_id for source in drawing.of_type("configmap", "secret")}
        for edge in drawing.wired[id]:
            if edge.source in readable and edge.data.get("as") != "pull":
                edge.data["restart"] = False


def _annotations(body: Json, item: Item) -> Json:
    path = template_path(item.kind) or ()
    found = value_at(body, (*path, "metadata", "annotations"))
    return found if isinstance(found, dict) else {}


def _forget_digest(item: Item) -> None:
    own = item.data.get("pod_annotations")
    if isinstance(own, dict):
        own = {key: value for key, value in own.items() if key != names.CONFIG_DIGEST}
        item.data["pod_annotations"] = own
        if not own:
            del item.data["pod_annotations"]


def _same_pods(item: Item, made: Json | None) -> bool:
    """What runs; the digest among the annotations is looked at later."""
    path = template_path(item.kind)
    if made is None or path is None:
        return False
    return bool(value_at(made, (*path, "spec")) == value_at(item.body, (*path, "spec")))


def _wanted(item: Item, made: Json) -> Json:
    """What was read, with what every object of a workflow has; the keys that the compiler orders in its order."""
    metadata = dict(item.metadata)
    labels = {**made["metadata"]["labels"], **item.labels}
    for key in (names.MANAGED_BY, names.NODE):
        labels[key] = made["metadata"]["labels"][key]
    metadata["labels"] = labels
    if "namespace" in made["metadata"]:
        metadata["namespace"] = made["metadata"]["namespace"]
    wanted = {**item.body, "apiVersion": made["apiVersion"], "metadata": metadata}
    if item.type == "secret":
        wanted = _without_values(wanted) | {key: made[key] for key in _VALUES if key in made}
    path = template_path(item.kind)
    return wanted if path is None else _with_template(wanted, made, path, item)


def _without_values(body: Json) -> Json:
    return {key: value for key, value in body.items() if key not in _VALUES}


def _with_template(wanted: Json, made: Json, path: tuple[str, ...], item: Item) -> Json:
    """Where pods are made anew anyway, or nothing selects them, what the compiler adds to them does no harm."""
    template = value_at(wanted, path)
    other = value_at(made, path)
    if not isinstance(template, dict) or not isinstance(other, dict):
        return wanted
    metadata = dict(template.get("metadata") or {})
    made_annotations = (other.get("metadata") or {}).get("annotations") or {}
    digest = made_annotations.get(names.CONFIG_DIGEST)
    if digest is not None:
        metadata["annotations"] = {**(metadata.get("annotations") or {}), names.CONFIG_DIGEST: digest}
    if item.type in ("job", "cronjob") and not item.is_live:
        metadata["labels"] = {**other["metadata"]["labels"], **(metadata.get("labels") or {})}
    return _replaced(wanted, (*path, "metadata"), metadata) if metadata else wanted


def _replaced(value: Any, path: tuple[str, ...], new: Any) -> Any:
    if not path:
        return new
    head, *rest = path
    return {**value, head: _replaced(value.get(head), tuple(rest), new)}


def _compiled(drawing: Drawing, digest_key: bytes) -> Objects:
    """By node id, kind and name."""
    result = compile_graph(
        drawing.graph(),
        types=core_types(),
        options=CompileOptions(namespace=drawing.space, instance=INSTANCE, digest_key=digest_key),
        secrets=Placeholders(),
    )
    return {(item.node_id or "", item.kind, item.name): item.body for item in result.bundle.objects}
