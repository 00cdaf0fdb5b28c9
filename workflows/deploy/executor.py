"""Carrying out single steps of a run through the gateway. Each is safe to repeat, and each write is fenced.

Knows no journal and no database: a step and the state go in, a `Result` comes out.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from clusters.kube.gateway import ClusterError, Conflict, NotFound, Refused
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey
from workflows.deploy import applyset, leftover, managed
from workflows.deploy.content import Content, ReleaseObject
from workflows.deploy.foundation import Foundation
from workflows.deploy.inventory import NAMESPACE, Entry, Stale
from workflows.deploy.journal import Item, State
from workflows.deploy.observe import first_sight, observe
from workflows.deploy.others import belongs_to
from workflows.deploy.plan import ASIDE, Action, Check, Rules, autoscaled, check_object, plan_json, stage_of
from workflows.deploy.probe import Prober, field_conflicts, is_refusal, may_force
from workflows.deploy.quotas import Creation, exceeded
from workflows.deploy.removal import Guard, Remover
from workflows.deploy.sight import Sight
from workflows.deploy.steps import Result, Step, StepKind, Verdict
from workflows.deploy.survey import take_survey
from workflows.deploy.view import View, fields_of, words

Json = dict[str, Any]

_GONE_WITHIN = 90.0
# For so long what a check saw is believed by the apply that follows. Whoever takes an object over in between ends
# up as its one owner, and the other run finds that out when it looks at it next.
_FRESH = 5.0
_TRIES = 5


class Setting(msgspec.Struct, frozen=True):
    """All that a run needs to know beside its journal. `values` are clear secret values, in memory only;
    objects of the sets in `takes_from` become ours."""

    parent: applyset.Parent
    content: Content
    operation: str = "deploy"
    release: str = ""
    known: Mapping[ObjectKey, Entry] = {}
    values: Mapping[str, str] = {}
    takes_from: frozenset[str] = frozenset()
    force_conflicts: bool = False
    delete_claims: tuple[str, ...] = ()
    made_namespace: bool = False
    only: frozenset[ObjectKey] = frozenset()

    def concerns(self, key: ObjectKey) -> bool:
        return not self.only or key in self.only


class Planned(msgspec.Struct, frozen=True):
    """What a plan found: the step's result, and the document for people."""

    result: Result
    document: Json


