"""ControllerRevisions: the history of templates that StatefulSets and DaemonSets keep.

Must not know how a revision is rolled out.
"""

from __future__ import annotations

from collections.abc import Collection

from clusters.practice.objects import Obj, clone, digest, labels_of, meta, name_of, namespace_of, owner_reference

from .base import Controller

REVISIONS = "apps/controllerrevisions"
HASH = "controller-revision-hash"
_LABEL = "controller.kubernetes.io/hash"


def template_of(revision: Obj) -> Obj:
    """The pod template that a revision holds."""
    found: Obj = clone(revision["data"]["spec"]["template"])
    found.pop("$patch", None)
    return found


def hash_of(revision: Obj) -> str:
    return str(labels_of(revision).get(_LABEL) or "")


def sync(controller: Controller, owner: Obj) -> tuple[Obj, list[Obj]]:
    """The revision of the owner's present template, made or moved to the front where needed; and all of them."""
    template = owner["spec"]["template"]
    data = {"spec": {"template": {"$patch": "replace", **clone(template)}}}
    known = sorted(controller.owned(owner, REVISIONS), key=lambda r: int(r["revision"]))
    latest = int(known[-1]["revision"]) if known else 0
    same = next((r for r in reversed(known) if r["data"] == data), None)
    if same is None:
        made = _make(controller, owner, data, latest + 1)
        return made, [*known, made]
    if int(same["revision"]) != latest:

        def renew(copy: Obj) -> None:
            copy["revision"] = latest + 1

        renewed = controller.patch(REVISIONS, same, renew)
        return renewed, [*(r for r in known if r is not same), renewed]
    return same, known


def _make(controller: Controller, owner: Obj, data: Obj, number: int) -> Obj:
    label = digest([data, number])
    labels = {**(owner["spec"]["template"].get("metadata", {}).get("labels") or {}), _LABEL: label}
    return controller.create(
        REVISIONS,
        {
            "metadata": {
                "name": f"{name_of(owner)}-{label}",
                "namespace": namespace_of(owner),
                "labels": labels,
                "ownerReferences": [owner_reference(owner)],
            },
            "data": data,
            "revision": number,
        },
    )


def forget_old(controller: Controller, owner: Obj, known: list[Obj], live: Collection[str]) -> None:
    """Keeps the history within its limit; what pods still use stays."""
    limit = int(owner["spec"].get("revisionHistoryLimit", 10))
    idle = sorted((r for r in known if name_of(r) not in live), key=lambda r: int(r["revision"]))
    for revision in idle[: max(0, len(idle) - limit)]:
        controller.delete(REVISIONS, revision)


def pod_hash(pod: Obj) -> str:
    return str((meta(pod).get("labels") or {}).get(HASH) or "")
