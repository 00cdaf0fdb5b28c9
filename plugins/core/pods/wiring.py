"""What edges bring into a workload's pods: images, variables, files, claims, an account, a digest.

Collected per container before any body is written, because an edge may aim at any of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from plugins.core import edges
from plugins.core.addresses import address_variables
from plugins.core.configmap import config_content
from plugins.core.pods.fields import WorkloadFields
from plugins.core.secret import PULL_TYPES, secret_content
from plugins.core.supplies import supplied_variables
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.formats import parse_mode
from plugins.sdk.nodetype import AnyNode, Link, TypedNode
from plugins.sdk.problems import NOT_BUILT


@dataclass(slots=True)
class Wired:
    """What one container gets from edges."""

    env: list[Json] = field(default_factory=list)
    env_from: list[Json] = field(default_factory=list)
    mounts: list[Json] = field(default_factory=list)
    image: str | None = None

    def parts(self) -> tuple[list[Json], list[Json], list[Json]]:
        return self.env, self.env_from, self.mounts


@dataclass(slots=True)
class PodWiring:
    """What one workload gets from all its edges; `digests` is what its config digest is made of."""

    main: str
    containers: dict[str, Wired]
    own_volumes: set[str] = field(default_factory=set)
    volumes: list[Json] = field(default_factory=list)
    pull_secrets: list[str] = field(default_factory=list)
    service_account: str | None = None
    digests: list[Any] = field(default_factory=list)
    has_exclusive_claim: bool = False

    def container(self, name: str | None) -> Wired:
        """An unknown name has been reported by the check; the main container stands in for it."""
        return self.containers.get(name or self.main) or self.containers[self.main]


def main_container_name(node: AnyNode) -> str:
    return getattr(node.data, "container_name", None) or names.dns_label(node.name)


def wire_pods(node: TypedNode[Any], context: CompileContext) -> PodWiring:
    data: WorkloadFields = node.data
    main = main_container_name(node)
    containers = {main: Wired()}
    for side in (*(data.init_containers or ()), *(data.containers or ())):
        containers.setdefault(side.name, Wired())
    own = {volume.name for volume in data.volumes or ()}
    own |= {claim.name for claim in getattr(data, "claims", None) or ()}
    wiring = PodWiring(main=main, containers=containers, own_volumes=own)
    for link in context.outgoing(node, edges.USES):
        wiring.container(None).env.extend(address_variables(link, context))
    for link in context.incoming(node):
        handler = _HANDLERS.get(link.meaning)
        if handler is not None:
            handler(link, wiring, context)
        if link.connection.supplies:
            wiring.container(None).env.extend(supplied_variables(link))
    _drop_repeated_variables(containers.values())
    if not wiring.has_exclusive_claim:
        wiring.has_exclusive_claim = _names_exclusive_claim(node, context)
    return wiring


def _drop_repeated_variables(containers: Iterable[Wired]) -> None:
    for wired in containers:
        if len(wired.env) > 1:
            wired.env = list({item["name"]: item for item in reversed(wired.env)}.values())[::-1]


def _wire_image(link: Link, wiring: PodWiring, context: CompileContext) -> None:
    build = link.source.data
    built = context.built_images.get(link.source.id) or build.built_image
    if built is None:
        built = f"{build.image}:{build.tag}" if build.tag else build.image
        context.report(
            link.target.problem(
                NOT_BUILT,
                f"its image comes from {link.source.label}, which is not built yet; build and run it",
                field="image",
                edge_id=link.id,
            )
        )
    wiring.container(link.data.container).image = built


def _wire_account(link: Link, wiring: PodWiring, context: CompileContext) -> None:
    wiring.service_account = link.source.name


def _wire_claim(link: Link, wiring: PodWiring, context: CompileContext) -> None:
    claim = link.source
    wiring.has_exclusive_claim |= _is_exclusive(claim)
    if link.data.named:
        return
    volume = _volume(
        wiring,
        f"claim-{claim.name}",
        {"persistentVolumeClaim": {"claimName": claim.name}},
    )
    wiring.container(link.data.container).mounts.append(_mount(volume, link.data.path, link.data))


def _names_exclusive_claim(node: TypedNode[Any], context: CompileContext) -> bool:
    """Whether a volume of its own names a claim of this graph that only one node can mount."""
    sources = [volume.source.get("persistentVolumeClaim") for volume in node.data.volumes or ()]
    names_of_claims = [source.get("claimName") for source in sources if isinstance(source, dict)]
    return bool(names_of_claims) and any(
        other.name in names_of_claims and other.namespace == node.namespace and _is_exclusive(other)
        for other in context.wiring.nodes.values()
        if other.type.kind == "PersistentVolumeClaim"
    )


def _is_exclusive(claim: AnyNode) -> bool:
    """What someone else made and says nothing of its modes is left alone."""
    modes = claim.data.access_modes
    if not modes:
        return not claim.is_existing
    return "ReadWriteOnce" in modes or "ReadWriteOncePod" in modes


def _wire_config(link: Link, wiring: PodWiring, context: CompileContext) -> None:
    source = link.source
    is_made = edges.SECRET_SOURCE in source.type.roles
    is_secret = source.type.name == "secret" or is_made
    usage = config_usage(link)
    if usage == "pull":
        if not link.data.named and source.name not in wiring.pull_secrets:
            wiring.pull_secrets.append(source.name)
        return
    # What a controller makes is not known here, and changes without a run.
    content = None if is_made else secret_content(source, context) if is_secret else config_content(source)
    if content is not None and link.data.restart is not False:
        wiring.digests.append([source.type.name, source.name, _picked(content, link.data.keys)])
    if link.data.named:
        return
    if usage == "mount":
        _mount_config(link, wiring, is_secret)
    else:
        _config_variables(link, wiring.container(link.data.container), is_secret)


def config_usage(link: Link) -> str:
    """env, mount or pull: as the edge says, else as its own data and the secret's type imply."""
    data = link.data
    if data.as_:
        return str(data.as_)
    if link.source.type.name == "secret" and link.source.data.type in PULL_TYPES:
        return "pull"
    return "mount" if data.path else "env"


