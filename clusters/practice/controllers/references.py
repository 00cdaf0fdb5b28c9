"""What a pod needs from other objects before it can start, and what happens when that is missing.

Must not know the life of a container.
"""

from __future__ import annotations

from clusters.practice.objects import Obj, dig, namespace_of
from clusters.practice.store import Store

_KINDS = {"configMap": ("/configmaps", "configmap"), "secret": ("/secrets", "secret")}


def missing_volume(store: Store, pod: Obj) -> str:
    """The FailedMount text for the first volume whose source does not exist."""
    namespace = namespace_of(pod)
    for volume in pod["spec"].get("volumes") or []:
        for field, name_key in (("configMap", "name"), ("secret", "secretName")):
            source = volume.get(field)
            if source and not source.get("optional"):
                why = _missing_source(store, namespace, field, source.get(name_key) or "", source.get("items"))
                if why:
                    return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}'
        for part in dig(volume, "projected", "sources", default=[]):
            for field in ("configMap", "secret"):
                source = part.get(field)
                if source and not source.get("optional"):
                    why = _missing_source(store, namespace, field, source.get("name") or "", source.get("items"))
                    if why:
                        return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}'
    return ""


def _missing_source(store: Store, namespace: str, field: str, name: str, items: list[Obj] | None) -> str:
    resource, word = _KINDS[field]
    found = store.get(resource, namespace, name)
    if found is None:
        return f'{word} "{name}" not found'
    known = {**(found.get("data") or {}), **(found.get("binaryData") or {})}
    absent = [i["key"] for i in items or [] if i.get("key") not in known]
    return f"references non-existent config key: {absent[0]}" if absent else ""


def missing_environment(store: Store, pod: Obj, container: Obj) -> str:
    """The CreateContainerConfigError text of a container, if it has one."""
    namespace = namespace_of(pod)
    for source in container.get("envFrom") or []:
        for field, (resource, word) in (
            ("configMapRef", _KINDS["configMap"]),
            ("secretRef", _KINDS["secret"]),
        ):
            ref = source.get(field)
            if ref and not ref.get("optional") and store.get(resource, namespace, ref.get("name") or "") is None:
                return f'{word} "{ref.get("name")}" not found'
    for env in container.get("env") or []:
        for field, (resource, word) in (
            ("configMapKeyRef", _KINDS["configMap"]),
            ("secretKeyRef", _KINDS["secret"]),
        ):
            ref = dig(env, "valueFrom", field)
            why = "" if not ref or ref.get("optional") else _missing_key(store, namespace, resource, word, ref)
            if why:
                return why
    return ""


def _missing_key(store: Store, namespace: str, resource: str, word: str, ref: Obj) -> str:
    name, key = ref.get("name") or "", ref.get("key") or ""
    found = store.get(resource, namespace, name)
    if found is None:
        return f'{word} "{name}" not found'
    if key not in (found.get("data") or {}):
        title = "ConfigMap" if word == "configmap" else "Secret"
        return f"couldn't find key {key} in {title} {namespace}/{name}"
    return ""
