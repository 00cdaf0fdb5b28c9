"""What the API server adds or refuses by looking at other objects: addresses, accounts, limits, quotas.

Must not know HTTP or controllers; field rules that need one object only are in `validation`.
"""

from __future__ import annotations

import ipaddress
import random
from decimal import Decimal
from typing import Any

from . import quantity
from .errors import Cause, forbidden, invalid, invalid_value
from .objects import Obj, all_containers, clone, dig, meta, name_of, namespace_of, suffix, time_text, uid_of
from .resources import Resource
from .store import Store

SERVICE_NET = ipaddress.ip_network("10.96.0.0/16")
NODE_PORTS = range(30000, 32768)
DAEMON_GENERATION = "deprecated.daemonset.template.generation"
ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def initial_status(resource_key: str, obj: Obj) -> None:
    """The status and finalizers that an object is born with."""
    data = obj["metadata"]
    if resource_key == "/pods":
        obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj.get("spec") or {})}
    elif resource_key == "/namespaces":
        obj.setdefault("spec", {})["finalizers"] = ["kubernetes"]
        obj["status"] = {"phase": "Active"}
    elif resource_key == "/services":
        obj["status"] = {"loadBalancer": {}}
    elif resource_key == "/persistentvolumeclaims":
        data["finalizers"] = sorted({*(data.get("finalizers") or []), "kubernetes.io/pvc-protection"})
        obj["status"] = {"phase": "Pending"}
    elif resource_key == "/persistentvolumes":
        data["finalizers"] = sorted({*(data.get("finalizers") or []), "kubernetes.io/pv-protection"})
        obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": time_text()}
    elif resource_key == "batch/jobs":
        _job_identity(obj)
    elif resource_key == "apiextensions.k8s.io/customresourcedefinitions":
        stored = [v.get("name", "") for v in obj["spec"].get("versions") or [] if v.get("storage")]
        names = {"plural": "", "kind": ""}
        obj["status"] = {"conditions": None, "acceptedNames": names, "storedVersions": stored}
    elif resource_key in _EMPTY_STATUS:
        obj["status"] = clone(_EMPTY_STATUS[resource_key])


_EMPTY_STATUS: dict[str, Obj] = {
    "apps/deployments": {},
    "apps/replicasets": {"replicas": 0},
    "apps/statefulsets": {"replicas": 0, "availableReplicas": 0},
    "apps/daemonsets": {
        "currentNumberScheduled": 0,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 0,
        "numberReady": 0,
    },
    "batch/cronjobs": {},
    "/resourcequotas": {},
    "networking.k8s.io/ingresses": {"loadBalancer": {}},
    "policy/poddisruptionbudgets": {
        "disruptionsAllowed": 0,
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "expectedPods": 0,
    },
    "autoscaling/horizontalpodautoscalers": {"desiredReplicas": 0, "currentMetrics": None},
}


def _job_identity(obj: Obj) -> None:
    spec, data = obj["spec"], obj["metadata"]
    obj["status"] = {}
    if spec.get("manualSelector"):
        return
    uid, name = data["uid"], data.get("name", "")
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    template = spec.setdefault("template", {}).setdefault("metadata", {})
    template["labels"] = {**(template.get("labels") or {}), **labels}
    data["labels"] = {**(data.get("labels") or {}), **template["labels"]} if not data.get("labels") else data["labels"]
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}


def qos_class(spec: Obj) -> str:
    wanted: list[Obj] = [dict(c.get("resources") or {}) for c in all_containers(spec)]
    if not any(r.get("requests") or r.get("limits") for r in wanted):
        return "BestEffort"
    for r in wanted:
        limits, requests = r.get("limits") or {}, r.get("requests") or {}
        for name in ("cpu", "memory"):
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                return "Burstable"
    return "Guaranteed"


