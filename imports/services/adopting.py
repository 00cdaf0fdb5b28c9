"""A namespace that lives in a cluster, as an import: read once with the right of whoever asks."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from clusters import selectors as clusters
from clusters.kube.gateway import ClusterError, Gateway, Refused
from clusters.services import call, gateway_for
from clusters.types import Need
from core.principal import Principal
from imports.errors import BadSource, NothingToImport, TooMuch, cluster_said
from imports.models import ImportSession
from imports.services.sessions import begin_import
from imports.types import Source
from plugins.registry import core_types
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.formats import dns_label
from plugins.sdk.names import MANAGED_BY
from plugins.sdk.secrets import PLACEHOLDER
from plugins.sdk.yaml import dump_all

Json = dict[str, Any]
# Seconds: somebody waits for the answer.
_PATIENCE = 25.0
_AT_ONCE = 8
_MOST_BYTES = 3 * 1024 * 1024
_MOST_OBJECTS = 1_500
# What a cluster writes while it works, and what others make: pods and replica sets are their owners'.
_PASSED = frozenset(
    {
        "ControllerRevision",
        "Endpoints",
        "EndpointSlice",
        "Event",
        "Lease",
        "Pod",
        "PodMetrics",
        "ReplicaSet",
    }
)
_UNSHOWN = frozenset({"managedFields", "resourceVersion", "generation", "creationTimestamp", "selfLink"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_PART_OF = "applyset.kubernetes.io/part-of"
# Its annotations name the workflow, which may be somebody else's.
_SET = "applyset.kubernetes.io/id"
_TOKEN, _HELM = "kubernetes.io/service-account-token", "helm.sh/"
_PODS = "Pods and replica sets were not looked at: what owns them makes them."
_SERVER = "The status of objects, and what the server notes of when and by whom they were written, are not shown here."


class _Found(msgspec.Struct):
    """The objects, and of each kind that could not be read why."""

    objects: list[Json]
    blind: dict[str, str]


def begin_adoption(*, cluster: str, namespace: str, actor: Principal) -> ImportSession:
    """Whoever may look at a namespace may draw it. Values of secrets go along only for those who may run there, for
    they could read them anyway; for others the secrets are referred to."""
    seen = clusters.get_cluster(name_or_id=cluster, actor=actor)
    if dns_label(namespace) is not None:
        raise BadSource("source.namespace", "A namespace has up to 63 lower case letters, digits and dashes.")
    seen = clusters.get_cluster(name_or_id=seen.pk, actor=actor, need=Need.LOOK, namespace=namespace)
    found = _look(seen.pk, namespace)
    if not found.objects:
        raise NothingToImport(_nothing(namespace, found.blind))
    may_read = clusters.rights_of(seen).may(Need.RUN, namespace)
    objects, notes = _readable(found.objects, may_read=may_read)
    name = f"{clusters.shown_name(seen)} / {namespace}"
    return begin_import(
        files={f"{namespace}.yaml": _text(objects)},
        source=Source("cluster", name, cluster=seen.pk, namespace=namespace),
        notes=[_PODS, _SERVER, *notes, *_blind(found.blind)],
        actor=actor,
    )


def _look(cluster_id: str, namespace: str) -> _Found:
    try:
        gateway = gateway_for(cluster_id)
        return call(_objects_in(gateway, namespace), timeout=_PATIENCE)
    except ClusterError as error:
        raise cluster_said(error) from None
    except TimeoutError:
        raise cluster_said(ClusterError("it did not answer in time", reason="timeout")) from None


async def _objects_in(gateway: Gateway, namespace: str) -> _Found:
    found = _Found([], {})
    turn = asyncio.Semaphore(_AT_ONCE)

    async def read(kind: ServedKind) -> list[Json]:
        async with turn:
            try:
                page = await gateway.list(kind, namespace)
            except Refused as error:
                found.blind[kind.kind] = error.message
                return []
        return [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in page.items]

    lists = await asyncio.gather(*map(read, _kinds(await gateway.capabilities())))
    seen: set[str] = set()
    for item in (item for items in lists for item in items):
        uid = str(item["metadata"].get("uid"))
        if uid not in seen:  # Some kinds are served in two groups.
            seen.add(uid)
            found.objects.append(item)
    return found


def _kinds(capabilities: Capabilities) -> list[ServedKind]:
    """Each kind once: those that have a node type in the version that it likes best, before all others."""
    chosen: dict[tuple[str, str], ServedKind] = {}
    for node_type in core_types():
        served = capabilities.pick(node_type.kind, node_type.api_versions) if node_type.kind else None
        if served is not None:
            chosen[served.group, served.kind] = served
    for served in capabilities.kinds:
        chosen.setdefault((served.group, served.kind), served)
    return [
        served
        for served in chosen.values()
        if served.namespaced and {"list", "patch"} <= set(served.verbs) and served.kind not in _PASSED
    ]


def _readable(objects: Iterable[Json], *, may_read: bool) -> tuple[list[Json], list[str]]:
    kept: list[Json] = []
    passed = 0
    for item in sorted(objects, key=lambda item: (item["kind"], item["metadata"]["name"])):
        kind = item.get("type") if item["kind"] == "Secret" else ""
        if kind == _TOKEN or str(kind).startswith(_HELM) or _SET in _labels(item):
            passed += 1
            continue
        kept.append(_shown(item, may_read))
    notes = []
    if passed:
        notes.append(f"Secrets that the cluster, Helm or a workflow made for itself are left out: {passed}.")
    held = [f"{item['kind']} {item['metadata']['name']}" for item in kept if _belongs_to_workflow(item)]
    if held:
        notes.append(
            f"A workflow of Sailcloth has deployed some of this already ({_listed(held)}): a run of "
            "another one is refused unless it may take that over."
        )
    by_helm = [f"{item['kind']} {item['metadata']['name']}" for item in kept if _labels(item).get(MANAGED_BY) == "Helm"]
    if by_helm:
        notes.append(
            f"Helm holds a label of some of this ({_listed(by_helm)}): the first run is refused unless it may take "
            "over what others have set, and Helm loses sight of them by that."
        )
    if not may_read and any(item["kind"] == "Secret" for item in kept):
        notes.append(
            "You may look at this cluster and not run there, so secrets are referred to, without their values."
        )
    return kept, notes


def _labels(item: Json) -> dict[str, str]:
    return item["metadata"].get("labels") or {}


def _belongs_to_workflow(item: Json) -> bool:
    return _PART_OF in _labels(item)


def _listed(found: Sequence[str]) -> str:
    return ", ".join(found[:3]) + ("…" if len(found) > 3 else "")


def _shown(item: Json, may_read: bool) -> Json:
    metadata = {key: value for key, value in item["metadata"].items() if key not in _UNSHOWN}
    annotations = dict(metadata.pop("annotations", None) or {})
    annotations.pop(_LAST_APPLIED, None)
    if item["kind"] == "Secret" and not may_read:
        annotations.clear()
    if annotations:
        metadata["annotations"] = annotations
    body = {key: value for key, value in item.items() if key != "status"} | {"metadata": metadata}
    if item["kind"] == "Secret" and not may_read:
        hidden = dict.fromkeys(body.pop("data", None) or {}, PLACEHOLDER)
        # With no key at all there would be nothing to tell that it is not known.
        body["stringData"] = hidden or {"value": PLACEHOLDER}
    return body


def _text(objects: Sequence[Json]) -> bytes:
    if len(objects) > _MOST_OBJECTS:
        raise TooMuch(f"The namespace holds {len(objects):,} objects; at most {_MOST_OBJECTS:,} become a workflow.")
    if sum(len(msgspec.json.encode(item)) for item in objects) > _MOST_BYTES:
        raise TooMuch(f"What is in the namespace is larger than {_MOST_BYTES // 2**20} MiB, too much for a workflow.")
    return dump_all(objects).encode()


def _nothing(namespace: str, blind: dict[str, str]) -> str:
    reason = f" What could not be read: {', '.join(sorted(blind)[:5])}." if blind else ""
    return f"There is nothing in the namespace {namespace} that a workflow could hold, or no such namespace.{reason}"


def _blind(blind: dict[str, str]) -> list[str]:
    if not blind:
        return []
    listed = ", ".join(sorted(blind)[:8]) + ("…" if len(blind) > 8 else "")
    return [f"The cluster's identity may not read these kinds, so they are not here: {listed}."]
