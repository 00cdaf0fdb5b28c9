"""The URLs of the Kubernetes API, from kinds and names that strangers chose.

A name never becomes part of another path: an empty one would make a request for one object one for all.
"""

import re
from urllib.parse import quote, unquote

from clusters.kube.gateway import Refused
from plugins.sdk.capabilities import ServedKind

_RAW = re.compile(r"/[A-Za-z0-9._~:@!$&'()*+,;=%/-]*\Z")


def collection(kind: ServedKind, namespace: str = "") -> str:
    """All objects of a kind; those of one namespace when it is given."""
    head = f"/apis/{segment(kind.group)}" if kind.group else "/api"
    place = f"/namespaces/{segment(namespace)}" if kind.namespaced and namespace else ""
    return f"{head}/{segment(kind.version)}{place}/{segment(kind.resource)}"


def item(kind: ServedKind, name: str, namespace: str = "", subresource: str = "") -> str:
    """One object, or one of its subresources."""
    path = f"{within(kind, namespace)}/{segment(name)}"
    return f"{path}/{segment(subresource)}" if subresource else path


def within(kind: ServedKind, namespace: str) -> str:
    """The collection that an object is made in."""
    if kind.namespaced and not namespace:
        raise Refused(f"A {kind.kind} needs a namespace.", reason="BadRequest")
    return collection(kind, namespace)


def segment(text: str) -> str:
    """One part of a path, quoted."""
    if not text or text in (".", "..") or any(ch in "/%" or not ch.isprintable() for ch in text):
        raise Refused(f"{text!r} cannot be part of a path.", reason="BadRequest")
    return quote(text, safe=":")


def raw(path: str) -> str:
    """A path as a caller wrote it, if it stays where it says."""
    plain = unquote(path)
    if not _RAW.match(path) or "//" in plain or any(part in (".", "..") for part in plain.split("/")):
        raise Refused("The path is not one of the API server's.", reason="BadRequest")
    return path
