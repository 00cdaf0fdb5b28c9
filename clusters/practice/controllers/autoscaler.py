"""Horizontal pod autoscalers: targets are kept between minimum and maximum.

There is no load in a practice cluster: the simulated use of a resource is exactly what the autoscaler aims at, so that
it never scales by itself. A target without requests is reported as the real controller does it.
Must not know how a target makes pods.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice.objects import (
    Key,
    Obj,
    condition,
    dig,
    is_deleting,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    time_text,
)
from clusters.practice.resources import Resource
from clusters.practice.selectors import matches_selector
from clusters.practice.store import Change

from .base import Controller
from .pods import PODS, is_active

SCALERS = "autoscaling/horizontalpodautoscalers"
WHO = "horizontal-pod-autoscaler"
SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_GET_SCALE = "the HPA controller was able to get the target's current scale"
_STEADY = "recommended size matches current size"
_VALID = "the HPA was able to successfully calculate a replica count from {}"


class AutoscalerController(Controller):
    name = "autoscaler"
    resource = SCALERS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource.partition("/")[2] in ("deployments", "statefulsets", "replicasets"):
            for scaler in self.store.select(SCALERS, namespace_of(change.obj)):
                if dig(scaler, "spec", "scaleTargetRef", "name") == name_of(change.obj):
                    yield key_of(scaler)

    def reconcile(self, key: Key) -> None:
        scaler = self.get(SCALERS, key)
        if scaler is None or is_deleting(scaler):
            return
        ref = scaler["spec"].get("scaleTargetRef") or {}
        res = self.rest.by_kind(str(ref.get("apiVersion") or "apps/v1"), str(ref.get("kind") or ""))
        target = self.store.get(res.storage_key, key[0], str(ref.get("name"))) if res else None
        if res is None or target is None or "scale" not in res.subresources:
            self._no_target(scaler, ref, res)
            return
        current = int(dig(target, "spec", "replicas", default=0))
        if not current:
            self._write(
                scaler,
                0,
                0,
                [],
                [
                    ("AbleToScale", "True", "SucceededGetScale", _GET_SCALE),
                    (
                        "ScalingActive",
                        "False",
                        "ScalingDisabled",
                        "scaling is disabled since the replica count of the target is zero",
                    ),
                ],
            )
            return
        self._scale(scaler, res, target, current)

    def _no_target(self, scaler: Obj, ref: Obj, res: Resource | None) -> None:
        plural = f"{res.plural}.{res.group}" if res else str(ref.get("kind"))
        text = (
            f'the HPA controller was unable to get the target\'s current scale: {plural} "{ref.get("name")}" not found'
        )
        short = text.partition("current scale: ")[2]
        self.events.record(scaler, "Warning", "FailedGetScale", short, WHO)
        self._write(scaler, 0, 0, [], [("AbleToScale", "False", "FailedGetScale", text)])

    def _scale(self, scaler: Obj, res: Resource, target: Obj, current: int) -> None:
        spec = scaler["spec"]
        least, most = int(spec.get("minReplicas") or 1), int(spec["maxReplicas"])
        desired = min(max(current, least), most)
        if desired != current:

            def resize(copy: Obj) -> None:
                copy["spec"]["replicas"] = desired

            self.patch(res.key, target, resize, sub="scale")
            why = (
                "Current number of replicas below Spec.MinReplicas"
                if desired > current
                else ("Current number of replicas above Spec.MaxReplicas")
            )
            self.events.record(scaler, "Normal", "SuccessfulRescale", f"New size: {desired}; reason: {why}", WHO)
        problem = self._problem(scaler, target)
        seen = int(dig(target, "status", "replicas", default=0))
        if problem:
            self.events.record(scaler, "Warning", "FailedGetResourceMetric", problem, WHO)
            text = f"the HPA was unable to compute the replica count: {problem}"
            self._write(
                scaler,
                seen,
                desired,
                [],
                [
                    ("AbleToScale", "True", "SucceededGetScale", _GET_SCALE),
                    ("ScalingActive", "False", "FailedGetResourceMetric", text),
                ],
            )
            return
        names = [dig(m, "resource", "name", default=m.get("type", "")) for m in spec.get("metrics") or []]
        shown = f"{names[0]} resource utilization (percentage of request)" if names else "metrics"
        self._write(
            scaler,
            seen,
            desired,
            self._measured(spec),
            [
                ("AbleToScale", "True", "ReadyForNewScale", _STEADY),
                ("ScalingActive", "True", "ValidMetricFound", _VALID.format(shown)),
                ("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range"),
            ],
        )

    def _problem(self, scaler: Obj, target: Obj) -> str:
        """A utilization is a share of a request: without one there is nothing to compare with."""
        selector = dig(target, "spec", "selector")
        pods = [p for p in self.store.select(PODS, namespace_of(target)) if is_active(p)]
        pods = sorted((p for p in pods if matches_selector(selector, labels_of(p))), key=name_of)
        for metric in scaler["spec"].get("metrics") or []:
            name = dig(metric, "resource", "name")
            if not name or dig(metric, "resource", "target", "averageUtilization") is None:
                continue
            for pod in pods:
                for container in pod["spec"]["containers"]:
                    if dig(container, "resources", "requests", name) is None:
                        return (
                            f"failed to get {name} utilization: missing request for {name} in container "
                            f"{container['name']} of Pod {name_of(pod)}"
                        )
        return ""

    def _measured(self, spec: Obj) -> list[Obj]:
        out = []
        for metric in spec.get("metrics") or []:
            goal = dig(metric, "resource", "target", default={})
            value = {k: goal[k] for k in ("averageUtilization", "averageValue") if k in goal}
            if value:
                value.setdefault("averageValue", "100m")
                out.append({"type": "Resource", "resource": {"name": metric["resource"]["name"], "current": value}})
        return out

    def _write(
        self, scaler: Obj, current: int, desired: int, metrics: list[Obj], conditions: list[tuple[str, str, str, str]]
    ) -> None:
        shown = []
        for kind, value, reason, message in conditions:
            known = condition(scaler, kind) or {}
            since = known["lastTransitionTime"] if known.get("status") == value else time_text()
            shown.append(
                {"type": kind, "status": value, "lastTransitionTime": since, "reason": reason, "message": message}
            )
        status: Obj = {"desiredReplicas": desired, "currentMetrics": metrics or None, "conditions": shown}
        if current:
            status["currentReplicas"] = current
        self.set_status(SCALERS, scaler, status)
