"""Volume claims that are not bound, their own and those that a stateful set made."""

from collections.abc import Iterator

from clusters.health import assess
from clusters.health.reading import Json, dig, entries, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.health import Health
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, note, warning

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def run(evidence: Evidence) -> Iterator[Finding]:
    seen = set()
    for claim in [*evidence.all_live("PersistentVolumeClaim"), *_of_templates(evidence)]:
        health = assess(claim, events=evidence.events)
        finding = _finding(evidence, claim, _sharpened(evidence, claim, health))
        if finding is not None and finding.cause not in seen:
            seen.add(finding.cause)
            yield finding


def _of_templates(evidence: Evidence) -> Iterator[Json]:
    for live in evidence.all_live("StatefulSet"):
        templates = entries(dig(live, "spec", "volumeClaimTemplates"))
        heads = tuple(f"{pods.name_of(item)}-{pods.name_of(live)}-" for item in templates)
        for claim in evidence.listed.get("PersistentVolumeClaim", ()):
            if heads and pods.name_of(claim).startswith(heads):
                yield claim


def _sharpened(evidence: Evidence, claim: Json, health: Health) -> Health:
    """A claim that merely waits, and whose class is known not to be there: the event may be late or gone."""
    classes = evidence.listed.get("StorageClass")
    if health.reason != "Pending" or classes is None or dig(claim, "spec", "volumeName"):
        return health
    name, known = text(dig(claim, "spec", "storageClassName")), [pods.name_of(item) for item in classes]
    if name and name not in known:
        return Health(health.status, "StorageClassMissing", f'There is no storage class "{name}".')
    if not name and not any(dig(item, "metadata", "annotations", _DEFAULT) == "true" for item in classes):
        told = "It names no storage class, the cluster has no default one, and no volume fits it."
        return Health(health.status, "NoStorageClass", told)
    return health


def _finding(evidence: Evidence, claim: Json, health: Health) -> Finding | None:
    name = pods.name_of(claim)
    about = "" if claim in evidence.all_live() else f'The claim "{name}": '
    message = f"{about}{health.message}"
    if health.reason in ("NoStorageClass", "StorageClassMissing"):
        known = [pods.name_of(item) for item in evidence.listed.get("StorageClass", ())]
        there = f" The cluster has {listing(known)}." if known else ""
        cause = "claim_no_class" if health.reason == "NoStorageClass" else "claim_class_missing"
        advice = "Choose a storage class that is there." if known else "Ask whoever runs the cluster for a class."
        fix = "choose_storage_class" if known or "StorageClass" not in evidence.listed else ""
        hints = {"storage_class": known[0]} if known else {}
        return error(cause, f"{message}{there}", advice, fix, values=hints)
    if health.reason == "WaitForFirstConsumer":
        return note("claim_waits_for_consumer", message, "Draw an edge from it to the workload that uses it.")
    if health.reason == "ProvisioningFailed":
        return error("claim_not_provisioned", message, "Ask for a size and access mode that the storage class offers.")
    if health.reason == "Lost":
        return error("claim_lost", message, "The data cannot be had from here; make a new claim, or restore a backup.")
    if health.reason == "Pending":
        return warning("claim_pending", message, "If this stays so, nobody makes volumes of this class.")
    return None


CHECK = Check(
    "storage",
    "Its storage is there",
    run,
    frozenset({"persistentvolumeclaim", "statefulset", "manifest"}),
    frozenset({See.EVENTS, See.CLAIMS, See.CLASSES}),
)
