"""What is wrong with a node, and what a fix would change: reading, as somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from clusters.kube.gateway import ClusterError
from clusters.selectors import rights_of_workspaces
from clusters.services import call, gateway_for
from clusters.types import Need
from core.errors import AppError
from core.principal import Principal
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Finding, Fix, GraphLists, Refusal
from plugins.sdk.graph import Graph
from plugins.sdk.nodetype import AnyNode
from plugins.sdk.objects import KubeObject, ObjectKey
from plugins.sdk.problems import Problem
from workflows import stored
from workflows.compile import to_yaml
from workflows.deploy import inventory, journal
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.journal import ItemState
from workflows.deploy.others import belongs_to
from workflows.deploy.view import words
from workflows.diagnose import (
    BadValues,
    Verdict,
    asked_by,
    changed,
    diagnose,
    has_all,
    known_catalog,
    patch_of,
    secrets_of,
)
from workflows.diagnose.verdict import Outcome
from workflows.errors import NodeNotFound
from workflows.graph.parse import parse_graph
from workflows.graph.resolve import resolve_graph
from workflows.models import Release, Run, Target, Workflow
from workflows.runs.diagnosing.errors import BadFixValues, FixNotFound
from workflows.runs.diagnosing.gathering import SECONDS, Gathered, Wish, gather
from workflows.runs.diagnosing.redacting import HIDDEN, Redactor
from workflows.runs.selectors import NOT_SHARED, shown_target
from workflows.selectors import get_workflow
from workflows.services.bundles import DEFAULT_NAMESPACE, compile_preview, node_types
from workflows.services.secrets import reveal_secrets

Json = dict[str, Any]
# The gatherer has its own clock; this one is for a loop that is busy.
_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A node as it was examined. `redactor` goes over every word that leaves."""

    workflow: Workflow
    target: Target | None
    evidence: Evidence
    verdict: Verdict
    redactor: Redactor

    @property
    def node(self) -> AnyNode:
        return self.evidence.node


@dataclass(frozen=True, slots=True)
class Diagnosis:
    seen: Seen
    checked_at: datetime

    def to_json(self) -> Json:
        target = self.seen.target
        return {
            "node_id": self.seen.node.id,
            "target_id": target.pk if target is not None else None,
            "status": self.seen.verdict.status,
            "checks": [_check_json(outcome, self.seen) for outcome in self.seen.verdict.outcomes],
        }


@dataclass(frozen=True, slots=True)
class FixTemplate:
    """What a fix asks, and what it would change with what was given or is proposed. `problem` says why not."""

    fix: Fix
    asked: list[Asked]
    patch: list[Json]
    manifests: str
    problem: str

    def to_json(self) -> Json:
        return {
            "fix_type": self.fix.fix_type,
            "title": self.fix.title,
            "description": self.fix.description,
            "values": [msgspec.to_builtins(each) for each in self.asked],
            "patch": self.patch,
            "manifests": self.manifests,
            "problem": self.problem,
        }


def diagnose_node(*, workflow_id: str, node_id: str, target_id: str = "", actor: Principal) -> Diagnosis:
    """The node where the workflow ran last, or on the target with this id."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    return Diagnosis(examine(workflow=workflow, node_id=node_id, target_id=target_id, actor=actor), timezone.now())


def fix_template(
    *,
    workflow_id: str,
    node_id: str,
    fix_type: str,
    values: Mapping[str, Any] | None = None,
    target_id: str = "",
    actor: Principal,
) -> FixTemplate:
    """Nothing is changed. Secret values are not needed for it, and have no place in an address."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    fix_of(typed_node(workflow, node_id), fix_type)
    seen = examine(workflow=workflow, node_id=node_id, target_id=target_id, actor=actor)
    fix = fix_of(seen.node, fix_type)
    asked = asked_by(fix, seen.evidence, seen.verdict)
    if values is None and not has_all(asked):
        return FixTemplate(fix, asked, [], "", "")
    before = stored.masked_lists(workflow.graph)
    given = {**dict.fromkeys(secrets_of(asked), HIDDEN), **(values or {})}
    try:
        after, _ = changed(fix, before, seen.evidence, seen.verdict, given)
    except BadValues as problem:
        raise BadFixValues(str(problem), fields=problem.fields) from None
    except CannotFix as problem:
        return FixTemplate(fix, asked, [], "", str(problem))
    shown = without_values(after)
    return FixTemplate(fix, asked, patch_of(before, shown), _manifests(seen, before, shown), "")


