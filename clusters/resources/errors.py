"""What resources refuse, one class per reason."""

from clusters.kube.gateway import Busy, ClusterError, Unreachable
from clusters.kube.gateway import Conflict as ClusterConflict
from clusters.kube.gateway import NotFound as ClusterNotFound
from core.errors import AppError, ClusterRefused, Conflict, InvalidInput, NotFound, Unavailable


class ResourceNotFound(NotFound):
    """Also for somebody else's."""

    code = "resource_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such resource.")


class ResourceGone(Conflict):
    """It was there, and is not any more."""

    code = "resource_gone"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not in the cluster any more.")


class ResourceReplaced(Conflict):
    """Under its name there is another one by now."""

    code = "resource_replaced"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was made anew in the meantime. Load it again, then repeat what you wanted.")


class NotForThisKind(InvalidInput):
    code = "not_for_this_kind"

    def __init__(self, verb: str, kind: str, why: str = "") -> None:
        super().__init__(f"A {kind} cannot be {verb}{f': {why}' if why else ''}.")


class Autoscaled(Conflict):
    code = "autoscaled"

    def __init__(self, what: str, autoscaler: str) -> None:
        super().__init__(
            f"The autoscaler {autoscaler} decides how many pods {what} has. Change its bounds instead.",
            details={"autoscaler": autoscaler},
        )


class Protected(Conflict):
    code = "protected"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is a part of the cluster itself and is not deleted from here.")


class NobodyToMark(InvalidInput):
    code = "no_person"

    def __init__(self) -> None:
        super().__init__("Tags, notes and favourites belong to a person.")


def of_cluster(error: ClusterError, what: str) -> AppError:
    """What a cluster answered to something that was to be done to `what`."""
    if isinstance(error, ClusterNotFound):
        return ResourceGone(what)
    if isinstance(error, ClusterConflict) or "metadata.uid" in error.message:
        # A patch that names the identity of another one is refused in these words.
        return ResourceReplaced(what)
    details = {"reason": error.reason}
    if isinstance(error, Unreachable | Busy):
        retry = None if error.retry_after is None else max(int(error.retry_after), 1)
        return Unavailable(
            f"The cluster cannot be reached: {error.message}",
            code="cluster_unreachable",
            details=details,
            retry_after=retry,
        )
    return ClusterRefused(f"The cluster refuses: {error.message}", details=details)
