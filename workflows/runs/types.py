"""What crosses the border of runs: plain values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusters.models import Cluster
    from workflows.models import Workflow

Json = dict[str, Any]

DEPLOY = "deploy"
ROLLBACK = "rollback"
UNDEPLOY = "undeploy"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes about it. `delete_claims` names volume claims (`namespace/name`) that may be deleted."""

    on_failure: str = "keep"
    force_conflicts: bool = False
    timeout_seconds: int = 600
    delete_claims: tuple[str, ...] = ()
    message: str = ""

    def to_json(self) -> Json:
        return {
            "on_failure": self.on_failure,
            "force_conflicts": self.force_conflicts,
            "timeout_seconds": self.timeout_seconds,
            "delete_claims": list(self.delete_claims),
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A workflow on one cluster, in one namespace."""

    workflow: "Workflow"
    cluster: "Cluster"
    namespace: str
