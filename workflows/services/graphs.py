"""Taking in a graph: what cannot be kept is refused, secret values go to the vault, the rest becomes text."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from clusters.selectors import get_cluster
from clusters.services.custom_kinds import capabilities_if_known
from core.principal import Principal
from plugins.loading.installed import installed
from plugins.sdk.graph import Graph
from plugins.sdk.problems import Problem, Severity
from plugins.selectors import disabled_types
from workflows import events, stored
from workflows.errors import InvalidGraph
from workflows.graph.parse import parse_graph
from workflows.graph.validate import fatal_problems, too_large
from workflows.models import Workflow
from workflows.selectors import get_workflow, visible_workflows
from workflows.services import secrets
from workflows.services.bundles import compile_preview, node_types, refuse_errors
from workflows.services.rows import Check, lock, tell, unchecked, write
from workflows.types import GraphInput, SavedWorkflow

GRAPH_FIELDS = ("graph", "node_words", "node_count", "edge_count")


@dataclass(frozen=True, slots=True)
class KeptGraph:
    """A graph that can be kept: secret values are references, and `text` is what a row holds."""

    graph: Graph
    text: str

    def put_into(self, workflow: Workflow) -> bool:
        """Whether that changes anything."""
        is_new = self.text != workflow.graph
        workflow.graph, workflow.node_words = self.text, stored.node_words(self.text)
        workflow.node_count, workflow.edge_count = len(self.graph.nodes), len(self.graph.edges)
        return is_new


def save_graph(*, workflow_id: str, sent: GraphInput, check: Check = unchecked, actor: Principal) -> SavedWorkflow:
    """The draft becomes what was sent; no version is made. The same graph again changes nothing."""
    with transaction.atomic():
        workflow = lock(visible_workflows(actor), workflow_id, check)
        kept = keep_graph(sent, workflow.graph, workflow.workspace_id)
        if kept.put_into(workflow):
            write(workflow, *GRAPH_FIELDS)
            tell(workflow, events.UPDATED, actor, detail={"changed": ["graph"]}, changed=["graph"])
    problems = problems_of(kept.graph, workflow)
    return SavedWorkflow(workflow, [*problems, *disabled_problems(kept.graph, actor)])


def draft_to_merge(*, workflow_id: str, actor: Principal) -> dict[str, list[Any]]:
    """The draft's two lists with the digest of each secret value in its place (empty while it waits for one), for
    whoever merges something into it and saves. Held until the transaction ends, so that nobody else saves between."""
    workflow = lock(visible_workflows(actor), workflow_id)
    return stored.digested_lists(workflow.graph)


def validate_draft(*, workflow_id: str, sent: GraphInput, cluster: str = "", actor: Principal) -> list[Problem]:
    """Everything that is wrong with what was sent, or with the draft; nothing is refused or kept. With `cluster`, the
    name of one that `actor` may see, also what that cluster lacks."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    graph, problems = _read(sent, workflow.graph)
    if problems:
        return problems
    known = secrets.with_known_references(graph, stored.references(workflow.graph))
    if cluster:
        cluster_id = get_cluster(name_or_id=cluster, actor=actor).pk
        capabilities = capabilities_if_known(cluster_id)
        problems = compile_preview(
            graph=known,
            instance=workflow.slug,
            namespace=workflow.namespace,
            capabilities=capabilities,
            cluster_id=cluster_id if capabilities is not None else "",
        ).problems
    else:
        problems = problems_of(known, workflow)
    return [*problems, *disabled_problems(graph, actor)]


def disabled_problems(graph: Graph, actor: Principal) -> list[Problem]:
    """Nodes of plugins that `actor` does not use still run; that they are no longer offered is told."""
    owners = installed().owners
    if not any(node.type in owners for node in graph.nodes):
        return []
    off = disabled_types(actor)
    return [
        Problem(
            message=f'Node "{node.id}": its plugin {off[node.type]} is turned off; it still runs, and you can turn '
            "the plugin on again under Plugins.",
            code="plugin_disabled",
            node_id=node.id,
            field="type",
            severity=Severity.WARNING,
        )
        for node in graph.nodes
        if node.type in off
    ]


def keep_graph(sent: GraphInput, stored_text: str, workspace: str) -> KeptGraph:
    """Refuses only what cannot be kept, and everything of that at once. Belongs into a transaction."""
    known = stored.references(stored_text)
    graph, problems = _read(sent, stored_text)
    if not problems:
        problems = fatal_problems(graph, node_types())
    problems += secrets.missing_values(graph, known)
    if problems:
        raise InvalidGraph(problems)
    kept = secrets.with_references(graph, known, workspace)
    return KeptGraph(kept, stored.encode(kept))


def problems_of(graph: Graph, workflow: Workflow) -> list[Problem]:
    """What stands in the way of running a stored graph on a recent Kubernetes, and what looks odd."""
    return compile_preview(graph=graph, instance=workflow.slug, namespace=workflow.namespace).problems


def refuse_unrunnable(workflow: Workflow) -> None:
    """Publishing means that it could run, maybe after its images were built."""
    refuse_errors(problems_of(stored.decode(workflow.graph), workflow))


def _read(sent: GraphInput, stored_text: str) -> tuple[Graph, list[Problem]]:
    """What was sent, a list that was not as it is stored; and what of it cannot be read, is too much, or may
    not be sent."""
    nodes, edges = sent.nodes, sent.edges
    if not sent.is_complete:
        lists = stored.masked_lists(stored_text)
        nodes = lists["nodes"] if nodes is None else nodes
        edges = lists["edges"] if edges is None else edges
    graph, problems = parse_graph(nodes, edges)
    return graph, problems or too_large(len(stored.encode_bytes(graph))) or secrets.check_values(graph)
