"""Taking away: finding what no release wants any more, deleting exactly what was seen, leaving a namespace
clean."""

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from clusters.kube.gateway import Conflict, NotFound, Refused, Unsupported
from plugins.sdk.objects import ObjectKey
from workflows.deploy import applyset
from workflows.deploy.content import Content
from workflows.deploy.inventory import (
    CLAIM,
    CRD,
    NAMESPACE,
    Entry,
    Stale,
    find_stale,
    obstacle,
    template_claims,
)
from workflows.deploy.view import View, words

Json = dict[str, Any]
Guard = Callable[[], Coroutine[Any, Any, None]]

MADE_BY = "sailcloth.io/made-by"
_TRIES = 3
# What a cluster puts into every namespace by itself.
_EVERYWHERE = {
    ("", "ServiceAccount"): {"default"},
    ("", "ConfigMap"): {"kube-root-ca.crt", "openshift-service-ca.crt"},
}
# What comes and goes with something else, which is listed itself.
_PASSING = {("", "Event"), ("events.k8s.io", "Event"), ("coordination.k8s.io", "Lease"), ("", "Endpoints")}


class Remover:
    """Removals from one set. `known` is the inventory, `guard` the fence check before each write."""

    def __init__(
        self,
        view: View,
        *,
        parent: applyset.Parent,
        known: dict[ObjectKey, Entry],
        delete_claims: tuple[str, ...],
        guard: Guard,
    ) -> None:
        self.view = view
        self.parent = parent
        self.known = known
        self.delete_claims = delete_claims
        self.guard = guard

    async def extent(self, content: Content) -> applyset.Extent:
        """Wherever the set may have members: by its parent, by our inventory, by what is to be applied."""
        live = await self.view.find(ObjectKey("", "Secret", self.parent.namespace, self.parent.name))
        keys = [*self.known, *(item.key for item in content.objects)]
        extent = applyset.extent_of_parent(live).widened(applyset.extent_of_keys(keys))
        return extent.widened(applyset.Extent(namespaces=(self.parent.namespace,)))

    async def stale(self, content: Content) -> tuple[list[Stale], str]:
        """What is to go, and a sentence about what could not be looked at."""
        extent = await self.extent(content)
        members, blind = await self.view.members(self.parent.id, applyset.PART_OF_LABEL, extent)
        found = find_stale(
            members,
            set_id=self.parent.id,
            wanted=[item.key for item in content.objects],
            known=self.known,
            delete_claims=self.delete_claims,
        )
        going = {(item.key.group, item.key.kind, item.key.namespace, item.key.name) for item in found}
        sets = [live for live in members if live["kind"] == "StatefulSet" and _place(live) in going]
        found += await self._claims_of(sets)
        found = [await self._checked_crd(item) for item in found]
        note = f"Old objects of these kinds could not be looked for: {', '.join(blind)}." if blind else ""
        return found, note

    async def _claims_of(self, sets: list[Json]) -> list[Stale]:
        served = await self.view.kind(*CLAIM)
        found: list[Stale] = []
        for live in sets:
            claims = await self.view.listing_or_none(served, live["metadata"].get("namespace", ""))
            found += template_claims(live, claims, self.delete_claims)
        return found

    async def _checked_crd(self, item: Stale) -> Stale:
        """Deleting a CRD deletes every object of its kind, so it stays while anybody else has one."""
        if (item.group, item.kind) != CRD or item.is_kept:
            return item
        others = await self._others_of_crd(item)
        return msgspec.structs.replace(item, reason=others) if others else item

    async def _others_of_crd(self, item: Stale) -> str:
        live = await self.view.find(item.key)
        spec = (live or {}).get("spec") or {}
        served = await self.view.kind(spec.get("group", ""), (spec.get("names") or {}).get("kind", ""))
        if live is None or served is None:
            return ""
        try:
            objects = await self.view.listing(served)
        except (Refused, Unsupported):
            return "Whether others use this kind cannot be seen, so it stays."
        foreign = [each for each in objects if applyset.part_of(each) != self.parent.id]
        return f"The kind stays: {len(foreign)} objects of others use it." if foreign else ""

    async def delete(self, item: Stale) -> str:
        """Delete what was seen, under its uid and resourceVersion. The reason why not, or ""."""
        served = await self.view.kind(item.group, item.kind)
        if served is None:
            return ""  # The kind itself is gone.
        if (item.group, item.kind) == NAMESPACE:
            stays = await self.why_namespace_stays(item.name)
            if stays:
                return stays
        version = item.resource_version
        for _ in range(_TRIES):
            await self.guard()
            try:
                await self.view.gateway.delete(
                    served, item.name, item.namespace, uid=item.uid, resource_version=version
                )
                return ""
            except NotFound:
                return ""
            except Conflict:
                # It changed since we looked: look again, with the same questions.
                live = await self.view.read(served, item.name, item.namespace)
                if live is None or live["metadata"].get("uid") != item.uid:
                    return ""
                why = "" if item.is_claim_of_template else obstacle(live, self.parent.id)
                if why:
                    return why
                version = live["metadata"]["resourceVersion"]
            except (Refused, Unsupported) as error:
                return words(error)
        return "It changes too fast to be deleted safely."

    async def remaining(self, stale: list[Stale]) -> list[str]:
        """What of the deleted is still there, held by its finalizers or by its dependents."""

        async def is_there(item: Stale) -> str:
            try:
                live = await self.view.find(item.key)
            except Refused:
                return ""
            return str(item.key) if live and live["metadata"].get("uid") == item.uid else ""

        found = await self.view.all(is_there(item) for item in stale)
        return [text for text in found if text]

    async def why_namespace_stays(self, name: str) -> str:
        """A listing of every served kind must find nothing foreign and no claim; "" when it may go."""
        places = [
            served
            for served in (await self.view.capabilities()).kinds
            if served.namespaced and {"list", "delete"} <= set(served.verbs)
        ]
        unique = {(served.group, served.kind): served for served in reversed(places)}

        async def look(pair: tuple[str, str]) -> str:
            try:
                items = await self.view.listing(unique[pair], name)
            except NotFound:
                return ""
            except (Refused, Unsupported):
                return f"whether it holds any {pair[1]} cannot be seen"
            found = next((item for item in items if self._is_foreign(pair, item)), None)
            return f"it holds {pair[1]} {found['metadata']['name']}" if found else ""

        reasons = [text for text in await self.view.all(look(pair) for pair in sorted(unique)) if text]
        return f"The namespace {name} stays: {reasons[0]}." if reasons else ""

    def _is_foreign(self, pair: tuple[str, str], item: Json) -> bool:
        metadata = item["metadata"]
        if pair == CLAIM:
            return not metadata.get("deletionTimestamp")
        if pair in _PASSING or metadata["name"] in _EVERYWHERE.get(pair, ()):
            return False
        is_token = item.get("type") == "kubernetes.io/service-account-token"
        if is_token or metadata.get("ownerReferences") or metadata.get("deletionTimestamp"):
            return False
        if pair == ("", "Secret") and metadata["name"] == self.parent.name:
            return False
        # What merely carries our label would be deleted with the namespace, and it is not ours.
        return bool(obstacle(item, self.parent.id))


def _place(live: Json) -> tuple[str, str, str, str]:
    group = str(live["apiVersion"]).rpartition("/")[0]
    return group, live["kind"], live["metadata"].get("namespace") or "", live["metadata"]["name"]
