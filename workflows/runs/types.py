"""What crosses the border of runs: plain values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plugins.sdk.objects import ObjectKey

if TYPE_CHECKING:
    from clusters.models import Cluster
    from workflows.models import Workflow

Json = dict[str, Any]

DEPLOY = "deploy"
ROLLBACK = "rollback"
UNDEPLOY = "undeploy"
REVERT = "revert"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes about it. With `take_over` what other workflows of the workspace have deployed becomes its own.
    `delete_claims` names volume claims (`namespace/name`) that may be deleted; with
    `objects` it is about these alone."""

    on_failure: str = "keep"
    force_conflicts: bool = False
    take_over: bool = False
    timeout_seconds: int = 600
    delete_claims: tuple[str, ...] = ()
    message: str = ""
    objects: tuple[ObjectKey, ...] = ()

    def to_json(self) -> Json:
        return {
            "on_failure": self.on_failure,
            "force_conflicts": self.force_conflicts,
            "take_over": self.take_over,
            "timeout_seconds": self.timeout_seconds,
            "delete_claims": list(self.delete_claims),
            "message": self.message,
            "objects": [list(key) for key in self.objects],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A workflow on one cluster, in one namespace."""

    workflow: "Workflow"
    cluster: "Cluster"
    namespace: str
