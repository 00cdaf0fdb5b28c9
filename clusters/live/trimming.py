"""What of an object is kept in memory: everything that health is judged by, and no secret value ever."""

from collections.abc import Iterable

from clusters.health.reading import Json, mapping, text

# Bulky or secret, and never looked at: of these the names of the keys stay.
_EMPTIED = {
    ("", "Secret"): ("data", "stringData"),
    ("", "ConfigMap"): ("data", "binaryData"),
}
_DROPPED = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ("spec",),
}
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Of what is said only this counts: warnings, and that a claim waits on purpose.
_TELLING = frozenset({"WaitForFirstConsumer", "WaitForPodScheduled", "FailedBinding"})


def trim(obj: Json, group: str, kind: str) -> Json:
    metadata = {name: value for name, value in mapping(obj.get("metadata")).items() if name != "managedFields"}
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and _APPLIED in annotations:
        metadata["annotations"] = {name: value for name, value in annotations.items() if name != _APPLIED}
    dropped, emptied = _DROPPED.get((group, kind), ()), _EMPTIED.get((group, kind), ())
    kept = {name: value for name, value in obj.items() if name not in dropped}
    for name in emptied:
        if name in kept:
            kept[name] = dict.fromkeys(mapping(kept[name]))
    return {**kept, "metadata": metadata}


def is_worth_keeping(obj: Json, kind: str) -> bool:
    return kind != "Event" or obj.get("type") != "Normal" or text(obj.get("reason")) in _TELLING


def worth_keeping(items: Iterable[Json], kind: str) -> Iterable[Json]:
    return (item for item in items if isinstance(item, dict) and is_worth_keeping(item, kind))
