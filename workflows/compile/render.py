"""A bundle's objects as text: YAML, a JSON list, or a folder for kustomize."""

from collections.abc import Iterable

import msgspec

from plugins.sdk.objects import KubeObject
from plugins.sdk.yaml import dump, dump_all


def to_yaml(objects: Iterable[KubeObject]) -> str:
    """All objects as one stream of documents, in their order."""
    return dump_all([item.body for item in objects])


def to_json(objects: Iterable[KubeObject]) -> str:
    """A `v1` List, as kubectl reads and writes it."""
    body = {"apiVersion": "v1", "kind": "List", "items": [item.body for item in objects]}
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


def to_kustomize(objects: Iterable[KubeObject]) -> dict[str, str]:
    """File name → text: one file per object and a kustomization that lists them in their order."""
    files: dict[str, str] = {}
    for item in objects:
        stem = f"{item.kind.lower()}-{item.name}".replace(":", "-")
        name = f"{stem}.yaml"
        if name in files:
            name = f"{stem}-{item.namespace or item.api_version.replace('/', '-')}.yaml"
        count = 1
        while name in files:
            count += 1
            name = f"{stem}-{count}.yaml"
        files[name] = dump(item.body)
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(files),
    }
    return {"kustomization.yaml": dump(kustomization), **files}
