"""The cells of a printed object, one printer per kind.

Must not know tables, HTTP or storage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .objects import Obj, condition, dig, meta, parse_time, utcnow
from .selectors import selector_text

NONE = "<none>"


def age(text: str | None) -> str:
    moment = parse_time(text)
    return "<unknown>" if moment is None else span((utcnow() - moment).total_seconds())


def span(seconds: float) -> str:
    """A duration as kubectl shortens it."""
    s = int(seconds)
    if s < -1:
        return "<invalid>"
    s = max(s, 0)
    m, h, d = s // 60, s // 3600, s // 86400
    if s < 120:
        return f"{s}s"
    if m < 10:
        return f"{m}m{s % 60}s" if s % 60 else f"{m}m"
    if h < 3:
        return f"{m}m"
    if h < 8:
        return f"{h}h{m % 60}m" if m % 60 else f"{h}h"
    if h < 48:
        return f"{h}h"
    if d < 8:
        return f"{d}d{h % 24}h" if h % 24 else f"{d}d"
    return f"{d}d" if d < 730 else f"{d // 365}y"


def age_of(obj: Obj) -> str:
    return age(meta(obj).get("creationTimestamp"))


def _int(obj: Obj, *path: str) -> int:
    return int(dig(obj, *path, default=0))


def _images(template: Obj) -> list[str]:
    containers = dig(template, "spec", "containers", default=[])
    return [",".join(c["name"] for c in containers), ",".join(c.get("image", "") for c in containers)]


def pod_state(pod: Obj) -> tuple[str, int, int, int]:
    """The word, ready containers, all containers and restarts, as printed."""
    status = pod.get("status") or {}
    word = status.get("reason") or status.get("phase") or "Unknown"
    found = status.get("containerStatuses") or []
    restarts = sum(c.get("restartCount", 0) for c in found)
    starting = _init_word(pod, status.get("initContainerStatuses") or [])
    if starting:
        word = starting
    else:
        for item in reversed(found):
            state = item.get("state") or {}
            waiting, ended = state.get("waiting") or {}, state.get("terminated") or {}
            if waiting.get("reason"):
                word = waiting["reason"]
            elif ended:
                word = ended.get("reason") or f"ExitCode:{ended.get('exitCode')}"
        if word == "Completed" and any((c.get("state") or {}).get("running") and c.get("ready") for c in found):
            word = "Running" if (condition(pod, "Ready") or {}).get("status") == "True" else "NotReady"
    if meta(pod).get("deletionTimestamp"):
        word = "Terminating"
    ready = sum(1 for c in found if c.get("ready") and (c.get("state") or {}).get("running"))
    return word, ready, len(dig(pod, "spec", "containers", default=[])), restarts


def _init_word(pod: Obj, found: list[Obj]) -> str:
    total = len(dig(pod, "spec", "initContainers", default=[]))
    for index, item in enumerate(found):
        state = item.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting")
        if ended and ended.get("exitCode") == 0:
            continue
        if ended:
            return f"Init:{ended.get('reason') or 'Error'}"
        if waiting and waiting.get("reason") not in (None, "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{total}"
    return ""


def _pod(obj: Obj) -> list[Any]:
    word, ready, total, restarts = pod_state(obj)
    last = max(
        (
            dig(c, "lastState", "terminated", "finishedAt", default="")
            for c in dig(obj, "status", "containerStatuses", default=[])
        ),
        default="",
    )
    shown = f"{restarts} ({age(last)} ago)" if restarts and last else str(restarts)
    where = [
        dig(obj, "status", "podIP", default=NONE),
        dig(obj, "spec", "nodeName", default=NONE),
        NONE,
        NONE,
    ]
    return [f"{ready}/{total}", word, shown, age_of(obj), *where]


def _deployment(obj: Obj) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [ready, *counts, age_of(obj), *_images(spec["template"]), selector_text(spec["selector"])]


def _replica_set(obj: Obj) -> list[Any]:
    spec = obj["spec"]
    counts = [
        _int(obj, "spec", "replicas"),
        _int(obj, "status", "replicas"),
        _int(obj, "status", "readyReplicas"),
    ]
    return [*counts, age_of(obj), *_images(spec["template"]), selector_text(spec["selector"])]


def _stateful_set(obj: Obj) -> list[Any]:
    ready = f"{_int(obj, 'status', 'readyReplicas')}/{_int(obj, 'spec', 'replicas')}"
    return [ready, age_of(obj), *_images(obj["spec"]["template"])]


def _daemon_set(obj: Obj) -> list[Any]:
    names = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    nodes = dig(obj, "spec", "template", "spec", "nodeSelector", default={})
    chosen = ",".join(f"{k}={v}" for k, v in sorted(nodes.items())) or NONE
    counts = [_int(obj, "status", n) for n in names]
    return [
        *counts,
        chosen,
        age_of(obj),
        *_images(obj["spec"]["template"]),
        selector_text(obj["spec"]["selector"]),
    ]


def _job(obj: Obj) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    word = "Running"
    for kind in ("Complete", "Failed", "Suspended"):
        if (condition(obj, kind) or {}).get("status") == "True":
            word = kind
    done = status.get("succeeded", 0)
    wanted = spec.get("completions")
    shown = f"{done}/{wanted}" if wanted is not None else f"{done}/1 of {spec.get('parallelism', 1)}"
    start, end = parse_time(status.get("startTime")), parse_time(status.get("completionTime"))
    took = span(((end or utcnow()) - start).total_seconds()) if start else ""
    return [word, shown, took, age_of(obj), *_images(spec["template"]), selector_text(spec.get("selector"))]


def _cron_job(obj: Obj) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    last = age(status["lastScheduleTime"]) if status.get("lastScheduleTime") else NONE
    head = [
        spec["schedule"],
        spec.get("timeZone") or NONE,
        str(bool(spec.get("suspend"))),
        len(status.get("active") or []),
    ]
    return [*head, last, age_of(obj), *_images(spec["jobTemplate"]["spec"]["template"]), NONE]


def _service(obj: Obj) -> list[Any]:
    spec = obj["spec"]
    ports = []
    for p in spec.get("ports") or []:
        node = f":{p['nodePort']}" if p.get("nodePort") else ""
        ports.append(f"{p['port']}{node}/{p.get('protocol', 'TCP')}")
    outside = NONE
    if spec["type"] == "ExternalName":
        outside = spec.get("externalName") or NONE
    elif spec["type"] == "LoadBalancer":
        found = dig(obj, "status", "loadBalancer", "ingress", default=[])
        outside = ",".join(i.get("ip") or i.get("hostname") or "" for i in found) or "<pending>"
    chosen = ",".join(f"{k}={v}" for k, v in sorted((spec.get("selector") or {}).items())) or NONE
    return [spec["type"], spec.get("clusterIP") or NONE, outside, ",".join(ports) or NONE, age_of(obj), chosen]


def _endpoints(obj: Obj) -> list[Any]:
    found = []
    for subset in obj.get("subsets") or []:
        for port in subset.get("ports") or [{}]:
            for address in subset.get("addresses") or []:
                found.append(f"{address['ip']}:{port['port']}" if port else address["ip"])
    shown = ",".join(found[:3]) + (f" + {len(found) - 3} more..." if len(found) > 3 else "")
    return [shown or NONE, age_of(obj)]


def _slice(obj: Obj) -> list[Any]:
    ports = ",".join(str(p.get("port", "")) for p in obj.get("ports") or []) or "<unset>"
    found = [a for e in obj.get("endpoints") or [] for a in e.get("addresses") or []]
    shown = ",".join(found[:3]) + (f" + {len(found) - 3} more..." if len(found) > 3 else "")
    return [obj.get("addressType"), ports, shown or "<unset>", age_of(obj)]


def _data(obj: Obj) -> int:
    return len(obj.get("data") or {}) + len(obj.get("binaryData") or {})


def _node(obj: Obj) -> list[Any]:
    ready = (condition(obj, "Ready") or {}).get("status")
    word = {"True": "Ready", "False": "NotReady"}.get(ready or "", "Unknown")
    if dig(obj, "spec", "unschedulable"):
        word += ",SchedulingDisabled"
    info = dig(obj, "status", "nodeInfo", default={})
    inside = next(
        (a["address"] for a in dig(obj, "status", "addresses", default=[]) if a["type"] == "InternalIP"), NONE
    )
    return [
        word,
        NONE,
        age_of(obj),
        info.get("kubeletVersion"),
        inside,
        NONE,
        info.get("osImage"),
        info.get("kernelVersion"),
        info.get("containerRuntimeVersion"),
    ]


_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(found: list[str] | None) -> str:
    return ",".join(_MODES.get(m, m) for m in found or [])


def _claim(obj: Obj) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    word = "Terminating" if meta(obj).get("deletionTimestamp") else status.get("phase", "")
    return [
        word,
        spec.get("volumeName") or "",
        dig(status, "capacity", "storage", default=""),
        _modes(status.get("accessModes")),
        spec.get("storageClassName") or "",
        "<unset>",
        age_of(obj),
        spec.get("volumeMode") or "",
    ]


def _volume(obj: Obj) -> list[Any]:
    spec = obj["spec"]
    claim = spec.get("claimRef")
    whose = f"{claim.get('namespace')}/{claim.get('name')}" if claim else ""
    return [
        dig(spec, "capacity", "storage", default=""),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy"),
        dig(obj, "status", "phase", default=""),
        whose,
        spec.get("storageClassName") or "",
        "<unset>",
        "",
        age_of(obj),
        spec.get("volumeMode") or "",
    ]


def _ingress(obj: Obj) -> list[Any]:
    spec = obj.get("spec") or {}
    hosts = [r["host"] for r in spec.get("rules") or [] if r.get("host")]
    found = dig(obj, "status", "loadBalancer", "ingress", default=[])
    where = ",".join(i.get("ip") or i.get("hostname") or "" for i in found)
    ports = "80, 443" if spec.get("tls") else "80"
    return [spec.get("ingressClassName") or NONE, ",".join(hosts) or "*", where, ports, age_of(obj)]


def _amount(metric: Obj) -> str:
    share = metric.get("averageUtilization")
    return f"{share}%" if share else str(metric.get("averageValue", ""))


def _autoscaler(obj: Obj) -> list[Any]:
    spec, target = obj["spec"], obj["spec"].get("scaleTargetRef") or {}
    measured = {
        dig(m, "resource", "name"): dig(m, "resource", "current", default={})
        for m in dig(obj, "status", "currentMetrics", default=[])
    }
    shown = []
    for metric in spec.get("metrics") or []:
        resource = metric.get("resource") or {}
        if resource:
            current = _amount(measured.get(resource.get("name")) or {})
            shown.append(f"{resource.get('name')}: {current or '<unknown>'}/{_amount(resource.get('target') or {})}")
        else:
            shown.append("<unknown>")
    return [
        f"{target.get('kind')}/{target.get('name')}",
        ", ".join(shown) or NONE,
        str(spec.get("minReplicas", 1)),
        spec.get("maxReplicas"),
        _int(obj, "status", "currentReplicas"),
        age_of(obj),
    ]


def _budget(obj: Obj) -> list[Any]:
    spec = obj.get("spec") or {}
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    limits = ["N/A" if v is None else str(v) for v in (least, most)]
    return [*limits, _int(obj, "status", "disruptionsAllowed"), age_of(obj)]


def _quota(obj: Obj) -> list[Any]:
    hard, used = dig(obj, "status", "hard", default={}), dig(obj, "status", "used", default={})
    pairs = sorted((n, f"{n}: {used.get(n, 0)}/{hard[n]}") for n in hard)
    limits = ", ".join(t for n, t in pairs if n.startswith("limits."))
    return [", ".join(t for n, t in pairs if not n.startswith("limits.")), limits, age_of(obj)]


def _binding(obj: Obj) -> list[Any]:
    role, subjects = obj.get("roleRef") or {}, obj.get("subjects") or []

    def named(kind: str) -> str:
        return ", ".join(s["name"] for s in subjects if s.get("kind") == kind)

    accounts = ", ".join(f"{s.get('namespace', '')}/{s['name']}" for s in subjects if s.get("kind") == "ServiceAccount")
    return [f"{role.get('kind')}/{role.get('name')}", age_of(obj), named("User"), named("Group"), accounts]


def _storage_class(obj: Obj) -> list[Any]:
    return [
        obj.get("provisioner"),
        obj.get("reclaimPolicy"),
        obj.get("volumeBindingMode"),
        bool(obj.get("allowVolumeExpansion")),
        age_of(obj),
    ]


def storage_name(obj: Obj) -> str:
    mark = "storageclass.kubernetes.io/is-default-class"
    is_default = (meta(obj).get("annotations") or {}).get(mark) == "true"
    return meta(obj)["name"] + (" (default)" if is_default else "")


def event(obj: Obj) -> list[Any]:
    involved, source = obj.get("involvedObject") or {}, obj.get("source") or {}
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = obj.get("lastTimestamp") or first
    name = f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}"
    who = ", ".join(
        filter(
            None,
            [
                source.get("component") or obj.get("reportingComponent"),
                source.get("host") or obj.get("reportingInstance"),
            ],
        )
    )
    return [
        age(last),
        obj.get("type"),
        obj.get("reason"),
        name,
        involved.get("fieldPath", ""),
        who,
        str(obj.get("message", "")).strip(),
        age(first),
        obj.get("count") or 1,
        meta(obj)["name"],
    ]


PRINTERS: dict[str, Callable[[Obj], list[Any]]] = {
    "/pods": _pod,
    "apps/deployments": _deployment,
    "apps/replicasets": _replica_set,
    "apps/statefulsets": _stateful_set,
    "apps/daemonsets": _daemon_set,
    "batch/jobs": _job,
    "batch/cronjobs": _cron_job,
    "/services": _service,
    "/endpoints": _endpoints,
    "discovery.k8s.io/endpointslices": _slice,
    "/configmaps": lambda o: [_data(o), age_of(o)],
    "/secrets": lambda o: [o.get("type"), _data(o), age_of(o)],
    "/namespaces": lambda o: [dig(o, "status", "phase", default=""), age_of(o)],
    "/nodes": _node,
    "/persistentvolumeclaims": _claim,
    "/persistentvolumes": _volume,
    "networking.k8s.io/ingresses": _ingress,
    "networking.k8s.io/networkpolicies": lambda o: [selector_text(dig(o, "spec", "podSelector")) or NONE, age_of(o)],
    "networking.k8s.io/ingressclasses": lambda o: [dig(o, "spec", "controller", default=""), NONE, age_of(o)],
    "autoscaling/horizontalpodautoscalers": _autoscaler,
    "policy/poddisruptionbudgets": _budget,
    "/resourcequotas": _quota,
    "rbac.authorization.k8s.io/rolebindings": _binding,
    "rbac.authorization.k8s.io/clusterrolebindings": _binding,
    "storage.k8s.io/storageclasses": _storage_class,
    "coordination.k8s.io/leases": lambda o: [dig(o, "spec", "holderIdentity", default=""), age_of(o)],
    "scheduling.k8s.io/priorityclasses": lambda o: [
        o.get("value", 0),
        bool(o.get("globalDefault")),
        age_of(o),
        o.get("preemptionPolicy", "PreemptLowerPriority"),
    ],
    "apps/controllerrevisions": lambda o: [
        (lambda r: f"{r.get('kind', '').lower()}.apps/{r.get('name')}")((meta(o).get("ownerReferences") or [{}])[0]),
        o.get("revision"),
        age_of(o),
    ],
}
