"""A cluster in memory, as little of one as the steps of a run can tell: server-side apply with owners and
conflicts, uids, versions and preconditions, and workloads that are well at once, unless told otherwise."""

import copy
import itertools
import re
from typing import Any

from clusters.kube.gateway import Conflict, ListPage, NotFound, Refused, Unreachable
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.names import MANAGER

Json = dict[str, Any]
Key = tuple[str, str, str, str]

_VERBS = ("get", "list", "create", "delete", "patch")


def _kind(group: str, version: str, kind: str, *, namespaced: bool = True) -> ServedKind:
    return ServedKind(group, version, kind, kind.lower() + "s", namespaced, _VERBS)


CRD_GROUP = "apiextensions.k8s.io"
KINDS = (
    _kind("", "v1", "Namespace", namespaced=False),
    _kind("", "v1", "ConfigMap"),
    _kind("", "v1", "Secret"),
    _kind("", "v1", "Service"),
    _kind("", "v1", "Pod"),
    _kind("", "v1", "Event"),
    _kind("", "v1", "PersistentVolumeClaim"),
    _kind("apps", "v1", "Deployment"),
    _kind("apps", "v1", "ReplicaSet"),
    _kind("apps", "v1", "StatefulSet"),
    _kind("batch", "v1", "Job"),
    _kind("autoscaling", "v2", "HorizontalPodAutoscaler"),
    _kind(CRD_GROUP, "v1", "CustomResourceDefinition", namespaced=False),
)
_IMMUTABLE = {("batch", "Job"): "template"}


