"""What the projects of the shipped kinds say of them, as it was read from their sources, and CRDs made of it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from plugins.sdk.yaml import load

Json = dict[str, Any]
FILE = Path(__file__).parent / "upstream.yaml"


class Field(NamedTuple):
    """`path` is dotted, with [] for the items of a list."""

    path: str
    kind: str
    is_required: bool
    words: tuple[str, ...]


@cache
def upstream() -> dict[str, Json]:
    return dict(load(FILE.read_text()))


def fields(name: str) -> Iterator[Field]:
    for written, kind in upstream()[name]["fields"].items():
        words = tuple(kind) if isinstance(kind, list) else ()
        yield Field(written.replace("!", ""), "string" if words else kind, written.endswith("!"), words)


def structural(name: str) -> Json:
    """The schema of the whole object, as the API server takes it: what is not described is kept as it is."""
    root: Json = _open()
    for field in fields(name):
        parent, _, last = field.path.rpartition(".")
        holder = _at(root, parent)
        if last.endswith("[]"):
            holder["properties"][last[:-2]]["items"] = _shape(field)
            continue
        holder.setdefault("properties", {})[last] = _shape(field)
        if field.is_required:
            holder.setdefault("required", []).append(last)
    return root


def definition(name: str, *, group: str, kind: str) -> Json:
    """A CustomResourceDefinition of one version, under a group of the caller's choice."""
    said = upstream()[name]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{said['plural']}.{group}"},
        "spec": {
            "group": group,
            "scope": said.get("scope", "Namespaced"),
            "names": {"kind": kind, "plural": said["plural"], "singular": kind.lower()},
            "versions": [
                {
                    "name": said["versions"][0],
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": structural(name)},
                }
            ],
        },
    }


def _at(root: Json, path: str) -> Json:
    for part in path.split(".") if path else ():
        root = root["properties"][part.removesuffix("[]")]
        root = root["items"] if part.endswith("[]") else root
    return root


def _open() -> Json:
    return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _shape(field: Field) -> Json:
    match field.kind:
        case "object":
            return _open()
        case "array":
            return {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}
        case "int-or-string":
            return {"x-kubernetes-int-or-string": True}
    return {"type": field.kind} | ({"enum": list(field.words)} if field.words else {})
