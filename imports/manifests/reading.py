"""From files to Kubernetes objects: documents of YAML or JSON, lists taken apart, within bounds. Pure."""

import math
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from imports.compose.errors import Violation
from imports.conversion import Spot
from imports.manifests.errors import ManifestError, refuse
from imports.manifests.items import Item
from plugins.sdk.fields import Json
from plugins.sdk.yaml import Limits, YamlError, load_all

MAX_OBJECTS = 2_000
_MAX_FAULTS = 50
_MAX_INT = 2**63 - 1
_LIMITS = Limits(characters=4 * 1024 * 1024, depth=56, nodes=200_000, aliases=1_000, documents=2_000)
_TEMPLATE = re.compile(rb"\{\{-? *(?:\.|if|range|include|template|with|toYaml|define|end|\$|/\*)")
KUSTOMIZE = "kustomize.config.k8s.io"
_HELM = (
    "is a template of a Helm chart; run `helm template` on the chart and send its output, which is what would be "
    "installed."
)


def read_items(files: Mapping[str, bytes], names: Sequence[str]) -> tuple[list[Item], list[str]]:
    """Every object, in the order in which it is written, and the names of the files that are read: templates of Helm
    charts are left out, unless there is nothing else. Raises `ManifestError`."""
    templates = [name for name in names if is_template(files[name])]
    read = [name for name in names if name not in templates] or list(names)
    items: list[Item] = []
    faults: list[Violation] = []
    for name in read:
        for spot, document in _documents(name, files[name]):
            fault = _fault(document)
            if fault is not None:
                faults.append(Violation(name, _place(spot), fault))
            else:
                items.append(Item(document, _copied(document), spot))
            if len(items) > MAX_OBJECTS:
                raise refuse("", "", f"These are more than {MAX_OBJECTS:,} objects; send them in parts.")
            if len(faults) >= _MAX_FAULTS:
                raise ManifestError(*faults)
    if faults:
        raise ManifestError(*faults)
    return items, read


def _copied(document: Json) -> Json:
    """Without what aliases share, so that a change in one place is none in another."""
    return dict(msgspec.json.decode(msgspec.json.encode(document)))


def is_template(content: bytes) -> bool:
    """Whether it is a template of a Helm chart and no manifest yet: what is meant for a program of its own may hold
    the same signs, but can be read."""
    if _TEMPLATE.search(content) is None:
        return False
    try:
        load_all(content.decode(), limits=_LIMITS, octal=True)
    except (UnicodeDecodeError, YamlError):
        return True
    return False


def _documents(name: str, content: bytes) -> Iterator[tuple[Spot, Any]]:
    try:
        documents = load_all(content.decode("utf-8-sig"), limits=_LIMITS, octal=True)
    except UnicodeDecodeError:
        raise refuse(name, "", "is not UTF-8; save it in that encoding.") from None
    except YamlError as error:
        raise refuse(name, "", _HELM if is_template(content) else f"cannot be read: {error}; correct it.") from None
    for index, document in enumerate(documents):
        if document is not None:
            yield from _unlisted(Spot(name, index), document)


def _unlisted(spot: Spot, document: Any) -> Iterator[tuple[Spot, Any]]:
    if not _is_list(document):
        yield spot, document
        return
    for index, item in enumerate(document["items"] or ()):
        inner = f"{spot.inner}.items.{index}" if spot.inner else f"items.{index}"
        yield from _unlisted(Spot(spot.file, spot.document, inner), item)


def _is_list(document: Any) -> bool:
    """A list as kubectl writes it; what merely ends in List but has a name is an object of its own."""
    return (
        isinstance(document, dict)
        and str(document.get("kind", "")).endswith("List")
        and isinstance(document.get("items"), list | None)
        and "items" in document
        and not (isinstance(document.get("metadata"), dict) and document["metadata"].get("name"))
    )


def _place(spot: Spot) -> str:
    return spot.inner or f"document {spot.document + 1}"


def _fault(document: Any) -> str | None:
    """Why this is no object that a cluster could hold."""
    if not isinstance(document, dict):
        return "is no Kubernetes object; each document has apiVersion, kind and metadata."
    for key in ("apiVersion", "kind"):
        if not isinstance(document.get(key), str) or not document[key]:
            return f"has no {key}; add it, or take the document out."
    if is_kustomization(document):
        return _unfit(document)
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return "has no metadata; add it with a name."
    if not isinstance(metadata.get("name"), str) or not metadata["name"]:
        hint = "; give it a name, for what is applied needs one" if metadata.get("generateName") else "; add it"
        return f"has no metadata.name{hint}."
    for key in ("labels", "annotations"):
        if not _is_texts(metadata.get(key)):
            return f"has metadata.{key} that are not all texts; put quotes around them."
    if not isinstance(metadata.get("namespace"), str | None):
        return "has a metadata.namespace that is no text; put quotes around it."
    return _secret_fault(document) or _unfit(document)


def is_kustomization(document: Json) -> bool:
    group = str(document["apiVersion"]).partition("/")[0]
    return document["kind"] in ("Kustomization", "Component") and group == KUSTOMIZE


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(isinstance(each, str | None) for each in value.values()))


def _secret_fault(document: Json) -> str | None:
    """A secret must be read well: nothing of it may end where it is shown."""
    if document["kind"] != "Secret" or "/" in document["apiVersion"]:
        return None
    for key in ("data", "stringData"):
        if not _is_texts(document.get(key)):
            return f"has {key} that are not all texts; put quotes around the values."
    return None


def _unfit(document: Json) -> str | None:
    """What no database and no cluster takes. Without recursion: the reader has bounded the depth already."""
    level: list[Any] = [document]
    while level:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
                    return "holds a character that no file may hold; remove it."
            elif isinstance(value, float) and not math.isfinite(value):
                return "holds a number that is none; correct it."
            elif isinstance(value, int) and not -_MAX_INT <= value <= _MAX_INT:
                return "holds a number that is too large; correct it."
        level = below
    return None


def project_name(names: Sequence[str]) -> str:
    """What the folder or the first file is called."""
    folder = posixpath.commonpath([posixpath.dirname(name) for name in names]) if names else ""
    base = posixpath.basename(folder) or posixpath.basename(names[0]) if names else ""
    return base.partition(".")[0] or "manifests"
