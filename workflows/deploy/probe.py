"""Asking the cluster what an apply would do: a `Finding` per object, by live reads and dry runs. Writes
nothing."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from clusters.kube.gateway import Busy, ClusterError, Conflict, NotFound, Refused, Unsupported
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey, Reference
from workflows.deploy import applyset, leftover, managed
from workflows.deploy.content import Content, ReleaseObject, fill
from workflows.deploy.inventory import CRD, NAMESPACE, Entry
from workflows.deploy.plan import FieldConflict, Finding, is_nobodys_wish
from workflows.deploy.survey import NO_SURVEY, Survey, is_as_applied
from workflows.deploy.view import View, words

Json = dict[str, Any]

_CONFLICT = re.compile(r'conflict with "([^"]+)"')
_IMMUTABLE = re.compile(
    r"immutable|may not change once set|updates to .+ for fields other than|may not be changed", re.IGNORECASE
)
# Kubernetes up to 1.20 answers 500 for a field that it does not know: a refusal, never worth another try.
_TYPED_PATCH = "failed to create typed patch object"


class Prober:
    """Findings for the objects of one release. `values` are the clear secret values, in memory only."""

    def __init__(
        self,
        view: View,
        content: Content,
        *,
        values: Mapping[str, str],
        scaled: frozenset[ObjectKey],
        known: Mapping[ObjectKey, Entry],
        force_conflicts: bool,
        takes_from: frozenset[str] = frozenset(),
    ) -> None:
        self.view = view
        self.known = known
        self.values = values
        self.scaled = scaled
        self.force_conflicts = force_conflicts
        self.takes_from = takes_from
        self._made_kinds = _kinds_of_crds(content)
        self._made_namespaces = {
            item.key.name for item in content.objects if (item.key.group, item.key.kind) == NAMESPACE
        }

    async def find(self, item: ReleaseObject, missing: frozenset[str], survey: Survey = NO_SURVEY) -> Finding:
        """`missing` are namespaces that are not there yet, though this run will make them. What `survey` has seen
        need not be looked at again."""
        key = item.key
        served = await self.view.kind(key.group, key.kind, item.version)
        if served is None:
            return self._unserved(item)
        if key.namespace in missing:
            return Finding(unverified=f"The namespace {key.namespace} does not exist yet; the run makes it.")
        live = survey.find(key)
        if live is not None and is_as_applied(item, self.wire_body(item, live), live, self.known.get(key)):
            return Finding(live=live, dry=live)
        if live is None and survey.covers(served, key.namespace):
            finding = await self._dry_run(served, item, None)
            # Not ours; and where the cluster would make it, it is not anybody's: what is there has a version.
            if finding.dry is not None and not finding.dry["metadata"].get("resourceVersion"):
                return finding
        if live is None:
            live = await self.view.read(served, key.name, key.namespace)
        if live is not None and applyset.part_of(live) not in ("", applyset.part_of(item.body), *self.takes_from):
            # Someone else's: not even a dry run is needed.
            return Finding(live=live)
        return await self._dry_run(served, item, live)

    async def _dry_run(self, served: ServedKind, item: ReleaseObject, live: Json | None) -> Finding:
        body = self.wire_body(item, live)
        leftovers = leftover.in_the_way(item.key, body, live)
        if live is not None and leftovers:
            finding = await self._tried(served, item, leftover.without(body, live, leftovers), live)
            if finding.dry is None:
                return finding
            return msgspec.structs.replace(finding, dry=leftover.settled(body, finding.dry, leftovers))
        return await self._tried(served, item, body, live)

    async def _tried(self, served: ServedKind, item: ReleaseObject, body: Json, live: Json | None) -> Finding:
        try:
            return Finding(live=live, dry=await self.view.gateway.apply(served, body, dry_run=True))
        except Conflict as error:
            if is_passing(error):
                raise
            conflicts = field_conflicts(error)
            if not conflicts:
                return Finding(live=live, refusal=words(error))
            return await self._forced(served, body, live, conflicts)
        except NotFound as error:
            return self._not_found(item, live, error)
        except Refused as error:
            return refused(live, error)
        except Busy as error:
            if _TYPED_PATCH not in error.message:
                raise
            return Finding(live=live, refusal=words(error))
        except Unsupported as error:
            return Finding(live=live, unverified=words(error))

    async def _forced(
        self, served: ServedKind, body: Json, live: Json | None, conflicts: tuple[FieldConflict, ...]
    ) -> Finding:
        if not may_force(conflicts, self.force_conflicts):
            return Finding(live=live, conflicts=conflicts)
        try:
            dry = await self.view.gateway.apply(served, body, force=True, dry_run=True)
        except Refused as error:
            return refused(live, error)
        return Finding(live=live, dry=dry, conflicts=conflicts)

    def wire_body(self, item: ReleaseObject, live: Json | None) -> Json:
        """What is sent: with secret values, and with the replicas that an autoscaler is about to take
        over."""
        body = fill(item.body, self.values.__getitem__)
        return managed.keep_replicas(body, live) if live and item.key in self.scaled else body

    async def check_references(
        self, references: tuple[Reference, ...], missing: frozenset[str]
    ) -> list[tuple[Reference, str]]:
        """Those that are not there, each with a sentence."""

        async def check(reference: Reference) -> tuple[Reference, str] | None:
            key = reference.key
            try:
                live = None if key.namespace in missing else await self.view.find(key)
            except Refused:
                return None  # May not be read; the pods will tell.
            place = f" in the namespace {key.namespace}" if key.namespace else ""
            return None if live else (reference, f"{key.kind} {key.name} does not exist{place}; make it first.")

        found = await self.view.all(check(reference) for reference in references)
        return [item for item in found if item is not None]

    def _unserved(self, item: ReleaseObject) -> Finding:
        if (item.key.group, item.key.kind) in self._made_kinds:
            return Finding(unverified=f"The kind {item.key.kind} is made by the same run.")
        api_version = item.body["apiVersion"]
        return Finding(refusal=f"The cluster does not serve {item.key.kind} in {api_version}.")

    def _not_found(self, item: ReleaseObject, live: Json | None, error: NotFound) -> Finding:
        """404 in a dry run: what the object stands on is missing. In our own namespaces it is on its way."""
        namespace = item.key.namespace
        is_namespace = (error.details or {}).get("kind") in ("namespaces", "namespace") or (
            "namespaces" in error.message
        )
        if is_namespace and namespace not in self._made_namespaces:
            return Finding(refusal=f"The namespace {namespace} does not exist; make it, or add it to the graph.")
        return Finding(live=live, unverified=words(error))


def refused(live: Json | None, error: ClusterError) -> Finding:
    said = [error.message, *(str(cause) for cause in error.details.get("causes") or [])]
    is_immutable = any(_IMMUTABLE.search(text) for text in said)
    return Finding(live=live, refusal=words(error), is_immutable=is_immutable)


def is_refusal(error: ClusterError) -> bool:
    """Whether the cluster understood and said no, so that another try changes nothing."""
    if is_passing(error):
        return False
    return isinstance(error, Refused | Unsupported) or _TYPED_PATCH in error.message


def is_passing(error: ClusterError) -> bool:
    """A 409 that is about nobody's fields: something else wrote at the same moment (a quota's count is the usual
    one), and the next try may well succeed."""
    return isinstance(error, Conflict) and error.reason == "Conflict" and not field_conflicts(error)


def field_conflicts(error: ClusterError) -> tuple[FieldConflict, ...]:
    """Who owns which field, from the causes of a 409."""
    found = []
    for cause in (error.details or {}).get("causes") or []:
        match = _CONFLICT.search(str(cause.get("message") or ""))
        if cause.get("reason") == "FieldManagerConflict" or match:
            manager = match.group(1) if match else "another manager"
            found.append(FieldConflict(manager, str(cause.get("field") or "").lstrip(".")))
    return tuple(found)


def may_force(conflicts: tuple[FieldConflict, ...], force_conflicts: bool) -> bool:
    """On request; or when our own buttons (scale, restart) wrote as an Update of the same manager."""
    return force_conflicts or all(map(is_nobodys_wish, conflicts))


def _kinds_of_crds(content: Content) -> set[tuple[str, str]]:
    found = set()
    for item in content.objects:
        if (item.key.group, item.key.kind) == CRD:
            spec = item.body.get("spec") or {}
            found.add((spec.get("group", ""), (spec.get("names") or {}).get("kind", "")))
    return found
