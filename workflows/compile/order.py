"""In which order objects are applied: what others need comes first, then by namespace and name."""

from plugins.sdk.objects import KubeObject

_ORDER = (
    "Namespace",
    "CustomResourceDefinition",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "ConfigMap",
    "Secret",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "DaemonSet",
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "Pod",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "IngressClass",
    "Ingress",
    "HTTPRoute",
)
_WEIGHTS = {kind: weight for weight, kind in enumerate(_ORDER)}
_LAST = {
    "MutatingWebhookConfiguration": 1002,
    "ValidatingWebhookConfiguration": 1003,
    "APIService": 1001,
}
_CUSTOM = 1000


def apply_order(item: KubeObject) -> tuple[int, str, str, str, str]:
    """Sort key. Unknown kinds follow the known ones: they are likely custom resources that use them."""
    kind = item.kind
    weight = _WEIGHTS.get(kind)
    if weight is None:
        weight = _LAST.get(kind, _CUSTOM)
    return weight, kind, item.namespace, item.name, item.api_version
