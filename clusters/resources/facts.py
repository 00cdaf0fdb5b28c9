"""The few facts by kind that lists show, the word for its status, and both in a phrase. Pure."""

from typing import Any

from clusters.health.facts import condition_of, is_true
from clusters.health.reading import Json, dig, entries, is_number, mapping, number, text
from clusters.health.reading import words as texts
from clusters.resources import kinds
from clusters.resources.kinds import Pair
from plugins.sdk.formats import parse_quantity
from plugins.sdk.health import Health, HealthStatus

_MOST = 50
_LENGTH = 253
_WORKLOADS = frozenset({*kinds.SCALED, kinds.DAEMON_SET})
_OF_A_WORKLOAD = {
    HealthStatus.HEALTHY: "Available",
    HealthStatus.PROGRESSING: "Progressing",
    HealthStatus.DEGRADED: "Degraded",
    HealthStatus.SUSPENDED: "Paused",
}


def of(obj: Json, pair: Pair) -> Json:
    """What lists show of this kind; small."""
    spec, status_ = mapping(obj.get("spec")), mapping(obj.get("status"))
    if pair in _WORKLOADS:
        return _workload(spec, status_, pair)
    read = _READERS.get(pair)
    return read(obj, spec, status_) if read is not None else {}


def status(obj: Json, pair: Pair, health: Health) -> str:
    """One word, as those who know Kubernetes expect it."""
    if dig(obj, "metadata", "deletionTimestamp"):
        return "Terminating"
    if pair in _WORKLOADS:
        desired = _desired(mapping(obj.get("spec")), mapping(obj.get("status")), pair)
        return "Stopped" if desired == 0 and pair != kinds.DAEMON_SET else _OF_A_WORKLOAD.get(health.status, "Unknown")
    if pair == kinds.NODE:
        is_ready = is_true(condition_of(mapping(obj.get("status")), "Ready"))
        return ("Cordoned" if dig(obj, "spec", "unschedulable") else "Ready") if is_ready else "NotReady"
    if pair == kinds.JOB:
        return _job(obj)
    if pair == kinds.CRON_JOB:
        return "Suspended" if dig(obj, "spec", "suspend") is True else "Active"
    phase = text(dig(obj, "status", "phase"))
    if phase:
        return phase
    return "Active" if health.status is HealthStatus.HEALTHY else health.status.value.title()


def words(known: Json, pair: Pair) -> str:
    """The facts of one that fares well, as a phrase."""
    if "ready" in known and "desired" in known:
        return f"{known['ready']} of {known['desired']} ready"
    if pair == kinds.POD:
        restarts = known.get("restarts") or 0
        again = f", restarted {restarts} time{'s' if restarts != 1 else ''}" if restarts else ""
        return f"{known.get('running', 0)} of {len(known.get('containers', ()))} containers ready{again}"
    if pair == kinds.SERVICE:
        return f"{known.get('type', '')} {', '.join(known.get('ports', ()))}".strip()
    if pair == kinds.INGRESS:
        return ", ".join(known.get("hosts", ()))
    if "keys" in known:
        count = known.get("key_count", 0)
        return f"{count} key{'s' if count != 1 else ''}"
    if pair == kinds.CLAIM:
        return " ".join(part for part in (known.get("size"), known.get("class")) if part)
    if pair == kinds.AUTOSCALER:
        return f"{known.get('current', 0)} of {known.get('min', 1)} to {known.get('max', 0)} replicas"
    return str(known.get("schedule") or known.get("version") or "")


def _workload(spec: Json, status_: Json, pair: Pair) -> Json:
    ready = "numberReady" if pair == kinds.DAEMON_SET else "readyReplicas"
    updated = "updatedNumberScheduled" if pair == kinds.DAEMON_SET else "updatedReplicas"
    return {
        "desired": _desired(spec, status_, pair),
        "ready": number(status_.get(ready)),
        "updated": number(status_.get(updated)),
        "images": _images(dig(spec, "template", "spec")),
    }


def _desired(spec: Json, status_: Json, pair: Pair) -> int:
    if pair == kinds.DAEMON_SET:
        return number(status_.get("desiredNumberScheduled"))
    return number(spec.get("replicas"), 1)


def _pod(obj: Json, spec: Json, status_: Json) -> Json:
    states = entries(status_.get("containerStatuses"))
    return {
        "running": sum(state.get("ready") is True for state in states),
        "restarts": sum(number(state.get("restartCount")) for state in states),
        "containers": _cut(text(each.get("name")) for each in entries(spec.get("containers"))),
        "init_containers": _cut(text(each.get("name")) for each in entries(spec.get("initContainers"))),
        "images": _images(spec),
        "ip": text(status_.get("podIP"))[:45],
        "requests": _asked(spec, "requests"),
        "limits": _asked(spec, "limits"),
    }


