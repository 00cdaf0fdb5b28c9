"""What a cluster adds to objects while they live there: defaults, numbers it gave out, notes of its controllers. Pure.

Left out they stay as they are, for an apply changes only what it names. What an apply takes or leaves as a whole
(references to fields, projected sources) is not touched: without its defaults it would be another.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from imports.manifests.items import Item
from imports.manifests.paths import Path, dicts_at, value_at
from plugins.sdk.fields import Json

_NOTES = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "deployment.kubernetes.io/revision",
        "deprecated.daemonset.template.generation",
        "pv.kubernetes.io/bind-completed",
        "pv.kubernetes.io/bound-by-controller",
        "volume.beta.kubernetes.io/storage-provisioner",
        "volume.kubernetes.io/storage-provisioner",
        "volume.kubernetes.io/selected-node",
        "autoscaling.alpha.kubernetes.io/conditions",
        "autoscaling.alpha.kubernetes.io/current-metrics",
        "batch.kubernetes.io/job-tracking",
    }
)
_OF_JOB = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
_ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
_RETAIN = {"whenDeleted": "Retain", "whenScaled": "Retain"}
_ONE_DOWN: Json = {"maxUnavailable": 1}

Defaults = Mapping[str, tuple[Any, ...]]
_SPECS: dict[str, Defaults] = {
    "Deployment": {"strategy": (_ROLLING,), "revisionHistoryLimit": (10,), "progressDeadlineSeconds": (600,)},
    "StatefulSet": {
        "podManagementPolicy": ("OrderedReady",),
        "updateStrategy": ({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},),
        "revisionHistoryLimit": (10,),
        "persistentVolumeClaimRetentionPolicy": (_RETAIN,),
    },
    "DaemonSet": {
        "updateStrategy": (
            {"type": "RollingUpdate", "rollingUpdate": _ONE_DOWN},
            {"type": "RollingUpdate", "rollingUpdate": {**_ONE_DOWN, "maxSurge": 0}},
        ),
        "revisionHistoryLimit": (10,),
    },
    "Job": {
        "backoffLimit": (6,),
        "completions": (1,),
        "parallelism": (1,),
        "completionMode": ("NonIndexed",),
        "suspend": (False,),
        "podReplacementPolicy": ("TerminatingOrFailed",),
        "manualSelector": (False,),
    },
    "CronJob": {
        "concurrencyPolicy": ("Allow",),
        "suspend": (False,),
        "successfulJobsHistoryLimit": (3,),
        "failedJobsHistoryLimit": (1,),
    },
    "Service": {
        "sessionAffinity": ("None",),
        "internalTrafficPolicy": ("Cluster",),
        "externalTrafficPolicy": ("Cluster",),
        "allocateLoadBalancerNodePorts": (True,),
    },
    "PersistentVolumeClaim": {"volumeMode": ("Filesystem",)},
}
_POD: Defaults = {
    "dnsPolicy": ("ClusterFirst",),
    "schedulerName": ("default-scheduler",),
    "securityContext": ({},),
    "terminationGracePeriodSeconds": (30,),
}
_CONTAINER: Defaults = {
    "terminationMessagePath": ("/dev/termination-log",),
    "terminationMessagePolicy": ("File",),
    "resources": ({},),
}
_PROBE: Defaults = {
    "timeoutSeconds": (1,),
    "periodSeconds": (10,),
    "successThreshold": (1,),
    "failureThreshold": (3,),
}
_HTTP: Defaults = {"scheme": ("HTTP",)}
_MODE: Defaults = {"defaultMode": (420,)}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_GIVEN = "The cluster gave it; it stays as it is."
_NOTE = "A controller keeps it."
_DEFAULT = "As by default."


def drop_what_the_cluster_added(item: Item, template: Path | None) -> None:
    """From an object as a cluster shows it; what is dropped is said."""
    item.drop_if_there(("metadata", "finalizers"), _NOTE)
    for name in _NOTES & (item.metadata.get("annotations") or {}).keys():
        item.drop(("metadata", "annotations", name), _NOTE)
    _defaults(item, ("spec",), _SPECS.get(item.kind, {}))
    _given(item)
    if template is not None:
        _pods(item, template)


def _given(item: Item) -> None:
    spec = item.spec
    match item.kind:
        case "Service":
            if spec.get("clusterIP") != "None":
                item.drop_if_there(("spec", "clusterIP"), _GIVEN)
            for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
                item.drop_if_there(("spec", key), _GIVEN)
        case "PersistentVolumeClaim":
            item.drop_if_there(("spec", "volumeName"), _GIVEN)
        case "ServiceAccount":
            item.drop_if_there(("secrets",), _GIVEN)
        case "StatefulSet":
            for path, claim in dicts_at(item.body, ("spec", "volumeClaimTemplates", "*", "spec")):
                if claim.get("volumeMode") == "Filesystem":
                    item.drop_if_there((*path, "volumeMode"), _DEFAULT)
        case "Job" if spec.get("manualSelector") is not True:
            item.drop_if_there(("spec", "selector"), _GIVEN)
            for key in _OF_JOB:
                item.drop_if_there(("spec", "template", "metadata", "labels", key), _GIVEN)


def _pods(item: Item, template: Path) -> None:
    pod = (*template, "spec")
    _defaults(item, pod, _POD)
    spec = value_at(item.body, pod)
    if isinstance(spec, dict) and "serviceAccount" in spec and spec["serviceAccount"] == spec.get("serviceAccountName"):
        item.drop_if_there((*pod, "serviceAccount"), "The older name of serviceAccountName.")
    for kind in ("containers", "initContainers"):
        for path, container in list(dicts_at(item.body, (*pod, kind, "*"))):
            _container(item, path, container)
    for source in ("configMap", "secret", "projected", "downwardAPI"):
        _each(item, (*pod, "volumes", "*", source), _MODE)
    _each(item, (*pod, "volumes", "*", "hostPath"), {"type": ("",)})


def _container(item: Item, path: Path, container: Json) -> None:
    _defaults(item, path, {**_CONTAINER, "imagePullPolicy": (_pull_policy(container.get("image")),)})
    for probe in _PROBES:
        _defaults(item, (*path, probe), _PROBE)
        _defaults(item, (*path, probe, "httpGet"), _HTTP)
        _defaults(item, (*path, probe, "grpc"), {"service": ("",)})
    for hook in ("postStart", "preStop"):
        _defaults(item, (*path, "lifecycle", hook, "httpGet"), _HTTP)


def _pull_policy(image: Any) -> str:
    tail = str(image).rpartition("/")[2]
    return "Always" if tail.endswith(":latest") or (":" not in tail and "@" not in tail) else "IfNotPresent"


def _each(item: Item, pattern: Path, defaults: Defaults) -> None:
    for path, _ in list(dicts_at(item.body, pattern)):
        _defaults(item, path, defaults)


def _defaults(item: Item, path: Path, defaults: Defaults) -> None:
    found = value_at(item.body, path)
    for key in list(_equal(found, defaults)):
        item.drop_if_there((*path, key), _DEFAULT)


def _equal(found: Any, defaults: Defaults) -> Iterator[str]:
    if isinstance(found, dict):
        for key, values in defaults.items():
            # True is no 1 here.
            if any(found.get(key) == value and type(found.get(key)) is type(value) for value in values):
                yield key