def keep_allocated(resource_key: str, obj: Obj, old: Obj) -> None:
    """What was assigned to an object stays with it when an update leaves it out."""
    if resource_key == "/namespaces":
        obj.setdefault("spec", {})
    spec, before = obj.get("spec"), old.get("spec") or {}
    if not isinstance(spec, dict):
        return
    if resource_key == "/services":
        _keep_addresses(spec, before)
    elif resource_key == "/namespaces":
        spec["finalizers"] = before.get("finalizers") or []
    elif resource_key == "batch/jobs":
        spec.setdefault("selector", before.get("selector"))
    elif resource_key == "apps/daemonsets":
        annotations = obj["metadata"].setdefault("annotations", {})
        count = int((meta(old).get("annotations") or {}).get(DAEMON_GENERATION) or 1)
        annotations[DAEMON_GENERATION] = str(count + (spec.get("template") != before.get("template")))
    elif resource_key == "/persistentvolumeclaims":
        for name in ("volumeName", "storageClassName"):
            if name in before and name not in spec:
                spec[name] = before[name]


def _keep_addresses(spec: Obj, before: Obj) -> None:
    if not before.get("clusterIP") or spec.get("type") == "ExternalName":
        return
    if not spec.get("clusterIP"):
        spec["clusterIP"] = before["clusterIP"]
    if not spec.get("clusterIPs"):
        is_same = spec["clusterIP"] == before["clusterIP"]
        spec["clusterIPs"] = before["clusterIPs"] if is_same else [spec["clusterIP"]]
    for name in ("ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"):
        if name in before and name not in spec:
            spec[name] = before[name]
    _keep_node_ports(spec, before)


def _keep_node_ports(spec: Obj, before: Obj) -> None:
    if spec.get("type") not in ("NodePort", "LoadBalancer"):
        if before.get("type") in ("NodePort", "LoadBalancer"):
            for port in spec.get("ports") or []:
                port.pop("nodePort", None)
        return
    known = {(p.get("port"), p.get("protocol")): p.get("nodePort") for p in before.get("ports") or []}
    for port in spec.get("ports") or []:
        found = known.get((port.get("port"), port.get("protocol")))
        if found and not port.get("nodePort"):
            port["nodePort"] = found


