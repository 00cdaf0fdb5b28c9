"""Drift: how what is live differs from what was deployed, and the two ways to end that: revert, or adopt.

Looking writes nothing: objects are read, and dry runs say what applying them again would change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from clusters.kube.gateway import ClusterError
from clusters.registries.pulling import is_pull_reference
from clusters.services import call, gateway_for
from core.errors import InvalidInput, PreconditionFailed
from core.principal import Principal
from plugins.sdk.merge import combined_patch
from plugins.sdk.objects import ObjectKey
from workflows import stored
from workflows.deploy import inventory
from workflows.deploy.content import Content, ReleaseObject, revisions
from workflows.deploy.drift import Drift, drift_of, expected_objects, why_not_kept, without_values
from workflows.deploy.plan import Finding, autoscaled
from workflows.deploy.probe import Prober
from workflows.deploy.view import View
from workflows.graph.parse import parse_graph
from workflows.models import Release, Run, Target, Workflow
from workflows.runs.errors import (
    ClusterGone,
    ClusterNotShared,
    NotAdoptable,
    NothingDeployed,
    NothingDrifted,
    told,
)
from workflows.runs.places import refuse_busy
from workflows.runs.releases import content_of
from workflows.runs.selectors import may_look_at, shown_target
from workflows.runs.services import PLAN_SECONDS, revert_objects
from workflows.runs.types import RunOptions
from workflows.selectors import get_workflow
from workflows.services.bundles import compile_preview, node_types
from workflows.services.graphs import save_graph
from workflows.services.rows import Check, unchecked
from workflows.services.secrets import reveal_secrets
from workflows.types import GraphInput, Need, SavedWorkflow

Json = dict[str, Any]
_OVERRIDES = "overrides"
# What stands for the passwords of registries: they change by themselves, and nobody is asked for them here.
_NO_LOGINS = '{"auths":{}}'


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An object as a client names it; an empty `api_version` stands for any."""

    kind: str
    name: str
    namespace: str = ""
    api_version: str = ""

    def means(self, item: ReleaseObject) -> bool:
        key = item.key
        same = (self.kind, self.namespace, self.name) == (key.kind, key.namespace, key.name)
        return same and self.api_version in ("", str(item.body["apiVersion"]))

    def __str__(self) -> str:
        return str(ObjectKey("", self.kind, self.namespace, self.name))


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What differs on one target. Without a release nothing is deployed there, so nothing can differ."""

    workflow: Workflow
    target: Target | None
    release: Release | None
    checked: int
    drifts: Sequence[Drift]
    checked_at: datetime


def find_drift(*, workflow_id: str, target_id: str = "", actor: Principal) -> DriftReport:
    """Everything that is not as it was deployed, on the target with this id or that of the last run."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    target, _ = shown_target(workflow=workflow, target_id=target_id)
    release = _deployed(target)
    if target is None or release is None:
        return DriftReport(workflow, target, None, 0, (), timezone.now())
    objects, drifts = _examine(workflow, target, release)
    return DriftReport(workflow, target, release, len(objects), drifts, timezone.now())


def revert_drift(
    *,
    workflow_id: str,
    target_id: str = "",
    objects: Sequence[ObjectName],
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    actor: Principal,
) -> Run:
    """A run that applies these again as they were released, whoever changed them since."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    target, release = _released(workflow, target_id)
    chosen = _chosen(content_of(release).objects, objects)
    keys = [item.key for item in chosen]
    return revert_objects(target=target, objects=keys, options=options, actor=actor)


def adopt_drift(
    *,
    workflow_id: str,
    target_id: str = "",
    objects: Sequence[ObjectName],
    check: Check = unchecked,
    actor: Principal,
) -> SavedWorkflow:
    """The draft takes over what is live of these: each node's `overrides` say it from now on. An edit like any other,
    so nothing is deployed and it can be undone."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    check(workflow)
    target, release = _released(workflow, target_id)
    chosen = _chosen(content_of(release).objects, objects)
    _, drifts = _examine(workflow, target, release, only=chosen)
    by_key = {drift.key: drift for drift in drifts}
    for item in chosen:
        if item.key not in by_key:
            raise NothingDrifted(str(item.key))
    nodes = _with_overrides(workflow, target, [by_key[item.key] for item in chosen])

    def same(current: Workflow) -> None:
        check(current)
        if current.revision != workflow.revision:
            raise PreconditionFailed("The workflow was changed in the meantime. Load it again, then repeat this.")

    with transaction.atomic():
        saved = save_graph(workflow_id=workflow_id, sent=GraphInput(nodes=nodes), check=same, actor=actor)
        audit.record(
            action="workflow.drift_adopted",
            object_type="workflow",
            object_id=workflow.pk,
            object_name=workflow.name,
            detail={"objects": [str(item.key) for item in chosen], "target": target.pk},
            workspace=workflow.workspace_id,
            actor=actor,
        )
    return saved