def fix_of(node: AnyNode, fix_type: str) -> Fix:
    """A 404 for a fix that does not exist, or not for this kind of node."""
    fix = known_catalog().fix_for(node, fix_type)
    if fix is None:
        raise FixNotFound(fix_type, node.label)
    return fix


def examine(*, workflow: Workflow, node_id: str, target_id: str = "", actor: Principal) -> Seen:
    """`workflow` was read by `actor`. Nothing is held while the cluster is asked."""
    node = typed_node(workflow, node_id)
    target, run = shown_target(workflow=workflow, target_id=target_id)
    if target is None:
        evidence = _evidence(workflow, node_id, None, Gathered(), (), is_deployed=False)
        return Seen(workflow, None, evidence, diagnose(evidence), Redactor(()))
    refusals = _refusals(run, node_id)
    keys = _deployed_as(target, typed_node(workflow, node_id, target.namespace))
    found = _look(target, keys, workflow, node_id, actor)
    told = {refusal.key for refusal in refusals}
    refusals += tuple(Refusal(key, belongs_to(owner)) for key, owner in found.taken.items() if key not in told)
    is_deployed = bool(keys or refusals or node.is_existing)
    evidence = _evidence(workflow, node_id, target, found, refusals, is_deployed=is_deployed)
    redactor = Redactor({*found.hidden, *_secret_values(workflow, target)})
    return Seen(workflow, target, evidence, diagnose(evidence), redactor)


def typed_node(workflow: Workflow, node_id: str, namespace: str = "") -> AnyNode:
    graph = stored.decode(workflow.graph)
    node = resolve_graph(graph, node_types(), namespace=namespace or DEFAULT_NAMESPACE).wiring.nodes.get(node_id)
    if node is None:
        raise NodeNotFound(node_id)
    return node


def _look(target: Target, keys: list[ObjectKey], workflow: Workflow, node_id: str, actor: Principal) -> Gathered:
    """As far as the workflow's owner may see the cluster; log lines only for whoever may look there themselves."""
    if target.cluster_id is None:
        return Gathered(trouble="The cluster was removed from Sailcloth, so nobody knows how this fares.")
    owner, own = (target.workspace_id, target.cluster_id), (actor.workspace, target.cluster_id)
    rights = rights_of_workspaces({owner, own})
    if owner not in rights or not rights[owner].may(Need.LOOK, target.namespace):
        return Gathered(trouble=NOT_SHARED)
    node = typed_node(workflow, node_id, target.namespace)
    if not keys and not node.is_existing:
        return Gathered()
    wish = Wish(
        keys=keys,
        namespace=node.namespace,
        sees=known_catalog().sees(node),
        rights=rights[owner],
        set_id=parent_of_target(target.pk, target.namespace).id,
        reference=_reference(node) if node.is_existing else None,
        with_logs=own in rights and rights[own].may(Need.LOOK, target.namespace),
    )
    try:
        return call(gather(gateway_for(target.cluster_id), wish), timeout=SECONDS + _GRACE)
    except (ClusterError, AppError, TimeoutError) as error:
        said = words(error) if isinstance(error, ClusterError) else str(error)
        return Gathered(trouble=f"The cluster cannot be reached: {said or 'it does not answer in time.'}")


def _reference(node: AnyNode) -> ObjectKey:
    namespace = node.namespace if node.type.is_namespaced else ""
    return ObjectKey(node.type.group, node.type.kind, namespace, node.name)


def _deployed_as(target: Target, node: AnyNode) -> list[ObjectKey]:
    entries = inventory.load(target.inventory).values()
    return [entry.key for entry in entries if entry.node_id == node.id and not _is_left_behind(entry, node)]


def _is_left_behind(entry: inventory.Entry, node: AnyNode) -> bool:
    """A claim that the node had under another name: it is kept for its data, and no longer what the node is."""
    is_claim = (entry.group, entry.kind) == inventory.CLAIM
    return is_claim and node.type.kind == entry.kind and entry.name != node.name