class FakeCluster:
    """Implements what the engine uses of `clusters.kube.gateway.Gateway`."""

    def __init__(self, *namespaces: str) -> None:
        self.objects: dict[Key, Json] = {}
        self.kinds = list(KINDS)
        self.writes: list[str] = []
        self.is_down = False
        # name -> health of what has pods: "well" (default), "slow", "broken"
        self.moods: dict[str, str] = {}
        self._numbers = itertools.count(1)
        for name in namespaces:
            self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    # --- for tests

    def put(self, body: Json, manager: str = "somebody") -> Json:
        """Somebody else makes it, or changes it."""
        key = self._key(body)
        live = copy.deepcopy(body)
        before = self.objects.get(key)
        metadata = live["metadata"]
        metadata["uid"] = before["metadata"]["uid"] if before else f"uid-{next(self._numbers)}"
        metadata["resourceVersion"] = str(next(self._numbers))
        metadata.setdefault("managedFields", [{"manager": manager, "operation": "Update", "fieldsV1": _fields(body)}])
        self.objects[key] = live
        return live

    def find(self, kind: str, name: str, namespace: str = "shop") -> Json | None:
        return next(
            (item for key, item in self.objects.items() if key[1:] in ((kind, namespace, name), (kind, "", name))), None
        )

    def names(self) -> set[str]:
        """All but the parents of sets."""
        return {
            f"{key[1]} {key[3]}"
            for key in self.objects
            if not (key[1] == "Secret" and key[3].startswith("sailcloth-")) and key[1] != "Namespace"
        }

    # --- the port

    async def version(self) -> str:
        return "v1.30.0"

    async def capabilities(self, *, refresh: bool = False) -> Capabilities:
        self._answer()
        return Capabilities("v1.30.0", tuple(self.kinds))

    async def get(self, kind: ServedKind, name: str, namespace: str = "") -> Json:
        self._answer()
        found = self.objects.get(self._place(kind, name, namespace))
        if found is None:
            raise NotFound(f'{kind.resource} "{name}" not found', reason="NotFound", status=404)
        return self._seen(found)

    async def list(self, kind: ServedKind, namespace: str = "", *, labels: str = "", fields: str = "") -> ListPage:
        self._answer()
        name, _, value = labels.partition("=")
        items = [
            self._seen(item)
            for key, item in self.objects.items()
            if key[:2] == (kind.group, kind.kind)
            and namespace in ("", key[2])
            and (not labels or (item["metadata"].get("labels") or {}).get(name) == value)
        ]
        return ListPage([{k: v for k, v in item.items() if k not in ("apiVersion", "kind")} for item in items], "1")

    async def apply(self, kind: ServedKind, body: Json, *, force: bool = False, dry_run: bool = False) -> Json:
        self._answer()
        self._check_namespace(kind, body)
        key = self._key(body)
        live = self.objects.get(key)
        if live is not None:
            self._check_immutable(key, live, body)
            self._check_conflicts(live, body, force)
        made = self._merged(live, body)
        if live is not None and _plain(made) == _plain(live) and _ours(live) == _ours(made):
            return self._seen(live)
        made["metadata"]["uid"] = live["metadata"]["uid"] if live else f"uid-{next(self._numbers)}"
        made["metadata"]["resourceVersion"] = str(next(self._numbers))
        if dry_run and live is None:
            del made["metadata"]["resourceVersion"]  # It is stored nowhere, so it has no version.
        if not dry_run:
            self.objects[key] = made
            self.writes.append(f"apply {key[1]} {key[3]}")
            self._established(made)
        return self._seen(made)

    async def create(self, kind: ServedKind, body: Json, *, dry_run: bool = False) -> Json:
        self._answer()
        self._check_namespace(kind, body)
        if self._key(body) in self.objects:
            raise Conflict("it exists already", reason="AlreadyExists", status=409)
        self.writes.append(f"create {body['kind']} {body['metadata']['name']}")
        return self._seen(self.put(body, MANAGER))

    async def patch(
        self, kind: ServedKind, name: str, namespace: str, patch: Any, *, patch_type: str = "merge",
        subresource: str = "", dry_run: bool = False,
    ) -> Json:  # fmt: skip
        """Only the adoption of managed fields."""
        self._answer()
        live = self.objects[self._place(kind, name, namespace)]
        for each in patch:
            if each["path"] == "/metadata/managedFields":
                live["metadata"]["managedFields"] = each["value"]
        self.writes.append(f"adopt {kind.kind} {name}")
        return self._seen(live)

    async def delete(
        self, kind: ServedKind, name: str, namespace: str = "", *, uid: str | None = None,
        resource_version: str | None = None, propagation: str = "Background", dry_run: bool = False,
    ) -> None:  # fmt: skip
        self._answer()
        key = self._place(kind, name, namespace)
        live = self.objects.get(key)
        if live is None:
            raise NotFound("not found", reason="NotFound", status=404)
        metadata = live["metadata"]
        if uid not in (None, metadata["uid"]) or resource_version not in (None, metadata["resourceVersion"]):
            raise Conflict("the precondition failed", reason="Conflict", status=409)
        self.writes.append(f"delete {kind.kind} {name}")
        if metadata.get("finalizers"):
            metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
            return
        del self.objects[key]
        if kind.kind == "Namespace":
            for other in [each for each in self.objects if each[2] == name]:
                del self.objects[other]

    # --- inside

    def _answer(self) -> None:
        if self.is_down:
            raise Unreachable("connection refused", reason="refused")

    def _key(self, body: Json) -> Key:
        group = str(body["apiVersion"]).rpartition("/")[0]
        metadata = body["metadata"]
        return (group, body["kind"], metadata.get("namespace") or "", metadata["name"])

    def _place(self, kind: ServedKind, name: str, namespace: str) -> Key:
        return (kind.group, kind.kind, namespace if kind.namespaced else "", name)

    def _check_namespace(self, kind: ServedKind, body: Json) -> None:
        name = body["metadata"].get("namespace") or ""
        if kind.namespaced and ("", "Namespace", "", name) not in self.objects:
            details = {"kind": "namespaces", "name": name}
            raise NotFound(f'namespaces "{name}" not found', reason="NotFound", status=404, details=details)

    def _check_immutable(self, key: Key, live: Json, body: Json) -> None:
        field = _IMMUTABLE.get(key[:2])
        if field and live["spec"].get(field) != body["spec"].get(field):
            raise Refused(f"spec.{field}: Invalid value: field is immutable", reason="Invalid", status=422)

    def _check_conflicts(self, live: Json, body: Json, force: bool) -> None:
        causes = []
        for entry in live["metadata"].get("managedFields") or []:
            if entry["manager"] == MANAGER and entry["operation"] == "Apply":
                continue
            for path in _leaves(entry["fieldsV1"]):
                wanted, found = _at(body, path), _at(live, path)
                if path[0] in ("data", "spec") and wanted is not None and wanted != found:
                    field = "." + ".".join(path)
                    causes.append(
                        {
                            "reason": "FieldManagerConflict",
                            "field": field,
                            "message": f'conflict with "{entry["manager"]}"',
                        }
                    )
        if causes and not force:
            raise Conflict("Apply failed", reason="Conflict", status=409, details={"causes": causes})

    def _merged(self, live: Json | None, body: Json) -> Json:
        """`body` over what others own of `live`; what was ours and is no longer in `body` goes."""
        made = copy.deepcopy(body)
        others = []
        if live is not None:
            others = [entry for entry in live["metadata"].get("managedFields") or [] if not _is_ours(entry)]
            for entry in others:
                for path in _leaves(entry["fieldsV1"]):
                    if _at(made, path) is None and _at(live, path) is not None:
                        _set(made, path, _at(live, path))
            for name in ("uid", "resourceVersion", "deletionTimestamp", "finalizers", "ownerReferences"):
                if name in live["metadata"]:
                    made["metadata"][name] = live["metadata"][name]
        ours = {"manager": MANAGER, "operation": "Apply", "fieldsV1": _fields(body)}
        made["metadata"]["managedFields"] = [*others, ours]
        return made

    def _seen(self, item: Json) -> Json:
        shown = copy.deepcopy(item)
        mood = self.moods.get(item["metadata"]["name"], "well")
        shown.setdefault("status", _status(shown, mood))
        if not shown["status"]:
            del shown["status"]
        return shown

    def _established(self, made: Json) -> None:
        if made["kind"] == "CustomResourceDefinition":
            spec = made["spec"]
            kind = _kind(spec["group"], "v1", spec["names"]["kind"], namespaced=spec["scope"] == "Namespaced")
            self.kinds = [each for each in self.kinds if (each.group, each.kind) != (kind.group, kind.kind)] + [kind]


