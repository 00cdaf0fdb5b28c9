"""What a compile yields: Kubernetes objects with the node that owns each, and what waits for what."""

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec


class ObjectKey(NamedTuple):
    """Identity of an object in one cluster. `group` is "" for core; `namespace` is "" when cluster-scoped."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {place}{self.name}"


class KubeObject(msgspec.Struct, frozen=True):
    """One manifest (`body`, complete with apiVersion, kind, metadata) and the node that it came from."""

    body: dict[str, Any]
    node_id: str | None = None

    @property
    def api_version(self) -> str:
        return str(self.body["apiVersion"])

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.body["metadata"].get("namespace") or "")

    @property
    def key(self) -> ObjectKey:
        group = self.api_version.rpartition("/")[0]
        return ObjectKey(group, self.kind, self.namespace, self.name)


class WaitCondition(StrEnum):
    STARTED = "started"
    HEALTHY = "healthy"
    COMPLETED = "completed"


class Wait(msgspec.Struct, frozen=True):
    """`node_id` is applied only once `for_node_id` has reached `condition` (an "after" edge)."""

    node_id: str
    for_node_id: str
    condition: WaitCondition = WaitCondition.HEALTHY


class Reference(msgspec.Struct, frozen=True):
    """An object that must already be there (`existing: true`): checked, never applied, never pruned."""

    key: ObjectKey
    node_id: str


class Bundle(msgspec.Struct, frozen=True):
    """Everything that a release applies, in the order of application; secret values in memory only.

    `policies` says per node how it behaves over runs (jobs: run, on_rollback). `secret_revisions` are
    the ids of the vault revisions whose values the bundle carries.
    """

    objects: tuple[KubeObject, ...] = ()
    waits: tuple[Wait, ...] = ()
    references: tuple[Reference, ...] = ()
    policies: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    secret_revisions: tuple[str, ...] = ()
