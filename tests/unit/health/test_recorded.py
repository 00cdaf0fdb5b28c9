"""What people are told of objects as a real cluster showed them: each file holds an object, its pods and its events."""

import json
from pathlib import Path

import pytest

from clusters.health import assess
from plugins.sdk.health import HealthStatus

FOLDER = Path(__file__).parent / "recorded"

# status, reason, is_final, and the words that make the difference to a person
EXPECTED = {
    "crd-livethings": ("healthy", "", False, ""),
    "cronjob-nightly": ("degraded", "LastRunFailed", False, "exited with code 1"),
    "daemonset-agent": ("healthy", "", False, ""),
    "deployment-badimage": (
        "degraded",
        "ImagePullBackOff",
        True,
        '"127.0.0.1:1/none:1" cannot be pulled: the registry',
    ),
    "deployment-badname": ("degraded", "InvalidImageName", True, '"Busy Box" is not a valid name'),
    "deployment-crash": ("degraded", "CrashLoopBackOff", False, "exited with code 3; it was restarted 5 times"),
    "deployment-good": ("healthy", "", False, ""),
    "deployment-initcrash": ("degraded", "CrashLoopBackOff", False, 'The init container "prepare" keeps crashing'),
    "deployment-liveness": ("healthy", "", False, ""),
    "deployment-noaccount": ("degraded", "ServiceAccountMissing", False, 'The service account "robot" does not exist.'),
    "deployment-nocommand": ("degraded", "CommandNotFound", False, 'its image has no command "nosuchthing"'),
    "deployment-noconfig": ("degraded", "ConfigMapMissing", False, 'The config map "settings" does not exist.'),
    "deployment-nokey": ("degraded", "ConfigMapMissing", False, 'has no key "nope".'),
    "deployment-nomount": ("degraded", "SecretMissing", False, 'The secret "passwords" does not exist.'),
    "deployment-oom": ("degraded", "OOMKilled", False, "ran out of memory and was killed; its limit is 16Mi"),
    "deployment-paused": ("suspended", "Paused", False, "paused"),
    "deployment-probe": ("degraded", "ProbeFailing", False, "its readiness probe fails (cat: can't open '/nope'"),
    "deployment-quota": ("degraded", "QuotaExceeded", False, "The quota tight of the namespace is used up"),
    "deployment-unsched": ("degraded", "Unschedulable", False, "No node can take the pod: 1 Insufficient cpu."),
    "deployment-zero": ("healthy", "", False, ""),
    "horizontalpodautoscaler-good": ("degraded", "FailedGetResourceMetric", False, "cannot read the metrics"),
    "ingress-web": ("progressing", "NoAddress", False, "No ingress controller"),
    "job-done": ("healthy", "Completed", False, ""),
    "job-failed": ("degraded", "BackoffLimitExceeded", True, 'It failed: the container "app" exited with code 7.'),
    "job-late": ("degraded", "DeadlineExceeded", True, "It ran longer than the 5 s it may."),
    "job-running": ("progressing", "Running", False, "It is running."),
    "persistentvolumeclaim-claim": ("degraded", "StorageClassMissing", False, 'There is no storage class "none".'),
    "persistentvolumeclaim-lazy": ("healthy", "WaitForFirstConsumer", False, "when the first pod uses it"),
    "pod-bare-done": ("healthy", "Completed", False, ""),
    "pod-bare-failed": ("degraded", "Error", True, "exited with code 9"),
    "poddisruptionbudget-good": ("healthy", "", False, ""),
    "service-balanced": ("progressing", "NoAddress", False, "No load balancer"),
    "service-plain": ("healthy", "", False, ""),
    "statefulset-quotaset": ("degraded", "QuotaExceeded", False, "The quota tight"),
    "statefulset-store": ("healthy", "", False, ""),
    "statefulset-storeclaim": ("progressing", "ClaimPending", False, "waits for its volume claim"),
}


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_every_record_is_expected():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_recorded(name):
    record = load(name)
    status, reason, is_final, words = EXPECTED[name]
    health = assess(record["object"], pods=record["pods"], events=record["events"])
    assert (health.status, health.reason, health.is_final) == (status, reason, is_final)
    assert words in health.message
    assert not health.message or health.message.endswith((".", "…"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_without_pods_and_events_it_may_know_less_but_never_says_that_bad_is_good(name):
    """What an apply gives back is judged with nothing around it."""
    record = load(name)
    whole = assess(record["object"], pods=record["pods"], events=record["events"])
    alone = assess(record["object"])
    if whole.status is HealthStatus.DEGRADED and name != "cronjob-nightly":
        assert alone.status in (HealthStatus.DEGRADED, HealthStatus.PROGRESSING)
    if whole.status is HealthStatus.HEALTHY and name != "persistentvolumeclaim-lazy":
        assert alone.status is HealthStatus.HEALTHY
