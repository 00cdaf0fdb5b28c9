"""What the cluster said when the last run tried to apply this node."""

import re
from collections.abc import Iterator

from clusters.health.refusals import refusal
from plugins.sdk.diagnosis import Check, Evidence, Finding
from workflows.diagnose.finding import error

_ANOTHER = "belongs_to_another"
_KINDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"^It belongs to "),
        _ANOTHER,
        "Rename the node, undeploy the other workflow, or take over what it has deployed as you run.",
    ),
    (
        re.compile(r"force_conflicts"),
        "field_conflict",
        "Run again and take these fields over, or leave them to whoever set them: clear them in the node.",
    ),
    (
        re.compile(r"immutable|may not change once set|for fields other than|may not be changed", re.I),
        "field_immutable",
        "Set the field back to what is deployed, or undeploy the node first, so that it is made anew.",
    ),
    (
        re.compile(r"is forbidden: User|cannot (?:create|patch|get|list|delete) resource", re.I),
        "not_permitted",
        "Ask whoever gave you the cluster's credential for the right to do this.",
    ),
)


def run(evidence: Evidence) -> Iterator[Finding]:
    for each in evidence.refusals:
        what = f"{each.key.kind} {each.key.name}"
        quota = refusal(each.message)
        if quota.reason == "QuotaExceeded":
            yield error("quota_exceeded", quota.message, _QUOTA, "lower_replicas" if evidence.pods is not None else "")
            continue
        found = next((kind for kind in _KINDS if kind[0].search(each.message)), None)
        cause, advice = (found[1], found[2]) if found else ("admission_refused", _ANY)
        said = "is not this workflow's" if cause == _ANOTHER else "was refused by the cluster"
        yield error(cause, f"{what} {said}: {each.message}", advice)


_QUOTA = "Ask for less in this node, or have the quota of the namespace raised."
_ANY = "Change the node as the cluster's words say, then run again."

CHECK = Check("refused", "The cluster accepts it", run)
