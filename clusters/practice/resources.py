"""The table of resources that the practice cluster serves, and the shape of one entry.

Must not know how a resource behaves; behaviour lives with its controller, its defaults and its validation.
"""

from __future__ import annotations

from dataclasses import dataclass

from .objects import Obj

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CUSTOM_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
SUB_VERBS = ("get", "patch", "update")


@dataclass(frozen=True)
class Resource:
    """One served resource of one group and version."""

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    definition: str = ""
    crd: str = ""  # name of the CRD that defines it
    shared_with: str = ""  # key of the resource that stores the objects of this one

    @property
    def key(self) -> str:
        return f"{self.group}/{self.plural}"

    @property
    def storage_key(self) -> str:
        return self.shared_with or self.key

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def is_stored(self) -> bool:
        return "list" in self.verbs


def _resource(
    gv: str,
    kind: str,
    plural: str,
    *,
    ns: bool = True,
    short: str = "",
    cat: str = "",
    subs: str = "",
    verbs: tuple[str, ...] = VERBS,
    shared: str = "",
) -> Resource:
    group, _, version = gv.rpartition("/")
    module = group.split(".")[0] if group else "core"
    definition = _CRD_DEFINITION if kind == "CustomResourceDefinition" else f"io.k8s.api.{module}.{version}.{kind}"
    shorts, categories, subresources = tuple(short.split()), tuple(cat.split()), tuple(subs.split())
    return Resource(
        group, version, kind, plural, kind.lower(), ns, shorts, categories, subresources, verbs, definition, "", shared
    )


# Defined in its own package of the OpenAPI document.
_CRD_DEFINITION = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"
_POD_SUBS = "attach binding ephemeralcontainers eviction exec log portforward proxy resize status"
_REVIEW = ("create",)
_RBAC = "rbac.authorization.k8s.io/v1"

BUILTIN: tuple[Resource, ...] = (
    _resource("v1", "ConfigMap", "configmaps", short="cm"),
    _resource("v1", "Endpoints", "endpoints", short="ep"),
    _resource("v1", "Event", "events", short="ev"),
    _resource("v1", "LimitRange", "limitranges", short="limits"),
    _resource(
        "v1",
        "Namespace",
        "namespaces",
        ns=False,
        short="ns",
        subs="finalize status",
        verbs=tuple(v for v in VERBS if v != "deletecollection"),
    ),
    _resource("v1", "Node", "nodes", ns=False, short="no", subs="proxy status"),
    _resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims", short="pvc", subs="status"),
    _resource("v1", "PersistentVolume", "persistentvolumes", ns=False, short="pv", subs="status"),
    _resource("v1", "Pod", "pods", short="po", cat="all", subs=_POD_SUBS),
    _resource("v1", "ResourceQuota", "resourcequotas", short="quota", subs="status"),
    _resource("v1", "Secret", "secrets"),
    _resource("v1", "ServiceAccount", "serviceaccounts", short="sa", subs="token"),
    _resource("v1", "Service", "services", short="svc", cat="all", subs="proxy status"),
    _resource("apps/v1", "ControllerRevision", "controllerrevisions"),
    _resource("apps/v1", "DaemonSet", "daemonsets", short="ds", cat="all", subs="status"),
    _resource("apps/v1", "Deployment", "deployments", short="deploy", cat="all", subs="scale status"),
    _resource("apps/v1", "ReplicaSet", "replicasets", short="rs", cat="all", subs="scale status"),
    _resource("apps/v1", "StatefulSet", "statefulsets", short="sts", cat="all", subs="scale status"),
    _resource("events.k8s.io/v1", "Event", "events", short="ev", shared="/events"),
    _resource("authentication.k8s.io/v1", "SelfSubjectReview", "selfsubjectreviews", ns=False, verbs=_REVIEW),
    _resource(
        "authorization.k8s.io/v1",
        "SelfSubjectAccessReview",
        "selfsubjectaccessreviews",
        ns=False,
        verbs=_REVIEW,
    ),
    _resource(
        "authorization.k8s.io/v1",
        "SelfSubjectRulesReview",
        "selfsubjectrulesreviews",
        ns=False,
        verbs=_REVIEW,
    ),
    _resource(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        short="hpa",
        cat="all",
        subs="status",
    ),
    _resource("batch/v1", "CronJob", "cronjobs", short="cj", cat="all", subs="status"),
    _resource("batch/v1", "Job", "jobs", cat="all", subs="status"),
    _resource("networking.k8s.io/v1", "IngressClass", "ingressclasses", ns=False),
    _resource("networking.k8s.io/v1", "Ingress", "ingresses", short="ing", subs="status"),
    _resource("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", short="netpol"),
    _resource("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", short="pdb", subs="status"),
    _resource(_RBAC, "ClusterRoleBinding", "clusterrolebindings", ns=False),
    _resource(_RBAC, "ClusterRole", "clusterroles", ns=False),
    _resource(_RBAC, "RoleBinding", "rolebindings"),
    _resource(_RBAC, "Role", "roles"),
    _resource("storage.k8s.io/v1", "StorageClass", "storageclasses", ns=False, short="sc"),
    _resource(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        ns=False,
        short="crd crds",
        cat="api-extensions",
        subs="status",
    ),
    _resource("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", ns=False, short="pc"),
    _resource("coordination.k8s.io/v1", "Lease", "leases"),
    _resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
)
BY_KEY: dict[str, Resource] = {r.key: r for r in BUILTIN}

# What a subresource speaks, where it is not the parent's own kind: (group, version, kind, verbs).
SUBRESOURCE_KINDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "scale": ("autoscaling", "v1", "Scale", SUB_VERBS),
    "eviction": ("policy", "v1", "Eviction", ("create",)),
    "binding": ("", "v1", "Binding", ("create",)),
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
    "exec": ("", "v1", "PodExecOptions", ("create", "get")),
    "attach": ("", "v1", "PodAttachOptions", ("create", "get")),
    "portforward": ("", "v1", "PodPortForwardOptions", ("create", "get")),
    "proxy": ("", "v1", "PodProxyOptions", ("create", "delete", "get", "patch", "update")),
    "log": ("", "v1", "Pod", ("get",)),
    "finalize": ("", "v1", "Namespace", ("update",)),
}
# Not simulated, and therefore not advertised.
UNSERVED_SUBRESOURCES = frozenset({"attach", "portforward", "proxy", "ephemeralcontainers", "resize", "binding"})


def served_subresources(res: Resource) -> list[str]:
    return [s for s in res.subresources if s not in UNSERVED_SUBRESOURCES]


def from_crd(crd: Obj) -> list[Resource]:
    """The resources that an established CRD adds, the preferred version first."""
    spec, names = crd["spec"], crd["spec"]["names"]
    out = []
    for version in spec["versions"]:
        if not version.get("served"):
            continue
        subs = tuple(s for s in ("status", "scale") if s in (version.get("subresources") or {}))
        out.append(
            Resource(
                spec["group"],
                version["name"],
                names["kind"],
                names["plural"],
                names.get("singular") or names["kind"].lower(),
                spec["scope"] == "Namespaced",
                tuple(names.get("shortNames") or ()),
                tuple(names.get("categories") or ()),
                subs,
                CUSTOM_VERBS,
                "",
                crd["metadata"]["name"],
            )
        )
    return out
