"""What clusters refuse, one class per reason."""

from typing import Any

from clusters.types import Finding, Need
from core.errors import ClusterRefused, Conflict, InvalidInput, NotFound, PermissionDenied, Unavailable


class ClusterNotFound(NotFound):
    """Also for somebody else's, and for what cannot be a name."""

    code = "cluster_not_found"

    def __init__(self, message: str = "There is no such cluster.") -> None:
        super().__init__(message)


class NoDefaultCluster(ClusterNotFound):
    code = "no_default_cluster"

    def __init__(self) -> None:
        super().__init__("You have no default cluster. Choose one with PUT /clusters/:name/default.")


class NameTaken(Conflict):
    code = "cluster_name_taken"

    def __init__(self, name: str, why: str = "") -> None:
        message = f'The name "{name}" {why}; choose another one.' if why else ""
        message = message or f"You already have a cluster with the name {name}."
        super().__init__(message, fields={"name": [message]})


class BadField(InvalidInput):
    """One field of a cluster's input, with the sentence that names what is wrong in it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, fields={field: [message]})


class ServiceAccountForbidden(PermissionDenied):
    code = "service_account_forbidden"

    def __init__(self) -> None:
        super().__init__("Only administrators may use the service account of Sailcloth's own pod.")


class NotAllowed(PermissionDenied):
    """The cluster is shared with them, in a role that does not cover it."""

    code = "cluster_role"
    _NEEDED = {
        Need.LOOK: "It is not shared with you.",
        Need.RUN: "Ask its owner for the role of an editor.",
        Need.SHARE: "Ask its owner for the role of an admin.",
        Need.MANAGE: "Ask its owner for the role of an admin.",
        Need.OWN: "Only its owner may do that.",
    }

    def __init__(self, need: Need, role: str) -> None:
        what = f"This cluster is shared with you as {role}. " if role else ""
        super().__init__(f"{what}{self._NEEDED[need]}", details={"role": role, "needs": need.value})


class NamespaceNotShared(PermissionDenied):
    """Of the cluster they have some namespaces only, and this is in another one or in none."""

    code = "namespace_not_shared"

    def __init__(self, namespaces: list[str]) -> None:
        super().__init__(
            f"Of this cluster only these namespaces are shared with you: {', '.join(namespaces)}.",
            details={"namespaces": namespaces},
        )


class ShareNotFound(NotFound):
    code = "share_not_found"

    def __init__(self) -> None:
        super().__init__("The cluster is not shared with anybody under this id.")


class PracticeIsFixed(Conflict):
    code = "practice_cluster"

    def __init__(self, what: str) -> None:
        super().__init__(f"The practice cluster comes with Sailcloth and cannot be {what}.")


class HasLiveTargets(Conflict):
    """`names` say what runs there, in the words of whoever deployed it."""

    code = "cluster_in_use"
    _SHOWN = 3

    def __init__(self, name: str, names: list[str]) -> None:
        shown = ", ".join(names[: self._SHOWN])
        rest = len(names) - self._SHOWN
        what = f": {shown}{f' and {rest} more' if rest > 0 else ''}" if names else ""
        super().__init__(
            f"Something that was deployed still runs on {name}{what}. Undeploy it first, or delete with ?force=true.",
            details={"targets": names},
        )


def credentials_refused(finding: Finding) -> ClusterRefused | Unavailable:
    """New credentials that did not pass their test: the old ones stay."""
    return cluster_failed(finding, f"The new credentials do not work, so the old ones stay: {finding.error}")


def cluster_failed(finding: Finding, message: str = "") -> ClusterRefused | Unavailable:
    """What a cluster refuses is a 400; 503 where it gave no answer at all."""
    details: dict[str, Any] = {"reason": finding.reason}
    if finding.certificate:
        details["presented_certificate"] = finding.certificate.as_json()
    if finding.reason in ("unauthorized", "forbidden", "tls"):
        return ClusterRefused(message or finding.error, details=details)
    return Unavailable(
        message or f"The cluster cannot be reached: {finding.error}", code="cluster_unreachable", details=details
    )
