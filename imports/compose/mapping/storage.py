"""Volumes: named ones become claims, those in memory stay with the pod, bind mounts are judged apart."""

from imports.compose.mapping.binds import map_bind
from imports.compose.mapping.claims import claim_of_volume
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan
from imports.compose.model.service import Mount
from imports.compose.model.values import BadValue, size
from plugins.sdk.formats import image as image_fault

_MEBI = 1024 * 1024


def bytes_text(size: int) -> str:
    """1536 MiB as `1536Mi`, 1 GiB as `1Gi`; odd numbers stay bytes."""
    for unit, factor in (("Gi", 1024 * _MEBI), ("Mi", _MEBI), ("Ki", 1024)):
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)


def map_volumes(draft: Draft, plan: Plan) -> None:
    seen: set[str] = set()
    targets = [(mount.target or "").rstrip("/") or "/" for mount in draft.service.volumes or ()]
    last = {target: index for index, target in enumerate(targets)}
    for index, mount in enumerate(draft.service.volumes or ()):
        path, target = draft.at("volumes", index), targets[index]
        if ":" in target:
            plan.rows.add(path, REFUSED, f"Kubernetes takes no ':' in the path {target[:60]}; mount it elsewhere.")
        elif last[target] != index:
            message = f"A later entry is mounted at {target[:60]} too, and that one counts; remove one of the two."
            plan.rows.add(path, REFUSED, message)
        elif target == "/":
            plan.rows.add(path, REFUSED, "Nothing can be mounted over the root of the container; name a folder.")
        else:
            seen.add(target)
            _map_mount(draft, plan, mount, path, target)
    _map_tmpfs(draft, plan, seen)
    _map_shm(draft, plan, seen)
    _map_volumes_from(draft, plan, seen)


def _map_mount(draft: Draft, plan: Plan, mount: Mount, path: str, target: str) -> None:
    if mount.type == "volume" and mount.source:
        claim = claim_of_volume(plan, mount.source)
        where = {"path": target, **_options(mount)}
        if mount.volume and mount.volume.subpath:
            where["sub_path"] = mount.volume.subpath
        draft.mounts.append((claim.key, where))
        plan.rows.add(path, MAPPED, f"The volume {mount.source} at {target}.", target=f"claim/{claim.name}")
    elif mount.type == "volume":
        draft.add_volume(target, {"emptyDir": {}}, {"path": target, **_options(mount)})
        message = "A volume without a name lives as long as the pod; name it to keep its data."
        plan.rows.add(path, APPROXIMATED, message, target=f"{draft.target}.volumes")
    elif mount.type == "tmpfs":
        size = mount.tmpfs.size if mount.tmpfs else None
        _in_memory(draft, target, size)
        plan.rows.add(path, MAPPED, "Kept in memory.", target=f"{draft.target}.volumes")
    elif mount.type == "bind":
        map_bind(draft, plan, mount, path, target)
    elif mount.type == "image" and mount.source and image_fault(mount.source) is None:
        draft.add_volume(target, {"image": {"reference": mount.source}}, {"path": target, "read_only": True})
        message = "An image as a volume; Kubernetes knows them from 1.31 on."
        plan.rows.add(path, APPROXIMATED, message, target=f"{draft.target}.volumes")
    else:
        plan.rows.add(path, REFUSED, f"Kubernetes has no volumes of the type {mount.type}; use a named volume.")


def _options(mount: Mount) -> dict[str, bool]:
    return {"read_only": True} if mount.read_only else {}


def _in_memory(draft: Draft, target: str, size: int | None) -> None:
    source: dict[str, object] = {"medium": "Memory"}
    if size is not None and size > 0:
        source["sizeLimit"] = bytes_text(size)
    draft.add_volume(target, {"emptyDir": source}, {"path": target})


def _map_tmpfs(draft: Draft, plan: Plan, seen: set[str]) -> None:
    for index, entry in enumerate(draft.service.tmpfs or ()):
        target, _, options = entry.partition(":")
        path = draft.at("tmpfs", index)
        if not target.startswith("/") or target == "/" or target in seen:
            plan.rows.add(path, REFUSED, f"'{target[:60]}' is no free absolute path; correct it.")
            continue
        seen.add(target)
        limit, rest = None, []
        for option in filter(None, options.split(",")):
            name, _, value = option.partition("=")
            try:
                limit = size(value) if name == "size" else limit
            except BadValue:
                rest.append(option)
            if name not in ("size", "rw"):
                rest.append(option)
        _in_memory(draft, target, limit)
        message = f"Kept in memory; Kubernetes knows no option {', '.join(rest)[:80]}." if rest else "Kept in memory."
        plan.rows.add(path, APPROXIMATED if rest else MAPPED, message, target=f"{draft.target}.volumes")


def _map_shm(draft: Draft, plan: Plan, seen: set[str]) -> None:
    size, path = draft.service.shm_size, draft.at("shm_size")
    if size is None:
        return
    if "/dev/shm" in seen:  # noqa: S108
        plan.rows.add(path, REFUSED, "Something else is mounted at /dev/shm already; remove one of the two.")
        return
    _in_memory(draft, "/dev/shm", size)  # noqa: S108
    seen.add("/dev/shm")  # noqa: S108
    plan.rows.add(path, MAPPED, "A volume in memory at /dev/shm.", target=f"{draft.target}.volumes")


def _map_volumes_from(draft: Draft, plan: Plan, seen: set[str]) -> None:
    for index, entry in enumerate(draft.service.volumes_from or ()):
        path = draft.at("volumes_from", index)
        name, _, mode = entry.partition(":")
        other = plan.active.get(name)
        if other is None:
            message = "A container that is not of this project, or is off, has no volumes to share; name them here."
            plan.rows.add(path, REFUSED, message)
            continue
        shared = 0
        for mount in other.volumes or ():
            if mount.type == "volume" and mount.source and mount.target and mount.target not in seen:
                claim = claim_of_volume(plan, mount.source)
                read_only = {"read_only": True} if mode == "ro" or mount.read_only else {}
                draft.mounts.append((claim.key, {"path": mount.target, **read_only}))
                seen.add(mount.target)
                shared += 1
        which = "named volume" if shared == 1 else f"{shared} named volumes"
        message = f"Mounts the {which} of {name}; its other mounts are its own."
        plan.rows.add(path, APPROXIMATED, message, target=f"{draft.target}.mounts")
