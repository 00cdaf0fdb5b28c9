"""Strategic merge patch, as Kubernetes defines it for its own kinds; JSON merge patch for all others. Merging,
finding the patch between two states, and making one patch of two.

The merge keys are those of Kubernetes' OpenAPI document (x-kubernetes-patch-merge-key), as a small table:
reading the document itself costs seconds and megabytes. Copies only along the path that a patch touches,
so that a graph which lent its values to a body stays as it is.
"""

from typing import Any, NamedTuple

from plugins.sdk.fields import Json


class _ListOf(NamedTuple):
    """A list whose items are found again by `key`; "" marks a set of plain values."""

    key: str
    shape: str = ""


class _ReplaceMap(NamedTuple):
    """An object that a patch replaces as a whole."""


_POD_LISTS: dict[str, Any] = {
    "containers": _ListOf("name", "Container"),
    "initContainers": _ListOf("name", "Container"),
    "ephemeralContainers": _ListOf("name", "Container"),
    "hostAliases": _ListOf("ip"),
    "imagePullSecrets": _ListOf("name"),
    "resourceClaims": _ListOf("name"),
    "schedulingGates": _ListOf("name"),
    "topologySpreadConstraints": _ListOf("topologyKey"),
    "volumes": _ListOf("name", "Volume"),
}
_TEMPLATED = {"metadata": "Meta", "spec": "TemplatedSpec"}

# shape: field -> shape of a nested object, or how a list merges
_SHAPES: dict[str, dict[str, Any]] = {
    "Meta": {"finalizers": _ListOf(""), "ownerReferences": _ListOf("uid")},
    "PodSpec": _POD_LISTS,
    "Container": {
        "env": _ListOf("name"),
        "ports": _ListOf("containerPort"),
        "volumeDevices": _ListOf("devicePath"),
        "volumeMounts": _ListOf("mountPath"),
    },
    "Volume": {},
    "PodTemplate": {"metadata": "Meta", "spec": "PodSpec"},
    "TemplatedSpec": {"template": "PodTemplate"},
    "JobTemplate": {"metadata": "Meta", "spec": "TemplatedSpec"},
    "CronJobSpec": {"jobTemplate": "JobTemplate"},
    "ServiceSpec": {"ports": _ListOf("port")},
    "BudgetSpec": {"selector": _ReplaceMap()},
    "Deployment": _TEMPLATED,
    "StatefulSet": _TEMPLATED,
    "DaemonSet": _TEMPLATED,
    "ReplicaSet": _TEMPLATED,
    "Job": _TEMPLATED,
    "CronJob": {"metadata": "Meta", "spec": "CronJobSpec"},
    "Pod": {"metadata": "Meta", "spec": "PodSpec"},
    "Service": {"metadata": "Meta", "spec": "ServiceSpec"},
    "PodDisruptionBudget": {"metadata": "Meta", "spec": "BudgetSpec"},
    "ServiceAccount": {
        "metadata": "Meta",
        "secrets": _ListOf("name"),
        "imagePullSecrets": _ListOf("name"),
    },
}
_BUILTIN_GROUPS = frozenset({"", "apps", "batch", "policy", "autoscaling", "extensions"})
_PATCH = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def strategic_merge(body: Json, patch: Json) -> Json:
    """A new body with `patch` merged in; the way depends on the body's own kind."""
    return _merge_object(body, patch, _shape_of(body))


def strategic_patch(before: Json, after: Json) -> Json:
    """What to merge into `before` to get `after`; {} when they are the same."""
    return _patch_object(before, after, _shape_of(after))


def combined_patch(body: Json, first: Json, second: Json) -> Json:
    """One patch that does to `body` what `first` and then `second` do, in the words of both if they allow it."""
    combined = _combine(first, second, _shape_of(body))
    wanted = strategic_merge(strategic_merge(body, first), second)
    return combined if strategic_merge(body, combined) == wanted else strategic_patch(body, wanted)


def _shape_of(body: Json) -> str:
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    kind = str(body.get("kind", ""))
    is_known = group in _BUILTIN_GROUPS or group.endswith(".k8s.io")
    return kind if is_known and kind in _SHAPES else "Other"


def _merge_object(base: Json, patch: Json, shape: str) -> Json:
    directive = patch.get(_PATCH)
    if directive == "replace":
        return _plain(patch)
    if directive == "delete":
        return {}
    fields = _SHAPES.get(shape, {})
    merged = dict(base)
    if shape == "Volume":
        merged = _one_source(merged, patch)
    if _RETAIN in patch:
        kept = patch[_RETAIN] if isinstance(patch[_RETAIN], list) else []
        merged = {key: value for key, value in merged.items() if key in kept}
    for key, value in patch.items():
        if key.startswith(_DELETE_FROM):
            _delete_from(merged, key.removeprefix(_DELETE_FROM), value)
        elif key in (_PATCH, _RETAIN) or key.startswith(_ORDER):
            continue
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge_value(merged.get(key), value, fields.get(key))
    return merged


def _one_source(base: Json, patch: Json) -> Json:
    """A volume has exactly one source: a patch that brings another takes the old one away."""
    if all(key == "name" or key.startswith("$") for key in patch):
        return base
    return {key: value for key, value in base.items() if key in patch}


