"""What of a cluster is in the database already, as its leader remembers it, so that only differences are written."""

from typing import Any

import msgspec

from clusters.models import Cluster, Resource
from clusters.resources.kinds import GROUPS
from clusters.resources.projection import Row, digest_of
from plugins.sdk.objects import ObjectKey

COLUMNS = Row.__struct_fields__


class Known(msgspec.Struct):
    """One row. `shown` tells whether whoever watches it must be told."""

    id: str
    digest: int
    shown: int
    owner: ObjectKey | None = None
    is_deleted: bool = False


class Book(msgspec.Struct):
    """All rows of a cluster, and whose it is."""

    workspace: str
    rows: dict[ObjectKey, Known]


def load(cluster_id: str) -> Book | None:
    """None when the cluster is no more. Two queries."""
    workspace = Cluster.objects.filter(pk=cluster_id).values_list("workspace_id", flat=True).first()
    if workspace is None:
        return None
    rows: dict[ObjectKey, Known] = {}
    found = Resource.objects.filter(cluster_id=cluster_id).values_list("pk", "deleted_at", *COLUMNS)
    for pk, deleted_at, *values in found.iterator(chunk_size=1000):
        row = Row(*values)
        rows[key_of(row)] = known_as(pk, row, is_deleted=deleted_at is not None)
    return Book(workspace, rows)


def known_as(pk: str, row: Row, *, is_deleted: bool = False) -> Known:
    owner = None
    if row.owner_kind in GROUPS:
        owner = ObjectKey(GROUPS[row.owner_kind], row.owner_kind, row.namespace, row.owner_name)
    return Known(pk, digest_of(row), hash(row.shown), owner, is_deleted)


def key_of(row: Row) -> ObjectKey:
    return ObjectKey(row.group, row.kind, row.namespace, row.name)


def values_of(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}
