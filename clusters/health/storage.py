"""Where data lies: PersistentVolumeClaim and PersistentVolume."""

from clusters.health.facts import Facts, is_true, latest, words_of_event
from clusters.health.reading import dig, sentence, text
from plugins.sdk.health import Health, HealthStatus

_SELECTED = "volume.kubernetes.io/selected-node"


def judge_claim(facts: Facts) -> Health:
    phase = text(facts.status.get("phase"))
    if phase == "Bound":
        if is_true(facts.condition("FileSystemResizePending")) or is_true(facts.condition("Resizing")):
            return Health(HealthStatus.HEALTHY, "Resizing", "Its volume is being resized.")
        return Health(HealthStatus.HEALTHY)
    if phase == "Lost":
        return Health(HealthStatus.DEGRADED, "Lost", "The volume that held its data is gone.", is_final=True)
    return _pending(facts)


def _pending(facts: Facts) -> Health:
    events = facts.about_itself()
    waits = latest(events, "WaitForFirstConsumer", "WaitForPodScheduled")
    failed = latest(events, "ProvisioningFailed", "FailedBinding", "ProvisioningCleanupFailed")
    if failed is not None and (waits is None or events.index(failed) > events.index(waits)):
        return _unprovisioned(facts, words_of_event(failed))
    if waits is not None and not text(dig(facts.obj, "metadata", "annotations", _SELECTED)):
        # As it should be: a volume is made where the first pod that uses it will run.
        return Health(HealthStatus.HEALTHY, "WaitForFirstConsumer", "It is bound when the first pod uses it.")
    return Health(HealthStatus.PROGRESSING, "Pending", "It waits for a volume.")


def _unprovisioned(facts: Facts, message: str) -> Health:
    name = text(facts.spec.get("storageClassName"))
    if name and f'storageclass.storage.k8s.io "{name}" not found' in message:
        return Health(HealthStatus.DEGRADED, "StorageClassMissing", f'There is no storage class "{name}".')
    if "no storage class is set" in message:
        told = "It names no storage class, the cluster has no default one, and no volume fits it."
        return Health(HealthStatus.DEGRADED, "NoStorageClass", told)
    return Health(HealthStatus.DEGRADED, "ProvisioningFailed", sentence(f"No volume can be made: {message}"))


def judge_volume(facts: Facts) -> Health:
    phase = text(facts.status.get("phase"))
    if phase == "Failed":
        message = text(facts.status.get("message")) or "It could not be reclaimed"
        return Health(HealthStatus.DEGRADED, "Failed", sentence(message))
    if phase in ("", "Pending"):
        return Health(HealthStatus.PROGRESSING, "Pending", "It is not available yet.")
    return Health(HealthStatus.HEALTHY)
