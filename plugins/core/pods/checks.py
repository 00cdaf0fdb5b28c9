"""What can be wrong with a workload beyond its fields' own descriptions."""

from collections.abc import Iterator
from typing import Any

from plugins.core import edges
from plugins.core.pods.containers import ContainerFields, Handler, Probe
from plugins.core.pods.fields import WorkloadFields
from plugins.core.pods.wiring import config_usage, main_container_name
from plugins.sdk.formats import parse_quantity
from plugins.sdk.nodetype import Link, TypedNode, Wiring
from plugins.sdk.problems import Problem


def check_workload(node: TypedNode[Any], wiring: Wiring) -> Iterator[Problem]:
    """Everything that all workloads share."""
    containers = list(_containers(node))
    known = {name for _, name, _ in containers}
    built = {link.data.container or main_container_name(node) for link in wiring.incoming(node, edges.IMAGE)}
    yield from _check_names(node, [name for _, name, _ in containers])
    for where, name, container in containers:
        yield from _check_image(node, where, container, name in built)
        yield from _check_container(node, where, container)
    yield from _check_volumes(node)
    yield from _check_init(node)
    yield from _check_mount_paths(node, wiring)
    yield from _check_selector(node)
    for link in wiring.incoming(node):
        yield from _check_link(node, link, known)
    yield from _check_single(node, wiring)


def _containers(node: TypedNode[Any]) -> Iterator[tuple[str, str, ContainerFields]]:
    data: WorkloadFields = node.data
    yield "", main_container_name(node), data
    for field, sides in (("init_containers", data.init_containers), ("containers", data.containers)):
        for index, side in enumerate(sides or ()):
            yield f"{field}.{index}.", side.name, side


