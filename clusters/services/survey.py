"""Looking a cluster over: how it is built, and what our identity may do there, within a bound of time.

What may not be listed, is not served or did not come in time is a note, never a failure; only a cluster that does
not answer at all is one.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from clusters.kube.gateway import ClusterError, Gateway, Json, NotFound, Unreachable
from clusters.kube.probe import reason_of
from clusters.metadata import ApiResource, Metadata, Permissions, Rule, StorageClass
from clusters.services.nodes import list_nodes, mappings, part, text, texts
from plugins.sdk.capabilities import ServedKind

T = TypeVar("T")
BOUND_SECONDS = 9.0
# In so many namespaces we ask what we may do there: it is a request for each.
MAX_REVIEWED = 8
_MAX_NAMES = 1_000
_MAX_KINDS = 2_000
_MAX_RULES = 300
_DEFAULT_CLASS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_NAMESPACE = ServedKind(group="", version="v1", kind="Namespace", resource="namespaces", namespaced=False)
_STORAGE = ServedKind(
    group="storage.k8s.io", version="v1", kind="StorageClass", resource="storageclasses", namespaced=False
)
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"


async def survey(gateway: Gateway, *, interesting: Sequence[str] = (), within: float = BOUND_SECONDS) -> Metadata:
    """Raises ClusterError when the cluster cannot be reached, or does not know us. `interesting` are the namespaces
    in which to look first at what we may do."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    try:
        async with asyncio.timeout_at(until):
            version = await _version(gateway)
    except TimeoutError:
        raise Unreachable("The cluster did not answer in time.", reason="timeout") from None
    notes: list[str] = []

    async def told(what: str, coroutine: Coroutine[Any, Any, T], nothing: T) -> T:
        try:
            async with asyncio.timeout_at(until):
                return await coroutine
        except TimeoutError:
            notes.append(f"{what}: the cluster did not answer in time.")
        except ClusterError as error:
            _raise_if_unknown(error)
            notes.append(f"{what}: {_words(error)}")
        return nothing

    async def places() -> tuple[tuple[str, ...], tuple[Permissions, ...]]:
        names = await told("Namespaces", _names(gateway), ())
        wanted = tuple(dict.fromkeys(("default", *interesting, *names)))[:MAX_REVIEWED]
        found = await asyncio.gather(
            *(told(f"What we may do in {name}", _permissions(gateway, name), None) for name in wanted)
        )
        if len(names) > MAX_REVIEWED:
            notes.append(f"What we may do was asked for in {MAX_REVIEWED} of {len(names)} namespaces.")
        return names, tuple(each for each in found if each is not None)

    nodes, classes, resources, (names, permissions) = await asyncio.gather(
        told("Nodes", list_nodes(gateway), []),
        told("Storage classes", _storage_classes(gateway), ()),
        told("What it serves", _api_resources(gateway), ()),
        places(),
    )
    return Metadata(
        version=text(version.get("gitVersion"))[:60],
        platform=text(version.get("platform")),
        nodes=tuple(nodes[:_MAX_NAMES]),
        namespaces=names,
        storage_classes=classes,
        api_resources=resources,
        permissions=permissions,
        notes=tuple(dict.fromkeys(sorted(notes))),
    )


async def _version(gateway: Gateway) -> Json:
    """Empty where it is not ours to know."""
    try:
        return await gateway.raw("GET", "/version")
    except ClusterError as error:
        if isinstance(error, NotFound) or reason_of(error) == "forbidden":
            return {}
        raise


def _raise_if_unknown(error: ClusterError) -> None:
    """A credential that is not accepted is not a matter of one list."""
    if error.status == 401 or reason_of(error) == "unauthorized":
        raise error


def _words(error: ClusterError) -> str:
    if error.status == 403:
        return "this identity may not see them."
    if error.status == 404:
        return "the cluster does not serve them."
    return error.message[:300]


async def _names(gateway: Gateway) -> tuple[str, ...]:
    page = await gateway.list(_NAMESPACE)
    return tuple(sorted(_each(page.items, lambda item: text(part(item, "metadata").get("name")))))[:_MAX_NAMES]


async def _storage_classes(gateway: Gateway) -> tuple[StorageClass, ...]:
    page = await gateway.list(_STORAGE)
    return tuple(sorted((_storage_class(item) for item in page.items), key=lambda each: each.name))[:_MAX_NAMES]


def _storage_class(item: Json) -> StorageClass:
    metadata = part(item, "metadata")
    marks = part(metadata, "annotations")
    return StorageClass(
        name=text(metadata.get("name")),
        provisioner=text(item.get("provisioner")),
        is_default=any(marks.get(name) == "true" for name in _DEFAULT_CLASS),
    )


async def _api_resources(gateway: Gateway) -> tuple[ApiResource, ...]:
    served = await gateway.capabilities(refresh=True)
    return tuple(
        ApiResource(kind.group, kind.version, kind.kind, kind.resource, kind.namespaced, kind.verbs)
        for kind in served.kinds[:_MAX_KINDS]
    )


async def _permissions(gateway: Gateway, namespace: str) -> Permissions | None:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    status = part(await gateway.raw("POST", _REVIEWS, body=review), "status")
    rules = mappings(status.get("resourceRules"))
    return Permissions(
        namespace,
        tuple(_rule(rule) for rule in rules[:_MAX_RULES]),
        bool(status.get("incomplete")) or len(rules) > _MAX_RULES,
    )


def _rule(rule: Json) -> Rule:
    return Rule(*(texts(rule.get(name)) for name in ("verbs", "apiGroups", "resources", "resourceNames")))


def _each(items: Iterable[Json], read: Callable[[Json], str]) -> Iterable[str]:
    return (found for found in map(read, items) if found)