def _evidence(
    workflow: Workflow,
    node_id: str,
    target: Target | None,
    found: Gathered,
    refusals: tuple[Refusal, ...],
    *,
    is_deployed: bool,
) -> Evidence:
    namespace = target.namespace if target is not None else workflow.namespace or DEFAULT_NAMESPACE
    graph = stored.decode(workflow.graph)
    wiring = resolve_graph(graph, node_types(), namespace=namespace).wiring
    compiled = compile_preview(
        graph=graph, instance=workflow.slug, namespace=namespace, capabilities=found.capabilities
    )
    bodies: dict[str, tuple[Json, ...]] = {}
    for item in compiled.bundle.objects:
        if item.node_id is not None:
            bodies[item.node_id] = (*bodies.get(item.node_id, ()), item.body)
    return Evidence(
        node=wiring.nodes[node_id],
        wiring=wiring,
        namespace=namespace,
        problems=tuple(problem for problem in compiled.problems if _is_worth_it(problem, node_id, found)),
        bodies=bodies,
        is_deployed=is_deployed,
        place=f"the namespace {namespace}" if target is not None else "",
        trouble=found.trouble,
        objects=tuple(found.objects),
        refusals=refusals,
        pods=None if found.pods is None else tuple(found.pods.values()),
        events=tuple(found.events),
        listed=found.listed,
        named=found.named,
        logs=found.logs,
        now=timezone.now().timestamp(),
    )


def _is_worth_it(problem: Problem, node_id: str, found: Gathered) -> bool:
    """What a cluster serves can only be said of one that was asked."""
    return problem.node_id == node_id and (problem.code != "not_served" or found.capabilities is not None)


def _refusals(run: Run | None, node_id: str) -> tuple[Refusal, ...]:
    """What the last run was refused, in its plan or as it applied; what failed later is seen in the cluster."""
    raw = run.journal.get("state") if run is not None else None
    if not raw:
        return ()
    items = journal.load(raw).items
    return tuple(
        Refusal(item.key, item.reason)
        for item in items
        if item.node_id == node_id and item.state is ItemState.FAILED and item.is_refused and item.reason
    )


def _secret_values(workflow: Workflow, target: Target) -> set[str]:
    """Of the draft, and of what is deployed."""
    references = stored.references(workflow.graph).values()
    revisions = {reference.revision for reference in references if reference is not None}
    if target.current_release_id is not None:
        rows = Release.objects.filter(pk=target.current_release_id)
        revisions |= set(rows.values_list("secret_revisions", flat=True).first() or ())
    return set(reveal_secrets(revisions=revisions, workspace=workflow.workspace_id).values()) if revisions else set()


# --- as it is shown -------------------------------------------------------------------------------------


def _check_json(outcome: Outcome, seen: Seen) -> Json:
    redactor = seen.redactor
    finding = outcome.finding or Finding("", "Nothing is wrong here.")
    shown: Json = {
        "name": outcome.check.title,
        "check": outcome.check.name,
        "cause": finding.cause,
        "status": outcome.status.value,
        "message": redactor.text(finding.message),
        "suggestion": redactor.text(finding.suggestion),
        "log": [redactor.line(line) for line in finding.log],
    }
    if finding.fix_type:
        shown["fix_type"] = finding.fix_type
        shown["fix_values"] = _proposed(finding, seen)
    return shown


def _proposed(finding: Finding, seen: Seen) -> Json:
    """What the fix of this very finding would begin with: of two that are alike each has its own."""
    asked = known_catalog().fixes[finding.fix_type].asks(seen.evidence, finding.values)
    values = {each.name: each.default for each in asked if each.default not in (None, "")}
    redactor = seen.redactor
    return {name: redactor.text(value) if isinstance(value, str) else value for name, value in values.items()}


def without_values(graph: GraphLists) -> GraphLists:
    """As a client reads it: new secret values are null too."""
    nodes = [
        {**node, "data": {**node["data"], "values": dict.fromkeys(node["data"].get("values") or {})}}
        if node.get("type") == "secret" and isinstance(node.get("data"), dict)
        else node
        for node in graph["nodes"]
    ]
    return {"nodes": nodes, "edges": graph["edges"]}


def _manifests(seen: Seen, before: GraphLists, after: GraphLists) -> str:
    """The objects that would be other than now, as YAML; secret values are placeholders."""
    known = {item.key: item.body for item in _objects(seen, before)}
    new = [item for item in _objects(seen, after) if known.get(item.key) != item.body]
    return to_yaml(new) if new else ""


def _objects(seen: Seen, lists: GraphLists) -> tuple[KubeObject, ...]:
    graph: Graph = parse_graph(lists["nodes"], lists["edges"])[0]
    namespace = seen.evidence.namespace
    return compile_preview(graph=graph, instance=seen.workflow.slug, namespace=namespace).bundle.objects
