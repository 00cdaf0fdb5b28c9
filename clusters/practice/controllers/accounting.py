"""Numbers that others rely on: what a quota has used, what a disruption budget allows.

Must not know who asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice import admission, quantity
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    controller_of,
    dig,
    is_deleting,
    key_of,
    labels_of,
    meta,
    namespace_of,
    time_text,
)
from clusters.practice.selectors import matches_selector
from clusters.practice.store import Change

from .base import Controller
from .deployment import resolve
from .pods import PODS, is_active, is_ready

QUOTAS, BUDGETS = "/resourcequotas", "policy/poddisruptionbudgets"


class QuotaController(Controller):
    name = "quota"
    resource = QUOTAS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        space = namespace_of(change.obj)
        if space and change.resource not in (QUOTAS, "/events") and self._counts(change):
            yield from (key_of(q) for q in self.store.select(QUOTAS, space))

    def _counts(self, change: Change) -> bool:
        if change.type != "MODIFIED" or change.old is None:
            return True
        return admission.usage_of(change.resource, change.obj) != admission.usage_of(change.resource, change.old)

    def reconcile(self, key: Key) -> None:
        quota = self.get(QUOTAS, key)
        if quota is None or is_deleting(quota):
            return
        hard = dig(quota, "spec", "hard", default={})
        keys = [k for k in self.store.objects if k != "/events"]
        used = admission.quota_usage(self.store, key[0], list(hard), keys)
        status = {"hard": clone(hard), "used": {n: quantity.text(used[n]) for n in sorted(used)}}
        self.set_status(QUOTAS, quota, status)


class BudgetController(Controller):
    name = "budget"
    resource = BUDGETS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS:
            for budget in self.store.select(BUDGETS, namespace_of(change.obj)):
                if matches_selector(dig(budget, "spec", "selector"), labels_of(change.obj)):
                    yield key_of(budget)

    def reconcile(self, key: Key) -> None:
        budget = self.get(BUDGETS, key)
        if budget is None or is_deleting(budget):
            return
        selector = dig(budget, "spec", "selector")
        pods = [p for p in self.store.select(PODS, key[0]) if matches_selector(selector, labels_of(p)) and is_active(p)]
        expected = self._expected(pods)
        healthy = sum(is_ready(p) for p in pods)
        spec = budget.get("spec") or {}
        if spec.get("maxUnavailable") is not None:
            desired = max(0, expected - resolve(spec["maxUnavailable"], expected, up=True))
        else:
            desired = resolve(spec.get("minAvailable", 1), expected, up=True)
        allowed = max(0, healthy - desired) if expected else 0
        word, reason = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
        known = condition(budget, "DisruptionAllowed") or {}
        since = known["lastTransitionTime"] if known.get("status") == word else time_text()
        generation = meta(budget).get("generation", 1)
        status: Obj = {
            "observedGeneration": generation,
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": [
                {
                    "type": "DisruptionAllowed",
                    "status": word,
                    "observedGeneration": generation,
                    "lastTransitionTime": since,
                    "reason": reason,
                    "message": "",
                }
            ],
        }
        self.set_status(BUDGETS, budget, status)

    def _expected(self, pods: list[Obj]) -> int:
        """How many pods their owners want, which is more than there are while some are missing."""
        wanted: dict[str, int] = {}
        for pod in pods:
            ref = controller_of(pod) or {}
            res = self.rest.by_kind(str(ref.get("apiVersion") or ""), str(ref.get("kind") or ""))
            owner = self.store.get(res.storage_key, namespace_of(pod), ref["name"]) if res else None
            count = dig(owner or {}, "spec", "replicas")
            name = str(ref.get("uid") or meta(pod)["uid"])
            wanted[name] = int(count) if count is not None else wanted.get(name, 0) + 1
        return sum(wanted.values())