class Executor:
    """`guard` is awaited before each write and raises when this worker may no longer write."""

    def __init__(
        self,
        view: View,
        setting: Setting,
        *,
        guard: Guard,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.view = view
        self.setting = setting
        self.guard = guard
        self.clock = clock
        self.sleep = sleep
        self.document: Json | None = None
        self._scaled = autoscaled(setting.content.objects)
        self._prober = Prober(
            view,
            setting.content,
            values=setting.values,
            scaled=self._scaled,
            known=setting.known,
            force_conflicts=setting.force_conflicts,
            takes_from=setting.takes_from,
        )
        # What was live when it was checked, and when that was; in memory only, so nobody trusts it after a crash.
        self._checked: dict[ObjectKey, tuple[float, Json | None]] = {}
        self._remover = Remover(
            view,
            parent=setting.parent,
            known=dict(setting.known),
            delete_claims=setting.delete_claims,
            guard=guard,
        )
        self._foundation = Foundation(view, setting.parent, setting.release, guard)
        self._steps: dict[StepKind, Callable[[Step, State], Awaitable[Result]]] = {
            StepKind.PLAN: self._plan,
            StepKind.PREPARE: self._prepare,
            StepKind.CHECK: self._check,
            StepKind.APPLY: self._apply,
            StepKind.OBSERVE: self._observe,
            StepKind.SWEEP: self._sweep,
            StepKind.DELETE: self._delete,
            StepKind.NARROW: self._narrow,
            StepKind.LEAVE: self._leave,
        }

    async def execute(self, step: Step, state: State) -> Result:
        """The result of `step`: a refusal is its error, what may pass is trouble. Only a lost lease is
        raised."""
        try:
            return await self._steps[step.kind](step, state)
        except ClusterError as error:
            if is_refusal(error):
                return Result(self.clock(), error=words(error))
            return Result(self.clock(), trouble=words(error))

    # --- planning ---------------------------------------------------------------------------------

    async def plan(self) -> Planned:
        """What a run would do. Nothing is written, so no guard is asked."""
        with self.view.at_one_moment():
            return await self._planned()

    async def _planned(self) -> Planned:
        content, parent = self.setting.content, self.setting.parent
        namespace, may_look = await self.view.namespace(parent.namespace)
        missing = await self._missing_namespaces(namespace is None and may_look)
        checks = await self._checks(content.objects, missing)
        wanted = () if self.setting.only else content.references
        references = await self._prober.check_references(wanted, missing)
        stale, note = await self._stale()
        pairs = zip(content.objects, checks, strict=True)
        concerned = [(item, check) for item, check in pairs if self.setting.concerns(item.key)]
        document = plan_json(concerned, stale, references)
        if note:
            document["note"] = note
        refusals = tuple(f"{item.key}: {check.reason}" for item, check in self._refused(content.objects, checks))
        result = Result(
            self.clock(),
            verdicts=_verdicts(checks),
            refusals=(*refusals, *(why for _, why in references)),
            missing={reference.node_id: why for reference, why in references},
            has_namespace=not missing,
            sights=self._sights(checks),
        )
        return Planned(result, document)

    async def _plan(self, step: Step, state: State) -> Result:
        planned = await self.plan()
        self.document = planned.document
        return planned.result

    async def _check(self, step: Step, state: State) -> Result:
        """The second stage in full, now that what it stands on is there."""
        self.view.forget_unknown()
        objects = self.setting.content.objects
        chosen = [index for index, item in enumerate(objects) if stage_of(item.key) == 1]
        checks = await self._checks(tuple(objects[index] for index in chosen), frozenset())
        by_index = dict(zip(chosen, checks, strict=True))
        refusals = tuple(
            f"{objects[index].key}: {check.reason}"
            for index, check in by_index.items()
            if check.action is Action.REFUSED
        )
        return Result(
            self.clock(),
            verdicts={index: _verdict(check) for index, check in by_index.items()},
            refusals=refusals,
        )

    async def _checks(self, objects: tuple[ReleaseObject, ...], missing: frozenset[str]) -> list[Check]:
        concerned = [item for item in objects if self.setting.concerns(item.key)]
        survey = await take_survey(self.view, concerned, set_id=self.setting.parent.id, missing=missing)
        findings = await self.view.all(self._prober.find(item, missing, survey) for item in concerned)
        for item, finding in zip(concerned, findings, strict=True):
            if finding.dry is not None:
                self._checked[item.key] = (self.clock(), finding.live)
        rules = Rules(
            set_id=self.setting.parent.id,
            operation=self.setting.operation,
            force_conflicts=self.setting.force_conflicts,
            takes_from=self.setting.takes_from,
            policies=self.setting.content.policies,
            known=self.setting.known,
        )
        checks = {
            item.key: check_object(item, finding, rules) for item, finding in zip(concerned, findings, strict=True)
        }
        return await self._within_quotas(objects, [checks.get(item.key, ASIDE) for item in objects])

    async def _within_quotas(self, objects: tuple[ReleaseObject, ...], checks: list[Check]) -> list[Check]:
        """Refuses what the quotas of a namespace have no room for when all is made."""
        places: dict[str, list[Creation]] = {}
        for position, (item, check) in enumerate(zip(objects, checks, strict=True)):
            served = await self.view.kind(item.key.group, item.key.kind, item.version) if item.key.namespace else None
            if served is not None and check.action is Action.CREATE and check.verified:
                creation = Creation(position, item.key.group, served.resource, item.body)
                places.setdefault(item.key.namespace, []).append(creation)
        served = await self.view.kind("", "ResourceQuota")
        found = list(checks)
        for namespace, creations in places.items():
            quotas = await self.view.listing_or_none(served, namespace)
            for position, why in exceeded(creations, quotas).items():
                found[position] = Check(Action.REFUSED, why)
        return found

    async def _missing_namespaces(self, target_is_missing: bool) -> frozenset[str]:
        """Those that this run makes and that are not there yet."""
        made = {item.key.name for item in self.setting.content.objects if (item.key.group, item.key.kind) == NAMESPACE}
        missing = {name for name in made if (await self.view.namespace(name)) == (None, True)}
        return frozenset(missing | ({self.setting.parent.namespace} if target_is_missing else set()))

    def _sights(self, checks: list[Check]) -> dict[int, Sight]:
        """Of what is as it should be already, so that it need not be looked at once more."""
        found = {}
        for index, (item, check) in enumerate(zip(self.setting.content.objects, checks, strict=True)):
            _, live = self._checked.get(item.key, (0.0, None))
            if check.action is Action.UNCHANGED and live is not None:
                found[index] = first_sight(live, item.key, self.clock())
        return found

    @staticmethod
    def _refused(objects: tuple[ReleaseObject, ...], checks: list[Check]) -> list[tuple[ReleaseObject, Check]]:
        pairs = zip(objects, checks, strict=True)
        return [(item, check) for item, check in pairs if check.action is Action.REFUSED]

    # --- writing ----------------------------------------------------------------------------------

    async def _prepare(self, step: Step, state: State) -> Result:
        """The namespace, and the parent widened to all that the set is about to have."""
        parent = self.setting.parent
        ground = await self._foundation.ensure_namespace(parent.namespace)
        if ground.trouble:
            return Result(self.clock(), trouble=ground.trouble)
        await self._foundation.apply_parent(await self._remover.extent(self.setting.content))
        is_new = ground.is_made and not self.setting.made_namespace
        note = f"Made the namespace {parent.namespace}." if is_new else ""
        return Result(self.clock(), made_namespace=ground.is_made, namespace_uid=ground.uid, note=note)

    async def _apply(self, step: Step, state: State) -> Result:
        item, target = state.items[step.index], self.setting.content.objects[step.index]
        served = await self.view.kind(item.group, item.kind, item.version)
        if served is None:
            return Result(self.clock(), error=f"The cluster does not serve {item.kind} in {target.body['apiVersion']}.")
        is_made = False
        if (item.group, item.kind) == NAMESPACE:
            ground = await self._foundation.ensure_namespace(item.name)
            if ground.trouble:
                return Result(self.clock(), trouble=ground.trouble)
            is_made = ground.is_made
        live = await self._cleared(served, item)
        owner = applyset.part_of(live) if live else ""
        if owner not in ("", self.setting.parent.id, *self.setting.takes_from):
            return Result(self.clock(), error=belongs_to(owner))
        applied = await self._server_side_apply(served, target, live)
        if live is not None:
            applied = await self._take_over(served, target, live, applied)
        sight = first_sight(applied, item.key, self.clock())
        return Result(self.clock(), uid=applied["metadata"].get("uid", ""), sights={step.index: sight}, is_made=is_made)

    async def _cleared(self, served: ServedKind, item: Item) -> Json | None:
        """The live object to apply onto, once what must go first is gone."""
        at, live = self._checked.pop(item.key, (0.0, None))
        is_made_first = (item.group, item.kind) == NAMESPACE
        if is_made_first or item.action is Action.REPLACE or self.clock() - at > _FRESH:
            live = await self.view.read(served, item.name, item.namespace)
        if live is None:
            return None
        uid = live["metadata"].get("uid", "")
        # Only the very object that the plan meant: after a crash the new one may be there already.
        if item.action is Action.REPLACE and uid == item.replaces:
            await self.guard()
            try:
                await self.view.gateway.delete(served, item.name, item.namespace, uid=uid, propagation="Background")
            except NotFound:
                return None
        elif not live["metadata"].get("deletionTimestamp"):
            return live
        return await self._gone(served, item, uid)

    async def _gone(self, served: ServedKind, item: Item, uid: str) -> Json | None:
        until = self.clock() + _GONE_WITHIN
        pause = 0.1
        while True:
            live = await self.view.read(served, item.name, item.namespace)
            if live is None or live["metadata"].get("uid") != uid:
                return live
            if self.clock() >= until:
                held = ", ".join(live["metadata"].get("finalizers") or []) or "the cluster"
                raise Refused(f"The old {item.kind} is still there, held by {held}.", reason="Conflict")
            await self.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _server_side_apply(self, served: ServedKind, target: ReleaseObject, live: Json | None) -> Json:
        body = self._prober.wire_body(target, live)
        leftovers = leftover.in_the_way(target.key, body, live)
        if live is not None and leftovers:
            await self._patched(served, live, partial(leftover.claim, leftovers=leftovers))
        try:
            return await self._applied(served, body)
        except Refused as error:
            # Whatever else it is refused for, nothing is taken away before all of it can be applied.
            if live is None or not leftover.are_refused(leftovers, fields_of(error)):
                raise
        # An old cluster (1.20) keeps an empty structure, whoever owned it.
        removed = await self._patched(served, live, partial(leftover.removal, body, leftovers=leftovers))
        if removed is not None:
            await self._patched(served, removed, partial(managed.written_as_before, live))
        return await self._applied(served, body)

    async def _applied(self, served: ServedKind, body: Json) -> Json:
        force = self.setting.force_conflicts
        await self.guard()
        try:
            return await self.view.gateway.apply(served, body, force=force)
        except Conflict as error:
            conflicts = field_conflicts(error)
            if force or not conflicts or not may_force(conflicts, False):
                raise
        await self.guard()
        return await self.view.gateway.apply(served, body, force=True)

    async def _patched(self, served: ServedKind, live: Json, patch_of: Callable[[Json], list[Json]]) -> Json | None:
        """The object after the patch; None when it could not be made. Tried again on what is there by then, when it
        changed in between: controllers write while we look."""
        name, namespace = live["metadata"]["name"], live["metadata"].get("namespace", "")
        found: Json | None = live
        for _ in range(_TRIES):
            if found is None:
                return None
            await self.guard()
            try:
                return await self.view.gateway.patch(served, name, namespace, patch_of(found), patch_type="json")
            except Refused:
                found = await self.view.read(served, name, namespace)
        return None

    async def _take_over(self, served: ServedKind, target: ReleaseObject, before: Json, applied: Json) -> Json:
        """What others wrote by hand of the fields that came to us becomes ours alone, and what they wrote of those
        that left the graph goes with them."""
        moved = managed.shift(before, applied)
        live = applied
        for _ in range(_TRIES):
            takeover = managed.takeover(live, moved)
            if takeover is None:
                return live
            metadata = live["metadata"]
            name, namespace = metadata["name"], metadata.get("namespace", "")
            await self.guard()
            try:
                live = await self.view.gateway.patch(served, name, namespace, takeover.patch, patch_type="json")
            except Refused:
                # It changed in between: controllers write while we look.
                live = await self.view.read(served, name, namespace) or applied
                continue
            return await self._server_side_apply(served, target, live) if takeover.is_leaving else live
        return live

    # --- looking ----------------------------------------------------------------------------------

    async def _observe(self, step: Step, state: State) -> Result:
        await self.sleep(self._pause(state))
        watched = [item for item in state.items if item.is_watched]
        now = self.clock()
        return Result(now, sights=await observe(self.view, watched, set_id=self.setting.parent.id, now=now))

    def _pause(self, state: State) -> float:
        """Short while things happen fast, longer as time goes by."""
        last = max((item.applied_at for item in state.items), default=0.0) or state.started_at
        waited = self.clock() - last
        return next(pause for limit, pause in _PAUSES if waited < limit)

    # --- removing ---------------------------------------------------------------------------------

    async def _sweep(self, step: Step, state: State) -> Result:
        stale, note = await self._stale()
        return Result(self.clock(), stale=tuple(stale), note=note)

    async def _stale(self) -> tuple[list[Stale], str]:
        """A run that is about some objects alone takes nothing away."""
        return ([], "") if self.setting.only else await self._remover.stale(self.setting.content)

    async def _delete(self, step: Step, state: State) -> Result:
        why = await self._remover.delete(state.stale[step.index].stale)
        return Result(self.clock(), error=why)

    async def _narrow(self, step: Step, state: State) -> Result:
        if not self.setting.only:
            await self._foundation.apply_parent(self._narrowed_extent(state))
        return Result(self.clock())

    def _narrowed_extent(self, state: State) -> applyset.Extent:
        """What the set has left: the release, and what was kept or could not be removed."""
        left = [each.stale for each in state.stale if each.stale.is_kept or each.error]
        keys = [item.key for item in self.setting.content.objects]
        return applyset.extent_of_keys([*keys, *(item.key for item in left if not item.is_claim_of_template)])

    async def _leave(self, step: Step, state: State) -> Result:
        """The end of an undeploy: wait until all is gone, then the parent goes, and the namespace if it is
        ours."""
        removed = [each.stale for each in state.stale if not each.stale.is_kept and not each.error]
        remaining = await self._remover.remaining(removed)
        if remaining:
            await self.sleep(self._pause(state))
            return Result(self.clock(), remaining=tuple(remaining))
        extent = self._narrowed_extent(state)
        namespace, _ = await self.view.namespace(self.setting.parent.namespace)
        if namespace is not None and namespace["metadata"].get("deletionTimestamp"):
            await self.sleep(self._pause(state))
            return Result(self.clock(), remaining=(f"Namespace {self.setting.parent.namespace}",))
        if extent.kinds:
            await self._foundation.apply_parent(extent)
        else:
            await self._foundation.delete_parent()
        departure = await self._foundation.leave_namespace(namespace, self._remover)
        return Result(self.clock(), remaining=departure.remaining, is_gone=not departure.remaining, note=departure.note)


_PAUSES = ((5.0, 0.25), (20.0, 0.5), (90.0, 1.0), (float("inf"), 2.0))


def _verdicts(checks: list[Check]) -> dict[int, Verdict]:
    return {index: _verdict(check) for index, check in enumerate(checks)}


def _verdict(check: Check) -> Verdict:
    replaces = check.uid if check.action is Action.REPLACE else ""
    return Verdict(check.action, check.reason, check.verified, replaces, check.uid)