class Addresses:
    """Hands out cluster addresses and node ports."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def assign(self, res: Resource, obj: Obj, old: Obj | None, *, dry_run: bool) -> None:
        if res.key != "/services" or (dry_run and old is not None):
            return
        spec = obj["spec"]
        if spec["type"] == "ExternalName":
            for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
                spec.pop(name, None)
            return
        others = [s["spec"] for s in self.store.select("/services") if uid_of(s) != uid_of(obj)]
        self._cluster_ip(obj, spec, others)
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        if spec["type"] in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts") is not False:
            self._node_ports(obj, spec, others)

    def _cluster_ip(self, obj: Obj, spec: Obj, others: list[Obj]) -> None:
        taken = {s.get("clusterIP") for s in others}
        asked = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or []), "")
        if asked and asked != "None":
            self._check_ip(obj, asked, taken)
        elif not asked:
            asked = next(ip for ip in iter(self._random_ip, "") if ip not in taken)
        spec["clusterIP"] = asked
        spec["clusterIPs"] = [asked]

    def _random_ip(self) -> str:
        return str(SERVICE_NET[random.randint(256, 65000)])  # noqa: S311 (an address, not a secret)

    def _check_ip(self, obj: Obj, asked: str, taken: set[Any]) -> None:
        why = ""
        try:
            if ipaddress.ip_address(asked) not in SERVICE_NET:
                why = "the provided network does not match the current range"
        except ValueError:
            why = "not a valid IP address"
        if not why and asked in taken:
            why = "provided IP is already allocated"
        if why:
            text = f"failed to allocate IP {asked}: {why}"
            raise invalid("", "Service", name_of(obj), [invalid_value("spec.clusterIPs", [asked], text)])

    def _node_ports(self, obj: Obj, spec: Obj, others: list[Obj]) -> None:
        taken = {p.get("nodePort") for s in others for p in s.get("ports") or []}
        causes: list[Cause] = []
        for index, port in enumerate(spec.get("ports") or []):
            asked = port.get("nodePort")
            where = f"spec.ports[{index}].nodePort"
            if asked and asked not in NODE_PORTS:
                text = "provided port is not in the valid range. The range of valid ports is 30000-32767"
                causes.append(invalid_value(where, asked, text))
            elif asked and asked in taken:
                causes.append(invalid_value(where, asked, "provided port is already allocated"))
            elif not asked:
                free = [p for p in NODE_PORTS if p not in taken]
                port["nodePort"] = random.choice(free)  # noqa: S311 (a port, not a secret)
            taken.add(port.get("nodePort"))
        if causes:
            raise invalid("", "Service", name_of(obj), causes)


# --- admission -----------------------------------------------------------------------------------------------


def admit(store: Store, res: Resource, obj: Obj, old: Obj | None) -> None:
    if res.key == "/pods" and old is None:
        _pod_account(store, obj)
        _pod_priority(store, obj)
        _pod_tolerations(obj["spec"])
        _limit_ranges(store, obj)
        obj["status"]["qosClass"] = qos_class(obj["spec"])
    if res.key == "/persistentvolumeclaims" and old is None:
        _default_class(store, obj)
    if res.namespaced and old is None and res.key not in ("/events", "events.k8s.io/events"):
        _quotas(store, res, obj)


def _pod_account(store: Store, pod: Obj) -> None:
    spec = pod["spec"]
    name = spec.get("serviceAccountName") or "default"
    namespace = namespace_of(pod)
    account = store.get("/serviceaccounts", namespace, name)
    if account is None:
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise forbidden("", "pods", name_of(pod), why)
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    if account.get("imagePullSecrets") and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = clone(account["imagePullSecrets"])
    wanted = spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True))
    if not wanted or any(v.get("name", "").startswith("kube-api-access-") for v in spec.get("volumes") or []):
        return
    volume = f"kube-api-access-{suffix()}"
    mounted = False
    for container in all_containers(spec):
        mounts = container.setdefault("volumeMounts", [])
        if any(m.get("mountPath") == ACCOUNT_PATH for m in mounts):
            continue
        mounts.append({"name": volume, "readOnly": True, "mountPath": ACCOUNT_PATH})
        mounted = True
    if mounted:
        spec.setdefault("volumes", []).append({"name": volume, "projected": _token_sources()})


def _token_sources() -> Obj:
    reference = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": reference}]}},
        ],
        "defaultMode": 420,
    }


def _pod_priority(store: Store, pod: Obj) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName")
    if not name:
        defaults = [p for p in store.select("scheduling.k8s.io/priorityclasses") if p.get("globalDefault")]
        found: Obj = defaults[0] if defaults else {}
        if found:
            spec["priorityClassName"] = name_of(found)
    else:
        known = store.get("scheduling.k8s.io/priorityclasses", "", name)
        if known is None:
            raise forbidden("", "pods", name_of(pod), f"no PriorityClass with name {name} was found")
        found = known
    spec["priority"] = int(found.get("value") or 0)
    spec["preemptionPolicy"] = found.get("preemptionPolicy") or "PreemptLowerPriority"


def _pod_tolerations(spec: Obj) -> None:
    items = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        covered = any(t.get("key") in (key, None, "") and t.get("effect") in ("NoExecute", None, "") for t in items)
        if not covered:
            items.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})


def _default_class(store: Store, claim: Obj) -> None:
    if claim["spec"].get("storageClassName") is not None:
        return
    mark = "storageclass.kubernetes.io/is-default-class"
    for found in store.select("storage.k8s.io/storageclasses"):
        if (meta(found).get("annotations") or {}).get(mark) == "true":
            claim["spec"]["storageClassName"] = name_of(found)
            return


def _limit_ranges(store: Store, pod: Obj) -> None:
    for found in store.select("/limitranges", namespace_of(pod)):
        for limit in dig(found, "spec", "limits", default=[]):
            if limit.get("type") == "Container":
                _limit_containers(pod, limit)


def _limit_containers(pod: Obj, limit: Obj) -> None:
    notes, problems = [], []
    for container in all_containers(pod["spec"]):
        resources = container.setdefault("resources", {})
        for field, source, word in (
            ("requests", "defaultRequest", "request"),
            ("limits", "default", "limit"),
        ):
            for name, amount in (limit.get(source) or {}).items():
                if name not in (resources.get(field) or {}):
                    resources.setdefault(field, {})[name] = amount
                    notes.append(f"{name} {word} for container {container['name']}")
        for name, most in (limit.get("max") or {}).items():
            used = (resources.get("limits") or {}).get(name)
            if used is not None and quantity.parse(used) > quantity.parse(most):
                problems.append(f"maximum {name} usage per Container is {most}, but limit is {used}")
        for name, least in (limit.get("min") or {}).items():
            used = (resources.get("requests") or {}).get(name)
            if used is not None and quantity.parse(used) < quantity.parse(least):
                problems.append(f"minimum {name} usage per Container is {least}, but request is {used}")
    if problems:
        text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise forbidden("", "pods", name_of(pod), text)
    if notes:
        annotations = pod["metadata"].setdefault("annotations", {})
        annotations["kubernetes.io/limit-ranger"] = "LimitRanger plugin set: " + "; ".join(notes)


# --- quotas --------------------------------------------------------------------------------------------------

_COUNTED = frozenset(
    {
        "configmaps",
        "secrets",
        "services",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
    }
)


def usage_of(res_key: str, obj: Obj) -> dict[str, Decimal]:
    """What one object takes from a quota, by the quota's names."""
    group, _, plural = res_key.partition("/")
    out = {f"count/{plural}.{group}" if group else f"count/{plural}": Decimal(1)}
    if not group and plural in _COUNTED:
        out[plural] = Decimal(1)
    if res_key == "/pods":
        if dig(obj, "status", "phase") in ("Succeeded", "Failed"):
            return {"count/pods": Decimal(1)}
        out |= _pod_amounts(obj)
    if res_key == "/services":
        kind = obj["spec"].get("type")
        out["services.nodeports"] = Decimal(len(obj["spec"].get("ports") or []) if kind == "NodePort" else 0)
        out["services.loadbalancers"] = Decimal(kind == "LoadBalancer")
    if res_key == "/persistentvolumeclaims":
        out["requests.storage"] = quantity.parse(dig(obj, "spec", "resources", "requests", "storage", default="0"))
    return out


