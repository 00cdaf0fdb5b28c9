"""What crosses the border of clusters."""

from dataclasses import asdict, dataclass
from typing import Any


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
