"""What an app wants to know of clusters, and how it is told."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from clusters.health.reading import Json
from core.work.types import Lease
from plugins.sdk.objects import ObjectKey


class Scope(NamedTuple):
    """One kind in one namespace; "" is the core group, and for cluster-scoped kinds the namespace."""

    group: str
    kind: str
    namespace: str = ""

    @classmethod
    def of(cls, key: ObjectKey) -> "Scope":
        return cls(key.group, key.kind, key.namespace)

    @classmethod
    def at(cls, pair: tuple[str, str], namespace: str) -> "Scope":
        """`pair` is group and kind."""
        return cls(pair[0], pair[1], namespace)


class Want(msgspec.Struct, frozen=True):
    """A scope with what of it matters.

    `labels` and `fields` limit it to objects that match; one who wants all of them wins. `names` are asked for one by
    one where this identity may not list. `version` is the one to read, if the cluster serves it. `passes`: what is seen
    and not worth keeping can be had once (`ClusterView.passed`).
    """

    scope: Scope
    version: str = ""
    labels: str = ""
    fields: str = ""
    names: frozenset[str] = frozenset()
    passes: bool = False


class Interest(msgspec.Struct, frozen=True):
    """Everything that an app wants of one cluster. When `token` changes, reconcilers look at everything again."""

    cluster_id: str
    wants: tuple[Want, ...]
    token: str = ""


class Changes(msgspec.Struct, frozen=True):
    """What changed since the last call. `is_everything`: look at all of it, as after a lost connection."""

    keys: frozenset[ObjectKey] = frozenset()
    is_everything: bool = False


class ClusterView(Protocol):
    """A cluster as it was last seen. Read it on the cluster loop only."""

    @property
    def id(self) -> str: ...

    @property
    def lease(self) -> Lease:
        """The right to speak for this cluster: write under `core.work.services.fenced(lease)`."""
        ...

    @property
    def trouble(self) -> str:
        """Why the cluster cannot be seen, as a sentence; "" while it can, or may be again in a moment."""
        ...

    def is_known(self, scope: Scope) -> bool:
        """Whether what `get` and `select` say of this scope is true: it was listed, or never will be."""
        ...

    def refusal(self, scope: Scope) -> str:
        """Why this scope cannot be seen although the cluster can; "" when it can."""
        ...

    def get(self, key: ObjectKey) -> Json | None: ...

    def at(self, scope: Scope, key: ObjectKey) -> Json | None:
        """As `get`, in the scope that is named: that of a whole cluster has the objects of all namespaces."""
        ...

    def select(self, scope: Scope) -> list[Json]: ...

    def passed(self, scope: Scope) -> list[Json]:
        """What came by since the last call and was not kept."""
        ...


# Says what is wanted now. Called in a thread; may ask the database.
Provider = Callable[[], Iterable[Interest]]
# Called on the cluster loop, one call at a time for each cluster; what raises is tried again.
Reconcile = Callable[[ClusterView, Changes], Awaitable[None]]


class Registration(NamedTuple):
    provider: Provider
    reconcile: Reconcile


# Says what is wanted besides what all others want, which it is given.
FollowingProvider = Callable[[Sequence[Interest]], Iterable[Interest]]


class Follower(NamedTuple):
    """One who looks where others look, and perhaps further. Its failures are its own."""

    provider: FollowingProvider
    reconcile: Reconcile


_followers: list[Follower] = []
# The name under which `realtime.wakeups` tell watchers that what is wanted has changed.
WANTED = "clusters.live.wanted"


def register_follower(provider: FollowingProvider, reconcile: Reconcile) -> None:
    """For an app, in its `ready()`: every watcher of the installation serves it."""
    _followers.append(Follower(provider, reconcile))


def followers() -> list[Follower]:
    return list(_followers)


def merge(interests: Iterable[Interest]) -> dict[str, dict[Scope, Want]]:
    """By cluster and scope one want that serves everybody."""
    merged: dict[str, dict[Scope, Want]] = {}
    for interest in interests:
        wants = merged.setdefault(interest.cluster_id, {})
        for want in interest.wants:
            known = wants.get(want.scope)
            wants[want.scope] = want if known is None else _both(known, want)
    return merged


def _both(one: Want, other: Want) -> Want:
    return Want(
        scope=one.scope,
        version=one.version or other.version,
        labels=one.labels if one.labels == other.labels else "",
        fields=one.fields if one.fields == other.fields else "",
        names=one.names | other.names,
        passes=one.passes or other.passes,
    )


def is_same_watch(one: Want, other: Want) -> bool:
    """Whether the connection for one serves the other as well."""
    return (one.version, one.labels, one.fields) == (other.version, other.labels, other.fields)


Wants = Mapping[Scope, Want]