def _asked(spec: Json, which: str) -> dict[str, float]:
    """Cores and bytes of all containers together; absent where none asks for any."""
    found: dict[str, float] = {}
    for container in entries(spec.get("containers")):
        for name in ("cpu", "memory"):
            value = dig(container, "resources", which, name)
            amount = parse_quantity(value) if isinstance(value, str | int | float) else None
            if amount is not None:
                found[name] = round(found.get(name, 0.0) + amount, 4)
    return found


def _service(obj: Json, spec: Json, status_: Json) -> Json:
    addresses = entries(dig(status_, "loadBalancer", "ingress"))
    return {
        "type": text(spec.get("type"))[:20] or "ClusterIP",
        "cluster_ip": text(spec.get("clusterIP"))[:45],
        "ports": _cut(_port(port) for port in entries(spec.get("ports"))),
        "addresses": _cut(text(each.get("ip")) or text(each.get("hostname")) for each in addresses),
        "selector": {str(name)[:317]: text(value) for name, value in list(mapping(spec.get("selector")).items())[:20]},
    }


def _port(port: Json) -> str:
    node = number(port.get("nodePort"))
    return f"{port.get('port')}{f':{node}' if node else ''}/{text(port.get('protocol')) or 'TCP'}"


def _ingress(obj: Json, spec: Json, status_: Json) -> Json:
    addresses = entries(dig(status_, "loadBalancer", "ingress"))
    return {
        "hosts": _cut(text(rule.get("host")) or "*" for rule in entries(spec.get("rules"))),
        "class": text(spec.get("ingressClassName"))[:_LENGTH],
        "addresses": _cut(text(each.get("ip")) or text(each.get("hostname")) for each in addresses),
    }


def _keys(obj: Json, spec: Json, status_: Json) -> Json:
    """Of secrets and config maps the names of their keys, never what is in them."""
    names = sorted({str(name) for part in ("data", "stringData", "binaryData") for name in mapping(obj.get(part))})
    kind = text(obj.get("type"))[:_LENGTH]
    return {"keys": _cut(names), "key_count": len(names), **({"type": kind} if kind else {})}


def _claim(obj: Json, spec: Json, status_: Json) -> Json:
    size = dig(status_, "capacity", "storage") or dig(spec, "resources", "requests", "storage")
    return {
        "size": text(size)[:40],
        "class": text(spec.get("storageClassName"))[:_LENGTH],
        "volume": text(spec.get("volumeName"))[:_LENGTH],
        "modes": _cut(texts(spec.get("accessModes"))),
    }


def _autoscaler(obj: Json, spec: Json, status_: Json) -> Json:
    target = mapping(spec.get("scaleTargetRef"))
    return {
        "target_kind": text(target.get("kind"))[:100],
        "target_name": text(target.get("name"))[:_LENGTH],
        "min": number(spec.get("minReplicas"), 1),
        "max": number(spec.get("maxReplicas")),
        "current": number(status_.get("currentReplicas")),
    }


def _of_job(obj: Json, spec: Json, status_: Json) -> Json:
    return {
        "completions": number(spec.get("completions"), 1),
        "succeeded": number(status_.get("succeeded")),
        "failed": number(status_.get("failed")),
        "active": number(status_.get("active")),
        "images": _images(dig(spec, "template", "spec")),
    }


def _of_cron_job(obj: Json, spec: Json, status_: Json) -> Json:
    return {
        "schedule": text(spec.get("schedule"))[:100],
        "active": len(entries(status_.get("active"))),
        "last_run_at": text(status_.get("lastScheduleTime"))[:40],
        "images": _images(dig(spec, "jobTemplate", "spec", "template", "spec")),
    }


def _node(obj: Json, spec: Json, status_: Json) -> Json:
    info = mapping(status_.get("nodeInfo"))
    return {"version": text(info.get("kubeletVersion"))[:60], "os": text(info.get("osImage"))[:100]}


def _budget(obj: Json, spec: Json, status_: Json) -> Json:
    allowed = status_.get("disruptionsAllowed")
    return {"disruptions_allowed": allowed} if is_number(allowed) else {}


def _job(obj: Json) -> str:
    status_ = mapping(obj.get("status"))
    for condition, word in (("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended")):
        if is_true(condition_of(status_, condition)):
            return word
    return "Running" if number(status_.get("active")) else "Pending"


def _images(pod: Any) -> list[str]:
    return _cut(text(each.get("image")) for each in entries(mapping(pod).get("containers")))


def _cut(found: Any) -> list[str]:
    return [each[:_LENGTH].replace("\x00", "\ufffd") for each in list(found)[:_MOST] if each]


_READERS = {
    kinds.POD: _pod,
    kinds.SERVICE: _service,
    kinds.INGRESS: _ingress,
    kinds.CONFIG_MAP: _keys,
    kinds.SECRET: _keys,
    kinds.CLAIM: _claim,
    kinds.AUTOSCALER: _autoscaler,
    kinds.JOB: _of_job,
    kinds.CRON_JOB: _of_cron_job,
    kinds.NODE: _node,
    ("policy", "PodDisruptionBudget"): _budget,
}
