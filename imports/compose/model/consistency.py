"""What no single key can see: names that lead nowhere, what belongs to no active profile, rings of waiting."""

import re
from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter

from imports.compose.errors import joined
from imports.compose.model.project import Project
from imports.compose.model.service import Service
from plugins.sdk.formats import image as image_fault

Report = Callable[[str, str], None]
MAX_SERVICES = 2_000
MAX_ENTRIES = 1_000
_LISTS = ("ports", "expose", "volumes", "tmpfs", "secrets", "configs", "env_file", "depends_on", "networks", "links")
_NAME = re.compile(r"[a-zA-Z0-9._-]+\Z")


def is_active(service: Service, profiles: frozenset[str]) -> bool:
    return not service.profiles or "*" in profiles or bool(profiles & set(service.profiles))


def check(project: Project, active: dict[str, Service], report: Report) -> None:
    """Reports every violation among the services that are active."""
    for section in ("services", "networks", "volumes", "secrets", "configs", "models"):
        for name in getattr(project, section):
            if not _NAME.match(name) or len(name) > 200:
                report(
                    joined(section, name[:60]), "must be named with letters, digits, '.', '_' or '-' only; rename it."
                )
    if len(active) > MAX_SERVICES:
        report("services", f"are more than {MAX_SERVICES:,}; split the project up.")
        return
    for name, service in active.items():
        path = joined("services", name)
        for key in _LISTS:
            if len(getattr(service, key) or ()) > MAX_ENTRIES:
                report(joined(path, key), f"has more than {MAX_ENTRIES:,} entries; remove some.")
        if not service.image and service.build is None and service.provider is None:
            report(path, "has neither an image nor a build; add one.")
        if service.image and (fault := image_fault(service.image)) is not None:
            report(joined(path, "image"), f"{fault}, not '{service.image[:80]}'.")
        _check_references(project, active, service, path, report)
        _check_shapes(service, path, report)
    _check_rings(active, report)


def _check_references(
    project: Project, active: dict[str, Service], service: Service, path: str, report: Report
) -> None:
    def known(names: Iterable[str], members: Iterable[str], key: str, section: str) -> None:
        for name in names:
            if name not in members:
                report(joined(path, key), f"names '{name[:60]}', which is not among {section}; define it there.")

    for name, dependency in (service.depends_on or {}).items():
        at = joined(path, "depends_on", name)
        if name not in project.services and dependency.required:
            report(at, "there is no such service; define it or remove the dependency.")
        elif name not in active and name in project.services and dependency.required:
            report(at, "that service belongs to a profile that is off; turn the profile on or set required: false.")
    known((name for name in service.networks or {} if name != "default"), project.networks, "networks", "networks")
    volumes = [mount.source for mount in service.volumes or () if mount.type == "volume" and mount.source]
    known(volumes, project.volumes, "volumes", "volumes")
    known((item.source for item in service.secrets or ()), project.secrets, "secrets", "secrets")
    known((item.source for item in service.configs or ()), project.configs, "configs", "configs")
    known(service.models or (), project.models, "models", "models")
    for key in ("network_mode", "pid", "ipc"):
        value = getattr(service, key) or ""
        if value.startswith("service:"):
            known([value.removeprefix("service:")], project.services, key, "services")
    others = [item.partition(":")[0] for item in service.volumes_from or () if not item.startswith("container:")]
    known(others, project.services, "volumes_from", "services")
    known((item.partition(":")[0] for item in service.links or ()), project.services, "links", "services")


def _check_shapes(service: Service, path: str, report: Report) -> None:
    if service.network_mode and service.networks:
        report(joined(path, "network_mode"), "cannot stand beside networks; remove one of the two.")
    for index, port in enumerate(service.ports or ()):
        if port.target is None:
            report(joined(path, "ports", index), "has no target; add the port of the container.")
    for index, mount in enumerate(service.volumes or ()):
        if not mount.target or not mount.target.startswith("/"):
            report(joined(path, "volumes", index), "needs a target that is an absolute path such as /data; correct it.")
        if mount.type == "bind" and not mount.source:
            report(joined(path, "volumes", index), "is a bind mount without a source; name a path.")
    deploy = service.deploy
    if deploy is not None and None not in (deploy.replicas, service.scale) and deploy.replicas != service.scale:
        report(joined(path, "scale"), "differs from deploy.replicas; keep one of the two.")
    check = service.healthcheck
    if check is not None and check.disable and check.test and check.test != ["NONE"]:
        report(joined(path, "healthcheck"), "is disabled and has a test; keep one of the two.")


def _check_rings(active: dict[str, Service], report: Report) -> None:
    waits = {
        name: sorted(other for other in service.depends_on or {} if other in active)
        for name, service in sorted(active.items())
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        ring = list(reversed(error.args[1]))
        report(
            joined("services", ring[0], "depends_on"), f"waits for itself ({' → '.join(ring)}); remove one of these."
        )
