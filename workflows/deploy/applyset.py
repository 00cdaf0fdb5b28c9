"""ApplySet (KEP-3659): how a cluster itself remembers what belongs to one target.

The parent is a Secret without data in the target's namespace; every member carries the parent's id as a
label. Any ApplySet-aware tool can read this, and two targets can never prune each other's objects.
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from plugins.sdk import names
from plugins.sdk.objects import ObjectKey

Json = dict[str, Any]

ID_LABEL = "applyset.kubernetes.io/id"
PART_OF_LABEL = "applyset.kubernetes.io/part-of"
TOOLING = "applyset.kubernetes.io/tooling"
CONTAINS = "applyset.kubernetes.io/contains-group-kinds"
ADDITIONAL = "applyset.kubernetes.io/additional-namespaces"
WORKFLOW = "sailcloth.io/workflow"
RELEASE = "sailcloth.io/release"
TOOLING_VERSION = "sailcloth/v0.1.0"
PARENT_KIND = "Secret"


def applyset_id(name: str, namespace: str, kind: str = PARENT_KIND, group: str = "") -> str:
    """The id of the set whose parent has this name; the hash makes it unforgeable by a mere label copy."""
    digest = hashlib.sha256(f"{name}.{namespace}.{kind}.{group}".encode()).digest()
    return f"applyset-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}-v1"


class Parent(msgspec.Struct, frozen=True):
    """The parent object of one target. `title` is what a refusal calls the owner by: the workflow's name."""

    name: str
    namespace: str
    title: str = ""

    @property
    def id(self) -> str:
        return applyset_id(self.name, self.namespace)


def parent_of_target(target_id: str, namespace: str, title: str = "") -> Parent:
    return Parent(f"sailcloth-{target_id}", namespace, title)


def group_kind(key: ObjectKey) -> str:
    """`Deployment.apps`, or `Service` for the core group, as `contains-group-kinds` writes it."""
    return f"{key.kind}.{key.group}" if key.group else key.kind


def parent_body(parent: Parent, *, kinds: Iterable[str], namespaces: Iterable[str], release: str) -> Json:
    """The parent as it is applied: `kinds` and `namespaces` are all that the set may have members in."""
    others = sorted(set(namespaces) - {parent.namespace, ""})
    annotations = {
        TOOLING: TOOLING_VERSION,
        CONTAINS: ",".join(sorted(set(kinds))),
        WORKFLOW: parent.title,
        RELEASE: release,
    }
    if others:
        annotations[ADDITIONAL] = ",".join(others)
    return {
        "apiVersion": "v1",
        "kind": PARENT_KIND,
        "metadata": {
            "name": parent.name,
            "namespace": parent.namespace,
            "labels": {ID_LABEL: parent.id, names.MANAGED_BY: names.MANAGER},
            "annotations": annotations,
        },
        "type": "sailcloth.io/applyset",
    }


class Extent(msgspec.Struct, frozen=True):
    """Where members of a set may be: `Deployment.apps` and namespaces besides the parent's own."""

    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

    def widened(self, other: "Extent") -> "Extent":
        kinds = sorted({*self.kinds, *other.kinds})
        return Extent(tuple(kinds), tuple(sorted({*self.namespaces, *other.namespaces})))


def extent_of_parent(live: Json | None) -> Extent:
    """What the parent in the cluster says; empty when there is none."""
    annotations = ((live or {}).get("metadata") or {}).get("annotations") or {}
    return Extent(_listed(annotations.get(CONTAINS)), _listed(annotations.get(ADDITIONAL)))


def extent_of_keys(keys: Iterable[ObjectKey]) -> Extent:
    found = list(keys)
    namespaces = sorted({key.namespace for key in found if key.namespace})
    return Extent(tuple(sorted({group_kind(key) for key in found})), tuple(namespaces))


def split_group_kind(text: str) -> tuple[str, str]:
    """(group, kind) of `Deployment.apps`."""
    kind, _, group = text.partition(".")
    return group, kind


def part_of(live: Json) -> str:
    """The id of the set that owns `live`; "" when none does."""
    labels = (live.get("metadata") or {}).get("labels") or {}
    return str(labels.get(PART_OF_LABEL) or "")


def with_part_of(body: Json, set_id: str) -> Json:
    """A copy of `body` that is a member. On the top-level object only: templates must not change by it."""
    metadata = body["metadata"]
    labels = {**(metadata.get("labels") or {}), PART_OF_LABEL: set_id}
    return {**body, "metadata": {**metadata, "labels": labels}}


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(sorted({part.strip() for part in (text or "").split(",") if part.strip()}))