# --- looking ----------------------------------------------------------------------------------------------


def _deployed(target: Target | None) -> Release | None:
    """Refuses where nobody may look: the cluster is gone or no longer shared, or a run is changing things."""
    if target is None or target.current_release is None or target.current_release.is_tombstone:
        return None
    if target.cluster_id is None:
        raise ClusterGone
    if not may_look_at(target):
        raise ClusterNotShared
    refuse_busy(target)
    return target.current_release


def _released(workflow: Workflow, target_id: str) -> tuple[Target, Release]:
    target, _ = shown_target(workflow=workflow, target_id=target_id)
    release = _deployed(target)
    if target is None or release is None:
        raise NothingDeployed
    return target, release


def _chosen(objects: Iterable[ReleaseObject], names: Sequence[ObjectName]) -> list[ReleaseObject]:
    found: dict[ObjectKey, ReleaseObject] = {}
    for name, matches in ((name, [item for item in objects if name.means(item)]) for name in names):
        if not matches:
            message = f"{name} is not part of what is deployed there."
            raise InvalidInput(message, fields={"objects": [message]})
        found.update((item.key, item) for item in matches)
    return list(found.values())


def _examine(
    workflow: Workflow, target: Target, release: Release, only: Sequence[ReleaseObject] | None = None
) -> tuple[list[ReleaseObject], list[Drift]]:
    content = content_of(release)
    known = inventory.load(target.inventory)
    objects = expected_objects(content.objects if only is None else only, known)
    wanted = set(revisions(objects))
    pulls = set(filter(is_pull_reference, wanted))
    values = reveal_secrets(revisions=wanted - pulls, workspace=workflow.workspace_id)
    values |= dict.fromkeys(pulls, _NO_LOGINS)
    try:
        view = View(gateway_for(str(target.cluster_id)))
        drifts = call(_drifts(view, content, objects, values, known), timeout=PLAN_SECONDS)
    except ClusterError as error:
        raise told(error) from error
    return objects, drifts


async def _drifts(
    view: View,
    content: Content,
    objects: list[ReleaseObject],
    values: dict[str, str],
    known: dict[ObjectKey, inventory.Entry],
) -> list[Drift]:
    scaled = autoscaled(content.objects)
    prober = Prober(view, content, values=values, scaled=scaled, known=known, force_conflicts=True)
    findings = await view.all(prober.find(item, frozenset()) for item in objects)
    pairs = zip(objects, findings, strict=True)
    found = (_drift(item, finding, known[item.key]) for item, finding in pairs)
    return [drift for drift in found if drift is not None]


def _drift(item: ReleaseObject, finding: Finding, entry: inventory.Entry) -> Drift | None:
    drift = drift_of(item, finding, entry)
    is_pull_secret = any(map(is_pull_reference, revisions([item])))
    return without_values(drift) if drift is not None and is_pull_secret else drift


# --- adopting ---------------------------------------------------------------------------------------------


def _with_overrides(workflow: Workflow, target: Target, drifts: Sequence[Drift]) -> list[Json]:
    """The nodes of the draft as a client would send them, those of `drifts` with new overrides."""
    nodes: list[Json] = stored.masked_lists(workflow.graph)["nodes"]
    by_id = {node["id"]: node for node in nodes}
    touched = {drift.item.node_id for drift in drifts}
    plain = _plain_bodies(workflow, target, touched)
    for drift in drifts:
        node = by_id.get(drift.item.node_id or "")
        why = why_not_kept(drift) or _why_not_there(node, drift, plain)
        if why or node is None:
            raise NotAdoptable(str(drift.key), why)
        before = node["data"].get(_OVERRIDES) or {}
        node["data"][_OVERRIDES] = combined_patch(plain[drift.item.node_id or "", drift.key], before, drift.patch)
    return nodes


def _why_not_there(node: Json | None, drift: Drift, plain: dict[tuple[str, ObjectKey], Json]) -> str:
    if node is None:
        return "its node is no longer in the graph"
    if (drift.item.node_id, drift.key) not in plain:
        return "its node makes another object now"
    node_type = node_types().find(node["type"])
    fields = getattr(node_type.data, "__struct_fields__", ()) if node_type is not None else ()
    if node_type is None or _OVERRIDES not in fields or node_type.kind != drift.key.kind:
        return f"a node of type {node['type']} has no overrides for it; change what the node itself says"
    return ""


def _plain_bodies(workflow: Workflow, target: Target, touched: set[str | None]) -> dict[tuple[str, ObjectKey], Json]:
    """What the draft makes of each node, for these nodes without their overrides."""
    lists = stored.lists(workflow.graph)
    for node in lists["nodes"]:
        if node["id"] in touched:
            node["data"].pop(_OVERRIDES, None)
    graph, _ = parse_graph(**lists)
    result = compile_preview(graph=graph, instance=workflow.slug, namespace=target.namespace)
    return {(item.node_id or "", item.key): item.body for item in result.bundle.objects}
