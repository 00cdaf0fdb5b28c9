"""What runs refuse, one class per reason; and what a cluster's answer means to the person who asked."""

from clusters.kube.gateway import ClusterError
from core.errors import AppError, ClusterRefused, Conflict, InvalidInput, NotFound, PermissionDenied, Unavailable
from workflows.deploy.probe import is_refusal
from workflows.deploy.view import words


class RunNotFound(NotFound):
    code = "run_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such run.")


class TargetNotFound(NotFound):
    code = "target_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such target.")


class NoCluster(InvalidInput):
    code = "no_cluster"

    def __init__(self) -> None:
        message = "Say on which cluster to run: none was given, and there is no default cluster."
        super().__init__(message, fields={"cluster": [message]})


class WorkflowArchived(Conflict):
    code = "workflow_archived"

    def __init__(self) -> None:
        super().__init__("This workflow is archived; make it a draft or publish it to run it again.")


class RunInProgress(Conflict):
    code = "run_in_progress"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            "A run is in progress on this cluster and namespace; wait until it ends, or cancel it.",
            details={"run_id": run_id} if run_id else None,
        )


class RunIsOver(Conflict):
    code = "run_is_over"

    def __init__(self, status: str) -> None:
        super().__init__(f"This run has ended already: {status.replace('_', ' ')}.")


class NothingReleased(Conflict):
    code = "nothing_released"

    def __init__(self) -> None:
        super().__init__("This run released nothing that one could go back to; choose another one.")


class NothingDeployed(Conflict):
    code = "nothing_deployed"

    def __init__(self) -> None:
        super().__init__("Nothing of this workflow is deployed there.")


class NothingDrifted(Conflict):
    code = "nothing_drifted"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is as it was deployed, so there is nothing to do.")


class NotAdoptable(Conflict):
    code = "not_adoptable"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"What is live of {what} cannot be taken into the graph: {why}.")


class ClusterGone(Conflict):
    code = "cluster_removed"

    def __init__(self) -> None:
        super().__init__("The cluster of this target was removed from Sailcloth, so nothing can be changed there.")


class ClusterNotShared(PermissionDenied):
    code = "cluster_not_shared"

    def __init__(self) -> None:
        super().__init__("The cluster of this target is no longer shared with you.")


class OwnerMayNotRun(PermissionDenied):
    code = "owner_may_not_run"

    def __init__(self) -> None:
        super().__init__(
            "The owner of this workflow may not run on this cluster. Share the cluster with them as editor first."
        )


class ClusterUnreachable(Unavailable):
    code = "cluster_unreachable"


def told(error: ClusterError) -> AppError:
    """The error of ours that says the same."""
    if is_refusal(error):
        return ClusterRefused(words(error), details={"reason": error.reason} if error.reason else None)
    retry_after = int(error.retry_after) + 1 if error.retry_after else None
    return ClusterUnreachable(
        f"The cluster cannot be reached: {words(error)}",
        details={"reason": error.reason} if error.reason else None,
        retry_after=retry_after,
    )