def _check_names(node: TypedNode[Any], names: list[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        yield node.problem("duplicate_container", f"two containers are called {name}; rename one", field="containers")


def _check_image(node: TypedNode[Any], where: str, container: ContainerFields, is_built: bool) -> Iterator[Problem]:
    field = f"{where}image"
    if not container.image:
        if not is_built:
            hint = "" if where else ", or draw an edge from a build"
            yield node.problem(
                "missing_image", f"{field} is missing; name an image such as nginx:1.27{hint}", field=field
            )
        return
    tail = container.image.rpartition("/")[2]
    if "@" not in tail and ":" not in tail:
        yield node.warning(
            "image_without_tag",
            f"{field} '{container.image}' has no tag, so what runs may change unseen; add one such as :1.27",
            field=field,
        )


def _check_container(node: TypedNode[Any], where: str, container: ContainerFields) -> Iterator[Problem]:
    yield from _check_env(node, where, container)
    yield from _check_ports(node, where, container)
    yield from _check_mounts(node, where, container)
    yield from _check_resources(node, where, container)
    for name in ("liveness", "readiness", "startup"):
        probe = getattr(container.probes, name, None)
        if probe is not None:
            yield from _check_action(node, f"{where}probes.{name}", probe, ("http", "tcp", "exec", "grpc"))
            if name != "readiness" and probe.success_threshold not in (None, 1):
                field = f"{where}probes.{name}.success_threshold"
                yield node.problem("out_of_range", f"{field} must be 1 here; clear it", field=field)
    for name in ("post_start", "pre_stop"):
        handler = getattr(container.lifecycle, name, None)
        if handler is not None:
            yield from _check_action(node, f"{where}lifecycle.{name}", handler, ("http", "tcp", "exec", "sleep"))


def _check_env(node: TypedNode[Any], where: str, container: ContainerFields) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, variable in enumerate(container.env or ()):
        field = f"{where}env.{index}"
        if variable.name and variable.name in seen:
            yield node.problem(
                "duplicate_env",
                f"the variable {variable.name} is there twice; remove one",
                field=f"{field}.name",
            )
        seen.add(variable.name)
        sources = (variable.value, variable.secret, variable.config_map, variable.field, variable.resource)
        if sum(source is not None for source in sources) > 1:
            yield node.problem(
                "bad_value", f"the variable {variable.name} has more than one source; keep one", field=field
            )
    for index, item in enumerate(container.env_from or ()):
        if bool(item.secret) == bool(item.config_map):
            yield node.problem(
                "bad_value",
                "give either a secret or a config map to read from",
                field=f"{where}env_from.{index}",
            )


def _check_ports(node: TypedNode[Any], where: str, container: ContainerFields) -> Iterator[Problem]:
    seen: set[tuple[int | None, str]] = set()
    names: set[str] = set()
    for index, port in enumerate(container.ports or ()):
        key = (port.port, port.protocol or "TCP")
        field = f"{where}ports.{index}"
        if port.port is not None and key in seen:
            yield node.problem("duplicate_port", f"port {port.port} is there twice; remove one", field=f"{field}.port")
        if port.name and port.name in names:
            yield node.problem("duplicate_port", f"two ports are called {port.name}; rename one", field=f"{field}.name")
        seen.add(key)
        names.add(port.name or "")


def _check_mounts(node: TypedNode[Any], where: str, container: ContainerFields) -> Iterator[Problem]:
    volumes = {volume.name for volume in node.data.volumes or ()}
    volumes |= {claim.name for claim in getattr(node.data, "claims", None) or ()}
    for index, mount in enumerate(container.mounts or ()):
        field = f"{where}mounts.{index}"
        if mount.volume and mount.volume not in volumes:
            yield node.problem(
                "unknown_volume",
                f"{field} mounts the volume '{mount.volume}', which is not there; add it to volumes",
                field=f"{field}.volume",
            )


def _check_mount_paths(node: TypedNode[Any], wiring: Wiring) -> Iterator[Problem]:
    """Kubernetes finds a container's mounts again by their path, whoever brought them."""
    seen: set[tuple[str, str]] = set()
    for container, path, field, edge_id in _mount_paths(node, wiring):
        if path and (container, path) in seen:
            yield node.problem(
                "duplicate_mount",
                f"two volumes are mounted at {path} in the container {container}; move one",
                field=field,
                edge_id=edge_id,
            )
        seen.add((container, path))


def _mount_paths(node: TypedNode[Any], wiring: Wiring) -> Iterator[tuple[str, str, str, str | None]]:
    main = main_container_name(node)
    for where, name, container in _containers(node):
        for index, mount in enumerate(container.mounts or ()):
            yield name, mount.path, f"{where}mounts.{index}.path", None
    for index, claim in enumerate(getattr(node.data, "claims", None) or ()):
        yield main, claim.path, f"claims.{index}.path", None
    for link in wiring.incoming(node):
        is_mount = link.meaning == edges.MOUNTS or (link.meaning == edges.CONFIG and config_usage(link) == "mount")
        if is_mount:
            yield link.data.container or main, link.data.path or "", "path", link.id


def _check_init(node: TypedNode[Any]) -> Iterator[Problem]:
    """Only a sidecar lives long enough to be probed."""
    for index, side in enumerate(node.data.init_containers or ()):
        if side.restart_policy == "Always":
            continue
        for field in ("probes", "lifecycle"):
            if getattr(side, field) is not None:
                yield node.problem(
                    "bad_value",
                    f"the init container {side.name} runs to its end and takes no {field}; "
                    "remove them, or set its restart_policy to Always",
                    field=f"init_containers.{index}.{field}",
                )


def _check_resources(node: TypedNode[Any], where: str, container: ContainerFields) -> Iterator[Problem]:
    resources = container.resources
    if resources is None or not resources.requests or not resources.limits:
        return
    for name, request in resources.requests.items():
        limit = resources.limits.get(name)
        low, high = parse_quantity(request), None if limit is None else parse_quantity(limit)
        if low is not None and high is not None and low > high:
            yield node.problem(
                "out_of_range",
                f"{where}resources.requests.{name} {request} is more than the limit {limit}; lower it",
                field=f"{where}resources.requests.{name}",
            )


def _check_action(
    node: TypedNode[Any], field: str, action: Probe | Handler, kinds: tuple[str, ...]
) -> Iterator[Problem]:
    if sum(getattr(action, kind, None) is not None for kind in kinds) != 1:
        listed = ", ".join(kinds[:-1])
        yield node.problem("bad_value", f"{field} needs exactly one of {listed} or {kinds[-1]}", field=field)


def _check_volumes(node: TypedNode[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, volume in enumerate(node.data.volumes or ()):
        if volume.name and volume.name in seen:
            yield node.problem(
                "duplicate_volume",
                f"two volumes are called {volume.name}; rename one",
                field=f"volumes.{index}.name",
            )
        seen.add(volume.name)
        if len(volume.source) > 1:
            yield node.problem(
                "bad_value",
                f"the volume {volume.name} has more than one source; keep one",
                field=f"volumes.{index}.source",
            )


def _check_selector(node: TypedNode[Any]) -> Iterator[Problem]:
    if node.data.selector == {}:
        yield node.problem("bad_value", "the selector is empty; remove it to use our own", field="selector")


def _check_link(node: TypedNode[Any], link: Link, containers: set[str]) -> Iterator[Problem]:
    wanted = getattr(link.data, "container", None)
    if wanted and wanted not in containers:
        yield node.problem(
            "unknown_container",
            f"the edge from {link.source.label} aims at the container '{wanted}', which is not there; choose another",
            field="container",
            edge_id=link.id,
        )
    if link.meaning == edges.MOUNTS and not link.data.path and not link.data.named:
        yield node.problem(
            "missing_path",
            f"the edge from {link.source.label} mounts a volume but says not where; give it a path",
            field="path",
            edge_id=link.id,
        )
    if link.meaning == edges.CONFIG and config_usage(link) == "mount" and not link.data.path and not link.data.named:
        yield node.problem(
            "missing_path",
            f"the edge from {link.source.label} mounts files but says not where; give it a path",
            field="path",
            edge_id=link.id,
        )


def _check_single(node: TypedNode[Any], wiring: Wiring) -> Iterator[Problem]:
    for meaning, what in ((edges.IDENTITY, "service accounts"), (edges.SCALES, "autoscalers")):
        if len(wiring.sources(node, meaning)) > 1:
            yield node.problem("too_many_edges", f"it has several {what}; keep one edge")
