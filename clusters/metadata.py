"""What is known of a cluster beyond whether it answers: how it is built, and what our identity may do there. Pure."""

from typing import Any, Self

import msgspec


class NodeFacts(msgspec.Struct, frozen=True):
    """`cpu` in cores, `memory` and `storage` in bytes; None for what the node does not say."""

    name: str
    is_ready: bool = False
    is_schedulable: bool = True
    roles: tuple[str, ...] = ()
    version: str = ""
    os: str = ""
    architecture: str = ""
    runtime: str = ""
    cpu: float | None = None
    memory: float | None = None
    storage: float | None = None
    pods: float | None = None


class StorageClass(msgspec.Struct, frozen=True):
    name: str
    provisioner: str = ""
    is_default: bool = False


class ApiResource(msgspec.Struct, frozen=True):
    group: str
    version: str
    kind: str
    resource: str
    namespaced: bool
    verbs: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """As in RBAC: `*` is all. Without `resource_names` it holds for every object."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()


class Permissions(msgspec.Struct, frozen=True):
    """What our identity may do in one namespace. It may be able to do more where `is_incomplete`."""

    namespace: str
    rules: tuple[Rule, ...] = ()
    is_incomplete: bool = False


class Metadata(msgspec.Struct, frozen=True):
    """`notes` are sentences on what could not be found out, which is no failure."""

    version: str = ""
    platform: str = ""
    nodes: tuple[NodeFacts, ...] = ()
    namespaces: tuple[str, ...] = ()
    storage_classes: tuple[StorageClass, ...] = ()
    api_resources: tuple[ApiResource, ...] = ()
    permissions: tuple[Permissions, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return dict(msgspec.to_builtins(self))

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        """Empty where nothing was kept, or what was is of another version of ours."""
        try:
            return msgspec.convert(stored or {}, cls)
        except msgspec.ValidationError:
            return cls()

    def within(self, namespaces: frozenset[str] | None) -> Self:
        """The part for somebody who has only these namespaces of it."""
        if namespaces is None:
            return self
        return msgspec.structs.replace(
            self,
            nodes=(),
            storage_classes=(),
            namespaces=tuple(name for name in self.namespaces if name in namespaces),
            permissions=tuple(each for each in self.permissions if each.namespace in namespaces),
            notes=(only_shared(namespaces),),
        )


def only_shared(namespaces: frozenset[str]) -> str:
    """The note for somebody who has only these namespaces."""
    return f"Only these namespaces are shared with you: {', '.join(sorted(namespaces))}."