def _picked(content: Json, keys: list[str] | dict[str, str] | None) -> Json:
    if keys is None:
        return content
    wanted = keys.values() if isinstance(keys, dict) else keys
    return {key: content.get(key) for key in wanted}


def _config_variables(link: Link, wired: Wired, is_secret: bool) -> None:
    data, name = link.data, link.source.name
    optional = {} if data.optional is None else {"optional": data.optional}
    prefix = data.prefix or ""
    if data.keys is None:
        entry: Json = {"prefix": prefix} if prefix else {}
        entry["secretRef" if is_secret else "configMapRef"] = {"name": name, **optional}
        wired.env_from.append(entry)
        return
    reference = "secretKeyRef" if is_secret else "configMapKeyRef"
    pairs = data.keys.items() if isinstance(data.keys, dict) else ((key, key) for key in data.keys)
    for variable, key in pairs:
        source = {reference: {"name": name, "key": key, **optional}}
        wired.env.append({"name": f"{prefix}{variable}", "valueFrom": source})


def _mount_config(link: Link, wiring: PodWiring, is_secret: bool) -> None:
    data, name = link.data, link.source.name
    body: Json = {"secretName": name} if is_secret else {"name": name}
    items = _items(link)
    if items:
        body["items"] = items
    if data.mode not in (None, ""):
        body["defaultMode"] = parse_mode(data.mode)
    if data.optional is not None:
        body["optional"] = data.optional
    kind = "secret" if is_secret else "configMap"
    volume = _volume(wiring, f"{'secret' if is_secret else 'config'}-{name}", {kind: body})
    wiring.container(data.container).mounts.append(_mount(volume, data.path or "", data))


def _items(link: Link) -> list[Json]:
    data = link.data
    if isinstance(data.items, dict):
        return [{"key": key, "path": path} for key, path in data.items.items()]
    if data.items is not None:
        return [
            {"key": item.key, "path": item.path} | ({} if item.mode in (None, "") else {"mode": parse_mode(item.mode)})
            for item in data.items
        ]
    if isinstance(data.keys, dict):
        return [{"key": key, "path": path} for path, key in data.keys.items()]
    return [{"key": key, "path": key} for key in data.keys or ()]


def _volume(wiring: PodWiring, wanted: str, source: Json) -> str:
    """The name of the volume with this source: made once; another source under this name gets a number."""
    base = names.dns_label(wanted)
    name, count = base, 1
    taken = {volume["name"]: volume for volume in wiring.volumes}
    while name in taken or name in wiring.own_volumes:
        if taken.get(name) == {"name": name, **source}:
            return name
        count += 1
        name = names.shortened(base, 60) + f"-{count}"
    wiring.volumes.append({"name": name, **source})
    return name


def _mount(volume: str, path: str, data: Any) -> Json:
    body: Json = {"name": volume, "mountPath": path}
    if data.sub_path is not None:
        body["subPath"] = data.sub_path
    if data.read_only is not None:
        body["readOnly"] = data.read_only
    return body


_HANDLERS = {
    edges.IMAGE: _wire_image,
    edges.IDENTITY: _wire_account,
    edges.MOUNTS: _wire_claim,
    edges.CONFIG: _wire_config,
}
