"""Which kinds are mirrored, and which of them can do what. Pure."""

from plugins.sdk.objects import ObjectKey

Pair = tuple[str, str]

POD: Pair = ("", "Pod")
EVENT: Pair = ("", "Event")
# The same events under another name, so that watching all of a namespace's does not disturb who watches warnings.
ALL_EVENTS: Pair = ("events.k8s.io", "Event")
SECRET: Pair = ("", "Secret")
CONFIG_MAP: Pair = ("", "ConfigMap")
SERVICE: Pair = ("", "Service")
NODE: Pair = ("", "Node")
NAMESPACE: Pair = ("", "Namespace")
CLAIM: Pair = ("", "PersistentVolumeClaim")
DEPLOYMENT: Pair = ("apps", "Deployment")
REPLICA_SET: Pair = ("apps", "ReplicaSet")
STATEFUL_SET: Pair = ("apps", "StatefulSet")
DAEMON_SET: Pair = ("apps", "DaemonSet")
JOB: Pair = ("batch", "Job")
CRON_JOB: Pair = ("batch", "CronJob")
INGRESS: Pair = ("networking.k8s.io", "Ingress")
AUTOSCALER: Pair = ("autoscaling", "HorizontalPodAutoscaler")

MIRRORED: tuple[Pair, ...] = (
    POD,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    JOB,
    CRON_JOB,
    SERVICE,
    INGRESS,
    CONFIG_MAP,
    SECRET,
    CLAIM,
    AUTOSCALER,
    ("policy", "PodDisruptionBudget"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("", "ServiceAccount"),
    NODE,
    NAMESPACE,
)
# In no namespace, among those above.
CLUSTER_SCOPED = frozenset({NODE, NAMESPACE})
# Of what owns something the group is not kept.
GROUPS = {kind: group for group, kind in MIRRORED}
_NAMES = {kind.lower(): kind for _, kind in MIRRORED}

SCALED = frozenset({DEPLOYMENT, STATEFUL_SET, REPLICA_SET, ("", "ReplicationController")})
RESTARTED = frozenset({DEPLOYMENT, STATEFUL_SET, DAEMON_SET})
WITH_PODS = frozenset({*SCALED, *RESTARTED, JOB, CRON_JOB})
# Of these a cluster lives; nobody means to delete them with a button.
KEPT_NAMESPACES = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


def pair_of(key: ObjectKey) -> Pair:
    return key.group, key.kind


def canonical(kind: str) -> str:
    """`pods` and `pod` as `Pod`; what is not known stays as it is."""
    low = kind.lower()
    for name in (low, low.removesuffix("s"), low.removesuffix("es"), f"{low.removesuffix('ies')}y"):
        if name in _NAMES:
            return _NAMES[name]
    return kind
