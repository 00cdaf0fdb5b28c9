"""Kompose's labels, which many files carry already: honoured as Kompose documents them."""

import math
from collections.abc import Callable

from imports.compose.mapping.state import MAPPED, REFUSED, Draft, Plan, whole_number
from imports.compose.model.values import BadValue, duration, split_words
from plugins.sdk import names
from plugins.sdk.formats import dns_subdomain, http_path, image
from plugins.sdk.graph import Json

Apply = Callable[[Draft, Plan, str], bool]
# Read where they matter: kinds, services, routing, claims.
_ELSEWHERE = frozenset(
    {
        "kompose.controller.type",
        "kompose.cronjob.schedule",
        "kompose.cronjob.concurrency_policy",
        "kompose.service.type",
        "kompose.service.expose",
        "kompose.service.expose.tls-secret",
        "kompose.service.expose.ingress-class-name",
        "kompose.service.external-traffic-policy",
        "kompose.volume.size",
        "kompose.volume.storage-class-name",
    }
)


def is_known(key: str) -> bool:
    return key in _ELSEWHERE or key in _APPLY or key.startswith(("kompose.ingress.annotation.", *_PROBES, *_GROUPS))


def map_kompose(draft: Draft, plan: Plan) -> None:
    """Those that change the workload itself; what cannot be read is refused in a row."""
    for key, apply in _APPLY.items():
        value = draft.labels.get(key)
        if value is not None and not apply(draft, plan, value):
            plan.rows.add(draft.at("labels", key), REFUSED, f"'{value[:60]}' does not fit here; correct it.", key=key)
        elif value is not None:
            plan.rows.add(draft.at("labels", key), MAPPED, "Honoured.", target=draft.target, key=key)
    for prefix in _PROBES:
        if any(key.startswith(prefix) for key in draft.labels):
            _probe(draft, plan, prefix)
    _init_container(draft)
    _autoscaler(draft, plan)


def _pull_policy(draft: Draft, plan: Plan, value: str) -> bool:
    if value not in ("Always", "IfNotPresent", "Never"):
        return False
    draft.data["image_pull_policy"] = value
    return True


def _pull_secret(draft: Draft, plan: Plan, value: str) -> bool:
    if dns_subdomain(value) is not None:
        return False
    draft.data["image_pull_secrets"] = [value]
    return True


def _account(draft: Draft, plan: Plan, value: str) -> bool:
    if dns_subdomain(value) is not None:
        return False
    draft.data["service_account"] = value
    return True


def _group(draft: Draft, plan: Plan, value: str) -> bool:
    number = whole_number(value, 0, 2**22)
    if number is not None:
        draft.nested("pod_security_context")["fsGroup"] = number
    return number is not None


def _backoff(draft: Draft, plan: Plan, value: str) -> bool:
    number = whole_number(value, 0, 10_000)
    if number is None or draft.kind not in ("job", "cronjob"):
        return False
    draft.data["backoff_limit"] = number
    return True


def _port(draft: Draft, plan: Plan, value: str) -> bool:
    number = whole_number(value, 1, 65535)
    if number is not None:
        draft.ports.setdefault((number, "TCP"), [])
        draft.data["ports"] = [{"port": port, "protocol": protocol} for port, protocol in draft.ports]
    return number is not None


_APPLY: dict[str, Apply] = {
    "kompose.image-pull-policy": _pull_policy,
    "kompose.image-pull-secret": _pull_secret,
    "kompose.serviceaccount-name": _account,
    "kompose.security-context.fsgroup": _group,
    "kompose.cronjob.backoff_limit": _backoff,
    "kompose.controller.port.expose": _port,
}
_PROBES = ("kompose.service.healthcheck.readiness.", "kompose.service.healthcheck.liveness.")
_GROUPS = ("kompose.init.containers.", "kompose.hpa.")
_TIMES = {"interval": "period_seconds", "timeout": "timeout_seconds", "start_period": "initial_delay_seconds"}


def _probe(draft: Draft, plan: Plan, prefix: str) -> None:
    values = {key.removeprefix(prefix): value for key, value in draft.labels.items() if key.startswith(prefix)}
    kind = prefix.split(".")[-2]
    probes: Json = draft.data.setdefault("probes", {})
    if values.get("disable", "").lower() == "true":
        probes.pop(kind, None)
    else:
        action = _action(values)
        base = action or probes.get(kind)
        if base is not None:
            probes[kind] = {**base, **_timing(values)}
    if not probes:
        del draft.data["probes"]


def _timing(values: dict[str, str]) -> Json:
    found: Json = {}
    for key, field in _TIMES.items():
        try:
            if key in values:
                found[field] = max(0 if key == "start_period" else 1, math.ceil(duration(values[key])))
        except BadValue:
            continue
    retries = whole_number(values.get("retries", ""), 1, 10_000)
    return found | ({"failure_threshold": retries} if retries else {})


def _action(values: dict[str, str]) -> Json | None:
    path, port = values.get("http_get_path", "/"), whole_number(values.get("http_get_port", ""), 1, 65535)
    tcp = whole_number(values.get("tcp_port", ""), 1, 65535)
    if port is not None and http_path(path) is None:
        return {"http": {"path": path, "port": port}}
    if tcp is not None:
        return {"tcp": {"port": tcp}}
    try:
        words = split_words(values.get("test", ""))
    except BadValue:
        return None
    words = words[1:] if words[:1] == ["CMD"] else words
    words = ["/bin/sh", "-c", " ".join(words[1:])] if words[:1] == ["CMD-SHELL"] else words
    return {"exec": {"command": words}} if words else None


def _init_container(draft: Draft) -> None:
    wanted = draft.labels.get("kompose.init.containers.image")
    if not wanted or image(wanted) is not None:
        return
    name = draft.labels.get("kompose.init.containers.name", "init")
    container: Json = {"name": names.dns_label(name), "image": wanted}
    text = draft.labels.get("kompose.init.containers.command", "")
    try:
        words = split_words(text.strip("[]").replace(",", " ") if text.startswith("[") else text)
    except BadValue:
        words = []
    if words:
        container["command"] = words
    draft.listed("init_containers").append(container)


def _autoscaler(draft: Draft, plan: Plan) -> None:
    maximum = whole_number(draft.labels.get("kompose.hpa.replicas.max", ""), 1, 10_000)
    if maximum is None or draft.kind not in ("deployment", "statefulset"):
        return
    minimum = whole_number(draft.labels.get("kompose.hpa.replicas.min", ""), 1, maximum) or 1
    node_id = f"hpa-{draft.name}"
    plan.node(
        node_id,
        "hpa",
        {
            "name": plan.unique("hpa", draft.kube, node_id),
            "min_replicas": minimum,
            "max_replicas": maximum,
            "cpu_percent": whole_number(draft.labels.get("kompose.hpa.cpu", "50"), 1, 1000) or 50,
            "memory_percent": whole_number(draft.labels.get("kompose.hpa.memory", ""), 1, 1000),
        },
    )
    plan.edge(node_id, draft.node_id)
