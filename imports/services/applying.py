"""A workflow from an import: a new one, or one that has it already and follows the input."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction

from audit import services as audit
from builds.services import keep_git_login
from builds.sources.addresses import host_of
from core.principal import Principal
from imports.conversion import Conversion
from imports.errors import ImportNotReady
from imports.merge import Merged, Note, merge_graphs
from imports.models import ImportOrigin, ImportSession, ImportStatus
from imports.origin import Repository
from imports.selectors import get_import
from imports.services.converting import conversion_of
from imports.services.sealing import unseal
from imports.services.sessions import with_choices
from imports.types import Applied, Json
from workflows import services as workflows
from workflows.graph.parse import dump_graph
from workflows.graph.secrets import SECRET_TYPE, VALUES
from workflows.types import GraphInput, WorkflowFields

_EMPTY: Json = {"nodes": [], "edges": []}
_KEY = 200
_BUILD = "build"


def create_workflow_from(
    *, import_id: str, fields: WorkflowFields, choices: Mapping[str, str] | None = None, actor: Principal
) -> Applied:
    """A new workflow of one's own."""
    # A large project takes its time: not while a transaction holds others up.
    session, repository, conversion = _ready(import_id, choices or {}, actor)
    graph = dump_graph(conversion.graph)
    ids = {item["id"]: item["id"] for item in (*graph["nodes"], *graph["edges"])}
    with transaction.atomic():
        workflow = workflows.create_workflow(fields=fields, sent=GraphInput(**graph), actor=actor)
        _remember(workflow, conversion, _digested(graph), ids)
        _keep_login(repository, graph, actor)
        _record(session, workflow, actor)
    return Applied(workflow, _report(conversion))


def apply_import(
    *, import_id: str, workflow_id: str, choices: Mapping[str, str] | None = None, actor: Principal
) -> Applied:
    """Into a workflow that is there. What the same project made before follows the input, and what a person changed
    stays; the state before is kept as a version."""
    session, repository, conversion = _ready(import_id, choices or {}, actor)
    with transaction.atomic():
        workflow, notes = _merge_into(workflow_id, conversion, actor)
        _keep_login(repository, dump_graph(conversion.graph), actor)
        _record(session, workflow, actor)
    return Applied(workflow, _report(conversion), notes)


def _merge_into(workflow_id: str, conversion: Conversion, actor: Principal) -> tuple[Any, tuple[Note, ...]]:
    drawn = _digested(dump_graph(conversion.graph))
    draft = workflows.draft_to_merge(workflow_id=workflow_id, actor=actor)
    origin = ImportOrigin.objects.select_for_update().filter(workflow_id=workflow_id, key=_key(conversion)).first()
    merged = merge_graphs(
        base=origin.base if origin else _EMPTY,
        current=draft,
        new=drawn,
        ids=origin.ids if origin else {},
        own=conversion.own,
    )
    if draft["nodes"]:
        workflows.create_version(workflow_id=workflow_id, fields={"name": "Before an import"}, actor=actor)
    clear = _clear(merged, dump_graph(conversion.graph), draft)
    saved = workflows.save_graph(workflow_id=workflow_id, sent=GraphInput(**clear), actor=actor)
    _remember(saved.workflow, conversion, _renamed(drawn, merged.ids), merged.ids)
    return saved.workflow, merged.notes


def _ready(
    import_id: str, choices: Mapping[str, str], actor: Principal
) -> tuple[ImportSession, Repository | None, Conversion]:
    session = get_import(import_id=import_id, actor=actor)
    if session.status != ImportStatus.READY:
        raise ImportNotReady(session.status)
    sent = unseal(ImportSession.objects.get(pk=session.pk))
    return session, sent.repository, conversion_of(with_choices(sent, choices))[1]


def _keep_login(repository: Repository | None, graph: Json, actor: Principal) -> None:
    """For the builds that were drawn: a build node carries no credentials, the workspace keeps them for the host."""
    if repository is None or not repository.is_kept:
        return
    sources = [node["data"].get("source") or {} for node in graph["nodes"] if node["type"] == _BUILD]
    host = f"{host_of(repository.url)}/"
    if any(str(source.get("git_url")).startswith(host) for source in sources):
        keep_git_login(git_url=repository.url, username=repository.username, token=repository.token, actor=actor)


def _report(conversion: Conversion) -> list[Json]:
    return [msgspec.to_builtins(row) for row in conversion.report.rows]


def _key(conversion: Conversion) -> str:
    return conversion.name[:_KEY]


def _remember(workflow: Any, conversion: Conversion, base: Json, ids: dict[str, str]) -> None:
    ImportOrigin.objects.update_or_create(
        workflow_id=workflow.pk, key=_key(conversion), defaults={"base": base, "ids": ids}
    )


def _record(session: ImportSession, workflow: Any, actor: Principal) -> None:
    audit.record(
        action="import.applied",
        object_type="import",
        object_id=session.pk,
        object_name=str(session.source.get("name") or ""),
        detail={"workflow": workflow.pk},
        workspace=workflow.workspace_id,
        actor=actor,
    )


def _digested(graph: Json) -> Json:
    """With a digest in the place of each secret value, so that it can be compared and kept."""
    nodes = [_with_values(node, lambda _, value: workflows.secret_digest(value)) for node in graph["nodes"]]
    return {"nodes": nodes, "edges": graph["edges"]}


def _renamed(graph: Json, ids: Mapping[str, str]) -> Json:
    return {
        "nodes": [{**node, "id": ids[node["id"]]} for node in graph["nodes"]],
        "edges": [
            {**edge, "id": ids[edge["id"]], "source": ids[edge["source"]], "target": ids[edge["target"]]}
            for edge in graph["edges"]
        ],
    }


def _clear(merged: Merged, drawn: Json, draft: Json) -> Json:
    """What is sent: null where the stored value stays, else the new value."""
    new = {merged.ids[node["id"]]: _values(node) for node in drawn["nodes"]}
    stored = {node["id"]: _values(node) for node in draft["nodes"]}

    def value_of(node: Json, key: str, digest: Any) -> Any:
        if key in stored.get(node["id"], {}) and stored[node["id"]][key] == digest:
            return None
        return new[node["id"]][key]

    nodes = [_with_values(node, lambda key, digest, node=node: value_of(node, key, digest)) for node in merged.nodes]
    return {"nodes": nodes, "edges": merged.edges}


def _values(node: Json) -> Json:
    values = node["data"].get(VALUES) if node["type"] == SECRET_TYPE else None
    return values if isinstance(values, dict) else {}


def _with_values(node: Json, change: Any) -> Json:
    values = _values(node)
    if not values:
        return node
    return {**node, "data": {**node["data"], VALUES: {key: change(key, value) for key, value in values.items()}}}
