"""What crosses the border of clusters."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Need(StrEnum):
    """What somebody wants to do with a cluster."""

    LOOK = "look"
    # Whatever changes something in the cluster, or gets inside of it: run, scale, restart, terminal.
    RUN = "run"
    SHARE = "share"
    # The cluster's own entry here: its address, credentials, description.
    MANAGE = "manage"
    # What stays with whoever added it.
    OWN = "own"


OWNER = "owner"
_ALLOWED: dict[str, frozenset[Need]] = {
    OWNER: frozenset(Need),
    "admin": frozenset({Need.LOOK, Need.RUN, Need.SHARE, Need.MANAGE}),
    "editor": frozenset({Need.LOOK, Need.RUN}),
    "viewer": frozenset({Need.LOOK}),
}
# In the place of a namespace, for what belongs to none of them.
CLUSTER_SCOPED = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with one cluster. `namespaces` is None for all of it."""

    role: str
    namespaces: frozenset[str] | None = None

    def may(self, need: Need, namespace: str | None = None) -> bool:
        """`namespace` is where it would be done: None where that does not matter, CLUSTER_SCOPED for objects that
        are in no namespace."""
        if need not in _ALLOWED.get(self.role, frozenset()):
            return False
        if self.namespaces is None:
            return True
        # Address and credentials are of the whole cluster.
        return need is not Need.MANAGE and (namespace is None or namespace in self.namespaces)

    def covers(self, namespaces: "frozenset[str] | None") -> bool:
        """Whether all of these are among its own."""
        return self.namespaces is None or (namespaces is not None and namespaces <= self.namespaces)


@dataclass(frozen=True, slots=True)
class PresentedCertificate:
    """A certificate that a server showed and nobody vouches for yet: something to look at, and to pin.

    `fingerprint` is the SHA-256 of its DER form in lower-case hex, `is_ca` whether it may sign others.
    """

    fingerprint: str
    subject: str
    issuer: str
    not_after: str
    is_ca: bool
    # PEM, to be sent back as `ca_data` where it is an authority.
    certificate: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of trying to reach a cluster. `reason` is empty when it went well.

    `nodes` is None where the identity may not list them, which is no failure.
    """

    version: str = ""
    nodes: int | None = None
    reason: str = ""
    error: str = ""
    certificate: PresentedCertificate | None = None

    @property
    def is_healthy(self) -> bool:
        return not self.reason
