"""Claims: how large, of which class, shared or not, and whether a stateful set brings its own."""

import posixpath

from imports.compose.errors import joined
from imports.compose.mapping import images
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Claim, Draft, Plan
from imports.compose.model.project import Volume
from imports.report import Choice, ChoiceKind
from plugins.sdk import names
from plugins.sdk.formats import quantity
from plugins.sdk.graph import Json

DEFAULT_SIZE = "1Gi"
DATABASE_SIZE = "8Gi"
_SIZE, _CLASS = "kompose.volume.size", "kompose.volume.storage-class-name"
_ACCESS = (
    ("ReadWriteOnce", "One node at a time: every cluster can do this"),
    ("ReadWriteMany", "Many nodes at once: needs storage that can be shared"),
)


def claim_of_volume(plan: Plan, volume: str) -> Claim:
    """The claim for a named volume, made on first use."""
    key = f"volume:{volume}"
    if key not in plan.claims:
        spec = plan.project.volumes.get(volume) or Volume()
        external = bool(spec.external)
        name = spec.name if spec.name and external else volume
        if isinstance(spec.external, str):
            name = spec.external
        labels = spec.labels or {}
        plan.claims[key] = Claim(
            key=key,
            name=plan.unique("claim", name, key),
            path=joined("volumes", volume),
            id=volume,
            existing=external,
            storage_class=labels.get(_CLASS),
            size=labels.get(_SIZE, ""),
        )
    return plan.claims[key]


def claim_of_folder(plan: Plan, draft: Draft, source: str, target: str) -> Claim:
    """The claim that stands for a folder of the host; one for each folder."""
    key = f"folder:{source}"
    if key not in plan.claims:
        base = posixpath.basename(source.rstrip("/")) or posixpath.basename(target) or "data"
        name = plan.unique("claim", f"{draft.kube}-{base.strip('.') or 'data'}", key)
        plan.claims[key] = Claim(key=key, name=name, path="", id=name, size="")
    return plan.claims[key]


def finish_claims(plan: Plan) -> None:
    """After all services: a volume of one stateful set only becomes its claim template."""
    for draft in plan.drafts.values():
        for index, (key, mount) in enumerate(draft.mounts):
            plan.claims[key].uses.append((draft, index, mount))
        _own(draft)
    _labelled(plan)
    for claim in plan.claims.values():
        choices = _choices(plan, claim)
        if claim.existing:
            plan.node(f"claim-{claim.key}", "persistentvolumeclaim", {"name": claim.name, "existing": True})
            _mount_edges(plan, claim)
        elif _is_own(plan, claim):
            _as_template(plan, claim, choices)
        else:
            _as_node(plan, claim, choices)
        _tell(plan, claim, choices)


def _labelled(plan: Plan) -> None:
    """A label of the service is about all its volumes that say nothing themselves."""
    for claim in plan.claims.values():
        for draft in claim.users.values():
            claim.size = claim.size or draft.labels.get(_SIZE, "")
            claim.storage_class = claim.storage_class or draft.labels.get(_CLASS)
    for draft in plan.drafts.values():
        own = draft.service.labels or {}
        if _SIZE in own and quantity(own[_SIZE]) is not None:
            message = f"'{own[_SIZE][:40]}' is no size; write one such as 5Gi."
            plan.rows.add(draft.at("labels", _SIZE), REFUSED, message, key=_SIZE)
        elif not draft.mounts:
            for key in own.keys() & {_SIZE, _CLASS}:
                message = "It has no volume that this could be about."
                plan.rows.add(draft.at("labels", key), REFUSED, message, key=key)


def _own(draft: Draft) -> None:
    """A volume of Docker's takes over the image's owner and content; a claim is root's, and may hold
    lost+found. So the pod's group owns it, and what wants an empty folder gets one inside."""
    if not draft.mounts:
        return
    context = draft.data.get("security_context", {})
    group = (
        context.get("runAsGroup")
        or context.get("runAsUser")
        or (images.known(draft.service.image).group if "runAsUser" not in context else None)
    )
    if group:
        draft.nested("pod_security_context").setdefault("fsGroup", group)
    if images.known(draft.service.image).wants_empty:
        for _, mount in draft.mounts:
            if images.is_data_path(draft.service.image, mount["path"]):
                mount.setdefault("sub_path", "data")


def _choices(plan: Plan, claim: Claim) -> list[Choice]:
    if claim.existing:
        return []
    users = claim.users.values()
    default = claim.size if claim.size and quantity(claim.size) is None else ""
    if not default:
        default = DATABASE_SIZE if any(draft.kind == "statefulset" for draft in users) else DEFAULT_SIZE
    text = f"How large the volume {claim.id} is"
    size = plan.answers.text(f"volume.{claim.id}.size", text, default, kind=ChoiceKind.SIZE, check=quantity)
    claim.size = size.value
    return [plan.answers.question(size)]


def _is_own(plan: Plan, claim: Claim) -> bool:
    users = list(claim.users.values())
    return len(users) == 1 and users[0].kind == "statefulset"


def _as_template(plan: Plan, claim: Claim, choices: list[Choice]) -> None:
    """A stateful set's own claim; where it is mounted a second time, by name."""
    draft = claim.uses[0][0]
    name = names.dns_label(claim.name, 50)
    if name in draft.volume_names:
        name = f"{name[:40].rstrip('-')}-{names.short_hash(claim.key, 6)}"
    draft.volume_names.add(name)
    places = [mount for _, _, mount in claim.uses]
    entry = {"name": name, "size": claim.size, **places[0]}
    if claim.storage_class:
        entry["storage_class"] = claim.storage_class
    draft.listed("claims").append(entry)
    for place in places[1:]:
        draft.listed("mounts").append({"volume": name, **place})


def _as_node(plan: Plan, claim: Claim, choices: list[Choice]) -> None:
    data: Json = {"name": claim.name, "size": claim.size, "storage_class": claim.storage_class}
    drafts = list(claim.users.values())
    is_shared = len(drafts) > 1 or any(draft.kind == "daemonset" or (draft.replicas or 1) > 1 for draft in drafts)
    if is_shared:
        text = f"Who may mount the volume {claim.id}, which several pods share"
        access = plan.answers.option(f"volume.{claim.id}.access", text, "ReadWriteMany", _ACCESS)
        choices.append(access)
        data["access_modes"] = [access.value]
    plan.node(f"claim-{claim.key}", "persistentvolumeclaim", data)
    _mount_edges(plan, claim)


def _mount_edges(plan: Plan, claim: Claim) -> None:
    for draft, index, mount in claim.uses:
        plan.edge(f"claim-{claim.key}", draft.node_id, dict(mount), tag=str(index))


def _tell(plan: Plan, claim: Claim, choices: list[Choice]) -> None:
    if not claim.path:
        return
    if claim.existing:
        plan.rows.add(claim.path, MAPPED, "A claim of this name must be there already.", target=f"claim/{claim.name}")
    elif len(choices) > 1:
        message = f"A claim of {claim.size} that several pods share; Compose shares it on one host for nothing."
        plan.rows.add(claim.path, APPROXIMATED, message, target=f"claim/{claim.name}", choices=choices)
    else:
        owner = "its stateful set" if _is_own(plan, claim) else "whoever mounts it"
        message = f"A claim of {claim.size} for {owner}; Compose sets no size."
        plan.rows.add(claim.path, MAPPED, message, target=f"claim/{claim.name}", choices=choices)