def _delete_from(merged: Json, key: str, values: Any) -> None:
    if isinstance(merged.get(key), list) and isinstance(values, list):
        merged[key] = [item for item in merged[key] if item not in values]


def _merge_value(base: Any, value: Any, rule: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(rule, _ReplaceMap) or not isinstance(base, dict):
            base = {}
        return _merge_object(base, value, rule if isinstance(rule, str) else "")
    if isinstance(value, list):
        if isinstance(rule, _ListOf):
            return _merge_list(base if isinstance(base, list) else [], value, rule)
        return [_plain(item) if isinstance(item, dict) else item for item in value]
    return value


def _merge_list(base: list[Any], patch: list[Any], rule: _ListOf) -> list[Any]:
    if not rule.key:
        return base + [item for item in patch if item not in base]
    if any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in patch):
        return [_plain(item) for item in patch if isinstance(item, dict) and item.get(_PATCH) != "replace"]
    merged = list(base)
    for item in patch:
        if not isinstance(item, dict):
            continue
        index = _find(merged, rule.key, item.get(rule.key))
        if item.get(_PATCH) == "delete":
            if index is not None:
                del merged[index]
        elif index is None:
            merged.append(_merge_object({}, item, rule.shape))
        else:
            merged[index] = _merge_object(merged[index], item, rule.shape)
    return merged


def _find(items: list[Any], key: str, value: Any) -> int | None:
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get(key) == value:
            return index
    return None


def _plain(value: Json) -> Json:
    """Without directives and nulls: what stands in a patch where there was nothing to patch."""
    return _merge_object({}, {key: item for key, item in value.items() if key != _PATCH}, "")


# --- from two states to a patch, and from two patches to one ----------------------------------------------


def _patch_object(before: Json, after: Json, shape: str) -> Json:
    fields = _SHAPES.get(shape, {})
    patch: Json = {key: None for key in before if key not in after}
    for key, value in after.items():
        base, rule = before.get(key), fields.get(key)
        if key in before and base == value:
            continue
        if isinstance(base, dict) and isinstance(value, dict) and not isinstance(rule, _ReplaceMap):
            patch[key] = _patch_object(base, value, rule if isinstance(rule, str) else "")
        elif isinstance(base, list) and isinstance(value, list) and isinstance(rule, _ListOf):
            patch |= _patch_list(key, base, value, rule)
        else:
            patch[key] = value
    return patch


def _patch_list(key: str, before: list[Any], after: list[Any], rule: _ListOf) -> Json:
    if not rule.key:
        removed = [item for item in before if item not in after]
        added = [item for item in after if item not in before]
        return ({f"{_DELETE_FROM}{key}": removed} if removed else {}) | ({key: added} if added else {})
    items = _patch_items(before, after, rule)
    # Another order, or items that cannot be told apart: only the whole list says it.
    if items is None or _merge_list(before, items, rule) != after:
        return {key: [{_PATCH: "replace"}, *after]}
    return {key: items}


def _patch_items(before: list[Any], after: list[Any], rule: _ListOf) -> list[Json] | None:
    if not all(isinstance(item, dict) and isinstance(item.get(rule.key), str | int) for item in [*before, *after]):
        return None
    left = {item[rule.key]: item for item in before}
    right = {item[rule.key]: item for item in after}
    items: list[Json] = [{_PATCH: "delete", rule.key: name} for name in left if name not in right]
    for name, item in right.items():
        if name not in left:
            items.append(item)
        elif item != left[name]:
            items.append({rule.key: name} | _patch_object(left[name], item, rule.shape))
    return items


def _combine(first: Json, second: Json, shape: str) -> Json:
    fields = _SHAPES.get(shape, {})
    combined = dict(first)
    for key, value in second.items():
        base, rule = combined.get(key), fields.get(key)
        if key.startswith(_DELETE_FROM) and isinstance(value, list):
            _delete_from(combined, key.removeprefix(_DELETE_FROM), value)
            combined[key] = [*(base or []), *value]
        elif isinstance(base, dict) and isinstance(value, dict) and not isinstance(rule, _ReplaceMap):
            combined[key] = _combine(base, value, rule if isinstance(rule, str) else "")
        elif isinstance(value, list) and isinstance(rule, _ListOf):
            if not rule.key:
                _delete_from(combined, f"{_DELETE_FROM}{key}", value)
            combined[key] = _combine_items(base, value, rule) if isinstance(base, list) else value
        else:
            combined[key] = value
    return combined


def _combine_items(first: list[Any], second: list[Any], rule: _ListOf) -> list[Any]:
    if not rule.key:
        return first + [item for item in second if item not in first]
    if _replaces(second):
        return second
    if _replaces(first):
        return [{_PATCH: "replace"}, *_merge_list([item for item in first if not _replaces([item])], second, rule)]
    combined = list(first)
    for item in second:
        index = _find(combined, rule.key, item.get(rule.key))
        if index is None:
            combined.append(item)
        elif _PATCH in item or _PATCH in combined[index]:
            combined[index] = item
        else:
            combined[index] = _combine(combined[index], item, rule.shape)
    return combined


def _replaces(items: list[Any]) -> bool:
    return any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in items)
