"""Whether an object is made as its kind says, as far as anything here goes into it. Pure.

What is not stays as it is written, in a manifest: the cluster will say what is wrong with it.
"""

from typing import Any

from imports.manifests.paths import Path

# Objects and lists of objects, by kind; `*` is each item of a list. What is not there is no fault.
_POD: tuple[Path, ...] = (
    ("metadata",),
    ("metadata", "labels", "="),
    ("metadata", "annotations", "="),
    ("spec",),
    *(
        (*where, *part)
        for where in (("spec", "containers", "*"), ("spec", "initContainers", "*"))
        for part in (
            (),
            ("ports", "*"),
            ("env", "*"),
            ("env", "*", "valueFrom"),
            ("envFrom", "*"),
            ("volumeMounts", "*"),
            ("volumeDevices", "*"),
            ("resources",),
            ("resources", "requests"),
            ("resources", "limits"),
            ("livenessProbe",),
            ("readinessProbe",),
            ("startupProbe",),
            ("lifecycle",),
        )
    ),
    ("spec", "volumes", "*"),
    ("spec", "imagePullSecrets", "*"),
    ("spec", "hostAliases", "*"),
)
_SELECTED: tuple[Path, ...] = (
    ("spec",),
    ("spec", "selector"),
    ("spec", "selector", "matchLabels", "="),
    *(("spec", "template", *path) for path in ((), *_POD)),
)
_SHAPES: dict[str, tuple[Path, ...]] = {
    "Deployment": _SELECTED,
    "ReplicaSet": _SELECTED,
    "DaemonSet": _SELECTED,
    "StatefulSet": (
        *_SELECTED,
        ("spec", "volumeClaimTemplates", "*"),
        ("spec", "volumeClaimTemplates", "*", "metadata"),
        ("spec", "volumeClaimTemplates", "*", "spec"),
    ),
    "Job": _SELECTED,
    "CronJob": (
        ("spec",),
        ("spec", "jobTemplate"),
        ("spec", "jobTemplate", "spec"),
        *(("spec", "jobTemplate", "spec", "template", *path) for path in ((), *_POD)),
    ),
    "Service": (("spec",), ("spec", "ports", "*"), ("spec", "selector", "=")),
    "Ingress": (
        ("spec",),
        ("spec", "tls", "*"),
        ("spec", "backend"),
        ("spec", "rules", "*"),
        ("spec", "rules", "*", "http"),
        ("spec", "rules", "*", "http", "paths", "*"),
        ("spec", "rules", "*", "http", "paths", "*", "backend"),
    ),
    "NetworkPolicy": (("spec",), ("spec", "podSelector")),
    "PodDisruptionBudget": (("spec",), ("spec", "selector")),
    "HorizontalPodAutoscaler": (("spec",), ("spec", "scaleTargetRef")),
    "HTTPRoute": (("spec",), ("spec", "rules", "*")),
    "PersistentVolumeClaim": (("spec",), ("spec", "resources"), ("spec", "resources", "requests")),
    "ResourceQuota": (("spec",), ("spec", "hard")),
    "LimitRange": (("spec",),),
    "ServiceAccount": (("imagePullSecrets", "*"),),
    "Role": (("rules", "*"),),
    "ClusterRole": (("rules", "*"),),
    "RoleBinding": (("roleRef",), ("subjects", "*")),
    "ClusterRoleBinding": (("roleRef",), ("subjects", "*")),
}


def is_well_formed(kind: str, body: Any) -> bool:
    return all(_fits(body, path) for path in _SHAPES.get(kind, ()))


def _fits(value: Any, path: Path) -> bool:
    if not path:
        return isinstance(value, dict)
    head, *rest = path
    if head == "*":
        return isinstance(value, list) and all(_fits(item, tuple(rest)) for item in value)
    if head == "=":
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if not isinstance(value, dict):
        return False
    return value.get(head) is None or _fits(value[head], tuple(rest))
