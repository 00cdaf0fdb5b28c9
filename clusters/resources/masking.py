"""An object as people may see it: without values of secrets, and without bookkeeping. Pure."""

from clusters.health.reading import Json, mapping, text

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_VALUES = ("data", "stringData", "binaryData")
# A field of this kind's metadata may repeat all of its values; nothing else of theirs is worth that risk.
_KEPT_OF_SECRETS = frozenset({"name", "namespace", "uid", "labels", "creationTimestamp", "resourceVersion"})
_ALSO_KEPT = frozenset({"ownerReferences", "deletionTimestamp", "finalizers", "generation"})


def masked(obj: Json) -> Json:
    """`{KEY: null}` where the values of a secret are; whatever else a secret says is left out."""
    metadata = {name: value for name, value in mapping(obj.get("metadata")).items() if name != "managedFields"}
    annotations = mapping(metadata.get("annotations"))
    if _APPLIED in annotations:
        metadata["annotations"] = {name: value for name, value in annotations.items() if name != _APPLIED}
    if text(obj.get("kind")) != "Secret" or "/" in text(obj.get("apiVersion")):
        return {**obj, "metadata": metadata}
    kept = {name: value for name, value in metadata.items() if name in _KEPT_OF_SECRETS | _ALSO_KEPT}
    kept["annotations"] = dict.fromkeys(mapping(metadata.get("annotations")))
    found: Json = {"apiVersion": "v1", "kind": "Secret", "metadata": kept, "type": text(obj.get("type"))}
    for name in _VALUES:
        if name in obj:
            found[name] = dict.fromkeys(mapping(obj.get(name)))
    if isinstance(obj.get("immutable"), bool):
        found["immutable"] = obj["immutable"]
    return found
