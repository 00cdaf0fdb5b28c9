"""The rules for what runs pods: Deployments, StatefulSets, DaemonSets, Jobs, CronJobs.

Must not know other objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import names
from .errors import Cause, forbidden_value, invalid_value, required, unsupported
from .objects import Obj, dig, meta, without
from .selectors import matches_selector
from .validation_pods import NON_NEGATIVE, pod_spec


def immutable(obj: Obj, old: Obj | None, *path: str) -> list[Cause]:
    if old is None or dig(obj, *path) == dig(old, *path):
        return []
    return [invalid_value(".".join(path), dig(obj, *path), "field is immutable")]


def _replicas(spec: Obj, field: str = "spec.replicas") -> list[Cause]:
    value = spec.get("replicas")
    return [invalid_value(field, value, NON_NEGATIVE)] if isinstance(value, int) and value < 0 else []


def _selected_template(spec: Obj, claims: Iterable[str] = ()) -> list[Cause]:
    out: list[Cause] = []
    selector = spec.get("selector")
    labels = dig(spec, "template", "metadata", "labels")
    if not selector:
        out.append(required("spec.selector"))
    if not selector or not matches_selector(selector, labels or {}):
        text = "`selector` does not match template `labels`"
        out.append(invalid_value("spec.template.metadata.labels", labels, text))
    out += names.labels("spec.template.metadata.labels", labels or {})
    template = dig(spec, "template", "spec")
    if not template:
        return [*out, required("spec.template.spec.containers")]
    out += pod_spec(template, "spec.template.spec", claims)
    if template.get("restartPolicy") in ("OnFailure", "Never"):
        found = template["restartPolicy"]
        out.append(unsupported("spec.template.spec.restartPolicy", found, ["Always"]))
    return out


_PERCENT = re.compile(r"^[0-9]+%$")
_PERCENT_TEXT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)


def amount(value: Any, field: str) -> list[Cause]:
    """A number or a percentage."""
    if isinstance(value, str) and not _PERCENT.match(value):
        return [invalid_value(field, value, _PERCENT_TEXT)]
    if isinstance(value, int) and value < 0:
        return [invalid_value(field, value, NON_NEGATIVE)]
    return []


def _rolling(spec: Obj, strategy: str) -> list[Cause]:
    out: list[Cause] = []
    for name in ("maxUnavailable", "maxSurge"):
        out += amount(dig(spec, strategy, "rollingUpdate", name), f"spec.{strategy}.rollingUpdate.{name}")
    return out


def _is_zero(value: Any) -> bool:
    return value in (0, "0", "0%")


def deployment(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj["spec"]
    out = _replicas(spec) + _selected_template(spec)
    strategy = spec.get("strategy") or {}
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind not in ("Recreate", "RollingUpdate"):
        out.append(unsupported("spec.strategy.type", kind, ["Recreate", "RollingUpdate"]))
    elif kind == "Recreate" and rolling is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        out.append(forbidden_value("spec.strategy.rollingUpdate", text))
    elif rolling and _is_zero(rolling.get("maxSurge")) and _is_zero(rolling.get("maxUnavailable")):
        found = rolling["maxUnavailable"]
        field = "spec.strategy.rollingUpdate.maxUnavailable"
        out.append(invalid_value(field, found, "may not be 0 when `maxSurge` is 0"))
    out += _rolling(spec, "strategy")
    ready, deadline = spec.get("minReadySeconds") or 0, spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= ready:
        out.append(invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    return out + immutable(obj, old, "spec", "selector")


def replica_set(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj["spec"]
    return _replicas(spec) + _selected_template(spec) + immutable(obj, old, "spec", "selector")


def daemon_set(obj: Obj, old: Obj | None) -> list[Cause]:
    return (
        _rolling(obj["spec"], "updateStrategy")
        + _selected_template(obj["spec"])
        + immutable(obj, old, "spec", "selector")
    )


_STS_TEXT = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def stateful_set(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj["spec"]
    claims = [str(meta(c).get("name")) for c in spec.get("volumeClaimTemplates") or []]
    out = _replicas(spec) + _selected_template(spec, claims)
    if old is not None:
        free = (
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        )
        if without(spec, *free) != without(old["spec"], *free):
            out.append(forbidden_value("spec", _STS_TEXT))
    return out


UNSIMULATED = ("successPolicy", "podFailurePolicy", "backoffLimitPerIndex", "maxFailedIndexes", "managedBy")


def _job_spec(spec: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    for name in (
        "parallelism",
        "completions",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "activeDeadlineSeconds",
    ):
        if isinstance(spec.get(name), int) and spec[name] < 0:
            out.append(invalid_value(f"{field}.{name}", spec[name], NON_NEGATIVE))
    text = "not simulated by the practice cluster"
    out += [forbidden_value(f"{field}.{name}", text) for name in UNSIMULATED if spec.get(name) is not None]
    template = dig(spec, "template", "spec") or {}
    out += pod_spec({**template, "restartPolicy": "Never"}, f"{field}.template.spec")
    policy = template.get("restartPolicy")
    if policy in (None, "Always"):
        out.append(required(f"{field}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'))
    elif policy not in ("OnFailure", "Never"):
        out.append(unsupported(f"{field}.template.spec.restartPolicy", policy, ["OnFailure", "Never"]))
    return out


def job(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj["spec"]
    out = _job_spec(spec, "spec")
    if old is None:
        return out
    for path in (("completions",), ("selector",), ("completionMode",)):
        out += immutable(obj, old, "spec", *path)
    changed = dig(spec, "template", "spec") != dig(old, "spec", "template", "spec")
    if changed and not (old["spec"].get("suspend") and not dig(old, "status", "startTime")):
        out.append(invalid_value("spec.template.spec", dig(spec, "template", "spec"), "field is immutable"))
    return out


def cron_problem(schedule: str) -> str:
    from cronsim import CronSim, CronSimError

    from .objects import utcnow

    if schedule.startswith("@"):
        known = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
        ok = schedule in known or re.match(r"^@every (\d+(h|m|s|ms))+$", schedule)
        return "" if ok else f"unrecognized descriptor: {schedule}"
    fields = schedule.split()
    if len(fields) != 5:
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    try:
        CronSim(schedule, utcnow())
    except CronSimError as error:
        return str(error)
    return ""


def cron_job(obj: Obj, old: Obj | None) -> list[Cause]:
    spec, out = obj["spec"], []
    schedule = spec.get("schedule") or ""
    if not schedule:
        out.append(required("spec.schedule"))
    elif problem := cron_problem(schedule):
        out.append(invalid_value("spec.schedule", schedule, problem))
    if spec.get("concurrencyPolicy") not in ("Allow", "Forbid", "Replace"):
        allowed = ["Allow", "Forbid", "Replace"]
        out.append(unsupported("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), allowed))
    if len(meta(obj).get("name", "")) > 52:
        out.append(invalid_value("metadata.name", meta(obj)["name"], "must be no more than 52 characters"))
    return out + _job_spec(dig(spec, "jobTemplate", "spec") or {}, "spec.jobTemplate.spec")
