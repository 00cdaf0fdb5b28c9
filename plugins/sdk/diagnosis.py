"""What a plugin writes to say what is wrong with a node, and how a change of the graph repairs it.

A check is one module: a name, the node types that it is for, what of the cluster it wants to see, and a function from
`Evidence` to findings. A fix is one module too: what it asks for, and a change of the graph. Both are pure: they see
plain JSON and the graph, and know neither Django nor a cluster client.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk.nodetype import AnyNode, Wiring
from plugins.sdk.objects import ObjectKey
from plugins.sdk.problems import Problem

Json = dict[str, Any]
# The two lists of a graph as a client reads and writes them: {"nodes": […], "edges": […]}, secret values null.
GraphLists = dict[str, list[Json]]
Values = dict[str, Any]


class CheckStatus(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong. `message` says what and why, `suggestion` what to do, both to a person who does not
    know Kubernetes by heart.

    `values` are what the fix would begin with (which port, which key); `log` the last lines of a container.
    """

    cause: str
    message: str
    suggestion: str = ""
    status: CheckStatus = CheckStatus.ERROR
    fix_type: str = ""
    values: Values = {}
    log: tuple[str, ...] = ()


class Owned(msgspec.Struct, frozen=True):
    """An object that the node was deployed as; `live` is None when it is not in the cluster (any more)."""

    key: ObjectKey
    live: Json | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What the cluster said when the last run tried to apply an object of this node."""

    key: ObjectKey
    message: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one node: how it is drawn, what of it is in the cluster, and what is around it.

    `listed` holds live objects by kind. A kind that is absent could not be listed in full, which is not the same as
    an empty list: what is not known to be missing is not called missing. `named` holds single objects by kind and
    name, None for those that are not there. Secrets come without their values: `{"keys": [...]}`.
    """

    node: AnyNode
    wiring: Wiring
    namespace: str = "default"
    problems: tuple[Problem, ...] = ()
    # What each drawn node would be deployed as, by its id.
    bodies: Mapping[str, tuple[Json, ...]] = {}
    is_deployed: bool = True
    place: str = ""
    trouble: str = ""
    objects: tuple[Owned, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    pods: tuple[Json, ...] | None = ()
    events: tuple[Json, ...] = ()
    listed: Mapping[str, tuple[Json, ...]] = {}
    named: Mapping[tuple[str, str], Json | None] = {}
    logs: Mapping[tuple[str, str], tuple[str, ...]] = {}
    now: float = 0.0

    @property
    def live(self) -> Json | None:
        """The node's main object."""
        return self.live_of(self.node.type.kind)

    def live_of(self, kind: str) -> Json | None:
        return next((each.live for each in self.objects if each.live and each.key.kind == kind), None)

    def all_live(self, kind: str = "") -> list[Json]:
        return [each.live for each in self.objects if each.live and kind in ("", each.key.kind)]

    def is_missing(self, kind: str, name: str) -> bool:
        """Whether it is known not to be there."""
        return (kind, name) in self.named and self.named[kind, name] is None


class See(StrEnum):
    """What of the cluster a check wants to see beyond the node's own objects. Kinds are listed in the namespace."""

    PODS = "pods"
    EVENTS = "events"
    LOGS = "logs"
    SOURCES = "sources"  # the config maps, secrets, claims and accounts that its pods name
    SERVICES = "Service"
    ENDPOINTS = "Endpoints"
    CLAIMS = "PersistentVolumeClaim"
    CLASSES = "StorageClass"
    INGRESS_CLASSES = "IngressClass"
    NODES = "Node"
    POLICIES = "NetworkPolicy"
    QUOTAS = "ResourceQuota"
    AUTOSCALERS = "HorizontalPodAutoscaler"


@dataclass(frozen=True, slots=True)
class Check:
    """`applies` takes names of node types and roles; empty means every type. One that is static has something to say
    before the node is deployed; all others look at what is there."""

    name: str
    title: str
    run: Callable[[Evidence], Iterable[Finding]]
    applies: frozenset[str] = frozenset()
    sees: frozenset[See] = frozenset()
    is_static: bool = False

    def is_for(self, node: AnyNode) -> bool:
        return not self.applies or node.type.name in self.applies or bool(self.applies & node.type.roles)


class ValueKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    QUANTITY = "quantity"
    PORT = "port"
    IMAGE = "image"
    NAME = "name"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - of a value, not one


class Asked(msgspec.Struct, frozen=True):
    """One value that a fix needs from the person; `default` is used when none is given."""

    name: str
    title: str
    kind: ValueKind = ValueKind.TEXT
    help: str = ""
    default: str | int | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = True


class CannotFix(Exception):
    """The change cannot be made to this graph; the message says why."""


@dataclass(frozen=True, slots=True)
class Fix:
    """`asks` says what values it takes, beginning with those of the finding that proposed it. `change` edits the
    lists that it is given (they are a copy) and may raise `CannotFix`. `gives_up` names claims (namespace/name) that
    never held anything and that the run may remove. With `runs` it does nothing but run again."""

    fix_type: str
    title: str
    description: str
    change: Callable[[GraphLists, str, Values, Evidence], None]
    asks: Callable[[Evidence, Values], Sequence[Asked]] = lambda _evidence, _hints: ()
    applies: frozenset[str] = frozenset()
    gives_up: Callable[[Evidence], Sequence[str]] = lambda _evidence: ()
    runs: bool = False

    def is_for(self, node: AnyNode) -> bool:
        return not self.applies or node.type.name in self.applies or bool(self.applies & node.type.roles)
