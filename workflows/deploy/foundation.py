"""What a target stands on in its cluster: its namespace and the parent of its set."""

from typing import Any

import msgspec

from clusters.kube.gateway import Conflict, NotFound, Refused
from plugins.sdk.names import MANAGED_BY, MANAGER
from workflows.deploy import applyset
from workflows.deploy.inventory import NAMESPACE
from workflows.deploy.removal import MADE_BY, Guard, Remover
from workflows.deploy.view import View, words

Json = dict[str, Any]

SECRET = ("", "Secret")


class Ground(msgspec.Struct, frozen=True):
    """A namespace: whether this target made it, its uid, and why one has to wait for it."""

    is_made: bool = False
    uid: str = ""
    trouble: str = ""


class Departure(msgspec.Struct, frozen=True):
    """The end of an undeploy: over with a `note`, or still waiting for `remaining`."""

    remaining: tuple[str, ...] = ()
    note: str = ""


class Foundation:
    """Makes, widens, narrows and removes; `guard` is the fence check before each write."""

    def __init__(self, view: View, parent: applyset.Parent, release: str, guard: Guard) -> None:
        self.view = view
        self.parent = parent
        self.release = release
        self.guard = guard

    async def ensure_namespace(self, name: str) -> Ground:
        """Made if it is missing. An annotation remembers who made it, should we die right after."""
        served = await self.view.kind(*NAMESPACE)
        live, may_look = await self.view.namespace(name)
        if served is None or not may_look:
            return Ground()
        if live is None:
            await self.guard()
            try:
                live = await self.view.gateway.create(served, self._namespace_body(name))
            except Conflict:
                live = await self.view.gateway.get(served, name)
        if live["metadata"].get("deletionTimestamp"):
            return Ground(trouble=f"The namespace {name} is being deleted.")
        made_by = (live["metadata"].get("annotations") or {}).get(MADE_BY)
        return Ground(made_by == self.parent.id, live["metadata"].get("uid", ""))

    def _namespace_body(self, name: str) -> Json:
        metadata = {
            "name": name,
            "labels": {MANAGED_BY: MANAGER},
            "annotations": {MADE_BY: self.parent.id},
        }
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}

    async def apply_parent(self, extent: applyset.Extent) -> None:
        """Say in the cluster where members may be. What is unchanged is not applied again."""
        served = await self.view.kind(*SECRET)
        if served is None:
            return
        parent = self.parent
        body = applyset.parent_body(parent, kinds=extent.kinds, namespaces=extent.namespaces, release=self.release)
        live = await self.view.read(served, parent.name, parent.namespace)
        if live is not None and _has_labels_and_annotations(live, body):
            return
        await self.guard()
        await self.view.gateway.apply(served, body, force=True)

    async def delete_parent(self) -> None:
        served = await self.view.kind(*SECRET)
        parent = self.parent
        live = await self.view.read(served, parent.name, parent.namespace) if served else None
        labels = (live or {}).get("metadata", {}).get("labels") or {}
        if served is None or live is None or labels.get(applyset.ID_LABEL) != parent.id:
            return
        await self.guard()
        try:
            await self.view.gateway.delete(served, parent.name, parent.namespace, uid=live["metadata"].get("uid"))
        except NotFound:
            return

    async def leave_namespace(self, live: Json | None, remover: Remover) -> Departure:
        """Delete the namespace if this target made it and nothing of anybody else is in it."""
        name = self.parent.namespace
        made_by = ((live or {}).get("metadata", {}).get("annotations") or {}).get(MADE_BY)
        if live is None or made_by != self.parent.id:
            return Departure()
        stays = await remover.why_namespace_stays(name)
        served = await self.view.kind(*NAMESPACE)
        if stays or served is None:
            return Departure(note=stays)
        await self.guard()
        try:
            await self.view.gateway.delete(served, name, uid=live["metadata"].get("uid"))
        except NotFound:
            return Departure()
        except Refused as error:
            return Departure(note=f"The namespace {name} stays: {words(error)}")
        return Departure(remaining=(f"Namespace {name}",))


def _has_labels_and_annotations(live: Json, body: Json) -> bool:
    wanted, found = body["metadata"], live["metadata"]
    return all(
        set((wanted.get(part) or {}).items()) == set((found.get(part) or {}).items())
        for part in ("labels", "annotations")
    )