def _status(item: Json, mood: str) -> Json:
    kind, wanted = item["kind"], (item.get("spec") or {}).get("replicas", 1)
    if kind == "Deployment":
        if mood == "well":
            return {"replicas": wanted, "updatedReplicas": wanted, "readyReplicas": wanted, "availableReplicas": wanted}
        reason = "ProgressDeadlineExceeded" if mood == "broken" else "Waiting"
        status = "False" if mood == "broken" else "True"
        return {"conditions": [{"type": "Progressing", "status": status, "reason": reason}], "replicas": wanted}
    if kind == "Job":
        condition = {"well": "Complete", "broken": "Failed"}.get(mood)
        return {"conditions": [{"type": condition, "status": "True"}]} if condition else {"active": 1}
    if kind == "CustomResourceDefinition":
        return {"conditions": [{"type": "Established", "status": "True"}, {"type": "NamesAccepted", "status": "True"}]}
    return {"phase": "Bound"} if kind == "PersistentVolumeClaim" else {}


def _is_ours(entry: Json) -> bool:
    return bool(entry["manager"] == MANAGER and entry["operation"] == "Apply")


def _ours(item: Json) -> list[Json]:
    return [entry for entry in item["metadata"].get("managedFields") or [] if _is_ours(entry)]


def _plain(item: Json) -> Json:
    noise = ("managedFields", "resourceVersion", "uid")
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key not in noise}}


def _fields(value: Any) -> Json:
    if not isinstance(value, dict):
        return {}
    skipped = ("apiVersion", "kind", "name", "namespace", "managedFields", "uid", "resourceVersion")
    return {f"f:{key}": _fields(inner) for key, inner in value.items() if key not in skipped}


def _leaves(fields: Json, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, inner in fields.items():
        here = (*path, re.sub(r"^f:", "", key))
        found += _leaves(inner, here) if inner else [here]
    return found


def _at(item: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def _set(item: Json, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        item = item.setdefault(key, {})
    item[path[-1]] = value
