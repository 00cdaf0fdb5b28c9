"""Images that cannot be pulled, told apart by what helps."""

from collections.abc import Iterator

from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error

# The words by which `clusters.health` tells why, and what each means here.
_WHY = (
    ("it does not exist", "image_not_found", "Correct the image's name and tag. Is it spelled as in the registry?"),
    (
        "refuses access",
        "image_needs_credentials",
        "If the image is private, draw a secret of the type dockerconfigjson and an edge from it to this node; "
        "if it is public, check its name.",
    ),
    ("limits how much", "image_rate_limited", "Wait a while, or pull with an account: draw a pull secret."),
    ("name is unknown", "image_registry_unreachable", "Check the host in the image's name."),
    ("cannot be reached", "image_registry_unreachable", "The cluster's nodes must be able to reach the registry."),
    ("is not trusted", "image_registry_unreachable", "The nodes must trust the registry's certificate."),
)
_BY_REASON = {
    "InvalidImageName": ("image_name_invalid", "Write it as name:tag, in lower case, such as nginx:1.27."),
    "ErrImageNeverPull": (
        "image_never_pulled",
        "Choose another pull policy than Never, or put the image on every node yourself.",
    ),
}
_OTHERWISE = ("image_pull_failed", "Check the image's name, and that the nodes can reach its registry.")
_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError", *_BY_REASON})
_CHANGED_BY_NAME = frozenset({"image_not_found", "image_name_invalid", "image_needs_credentials", "image_pull_failed"})


def run(evidence: Evidence) -> Iterator[Finding]:
    for _, container, health in pods.troubled(evidence):
        if health.reason not in _REASONS and health.reason != "SignatureValidationFailed":
            continue
        cause, advice = _BY_REASON.get(health.reason) or next(
            ((cause, advice) for words, cause, advice in _WHY if words in health.message), _OTHERWISE
        )
        fix = "change_image" if cause in _CHANGED_BY_NAME or "host" in advice else ""
        fix = "pull_image" if cause == "image_never_pulled" else fix
        yield error(
            cause,
            health.message,
            advice,
            fix,
            values={"container": container.name, "image": container.image} if fix == "change_image" else {},
        )


CHECK = Check(
    "images", "Its images can be pulled", run, frozenset({"workload", "manifest"}), frozenset({See.PODS, See.EVENTS})
)