def _pod_amounts(pod: Obj) -> dict[str, Decimal]:
    out: dict[str, Decimal] = {}
    for container in pod["spec"].get("containers") or []:
        for field in ("requests", "limits"):
            for name, amount in (dig(container, "resources", field, default={})).items():
                names = [f"{field}.{name}"] + ([name] if field == "requests" else [])
                for known in names:
                    out[known] = out.get(known, Decimal(0)) + quantity.parse(amount)
    return out


def quota_usage(store: Store, namespace: str, names: list[str], resource_keys: list[str]) -> dict[str, Decimal]:
    used = dict.fromkeys(names, Decimal(0))
    for key in resource_keys:
        for obj in store.select(key, namespace):
            for name, amount in usage_of(key, obj).items():
                if name in used:
                    used[name] += amount
    return used


def _quotas(store: Store, res: Resource, obj: Obj) -> None:
    wanted = usage_of(res.key, obj)
    for found in store.select("/resourcequotas", namespace_of(obj)):
        hard = dig(found, "spec", "hard", default={})
        if dig(found, "spec", "scopes") or dig(found, "spec", "scopeSelector"):
            continue
        _must_specify(res, obj, found, hard, wanted)
        names = [n for n in hard if wanted.get(n)]
        used = quota_usage(store, namespace_of(obj), names, [res.key])
        over = [n for n in names if used[n] + wanted[n] > quantity.parse(hard[n])]
        if over:
            show = ",".join
            asked = show(f"{n}={quantity.text(wanted[n])}" for n in over)
            raise forbidden(
                res.group,
                res.plural,
                name_of(obj),
                f"exceeded quota: {name_of(found)}, requested: {asked}, "
                f"used: {show(f'{n}={quantity.text(used[n])}' for n in over)}, "
                f"limited: {show(f'{n}={hard[n]}' for n in over)}",
            )


def _must_specify(res: Resource, obj: Obj, quota: Obj, hard: Obj, wanted: dict[str, Decimal]) -> None:
    if res.key != "/pods":
        return
    known = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
    absent = sorted(n for n in hard if n in known and n not in wanted)
    if absent:
        container = dig(obj, "spec", "containers", 0, "name", default="")
        text = "; ".join(f"{n} for: {container}" for n in absent)
        raise forbidden("", "pods", name_of(obj), f"failed quota: {name_of(quota)}: must specify {text}")
