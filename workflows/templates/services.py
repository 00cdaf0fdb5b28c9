"""Keeping a workflow as a template, and making one from it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction

from audit import services as audit
from core.errors import InvalidInput
from core.principal import Principal
from plugins.sdk.fields import Json
from plugins.sdk.stack import BadAnswer, Parameter, StackError, check_parameters, fill
from workflows import stored
from workflows.graph.secrets import SECRET_TYPE, VALUES
from workflows.models import Template, Workflow
from workflows.selectors import get_workflow
from workflows.services.workflows import create_workflow
from workflows.templates.errors import BadTemplate, BadValue, TemplateNotYours
from workflows.templates.selectors import get_offer, visible_templates
from workflows.templates.types import TemplateFields
from workflows.types import GraphInput, Need, WorkflowFields

TITLE_LENGTH = 200
_DEFAULTS = {"category": "Your own", "icon": "package"}


@transaction.atomic
def instantiate_template(
    *, template_id: str, fields: WorkflowFields, values: Mapping[str, Any], actor: Principal
) -> Workflow:
    """A workflow of one's own, with the answers in the graph. It keeps no tie to the template."""
    offer = get_offer(template_id=template_id, actor=actor)
    try:
        nodes, edges = fill(offer.stack, values)
    except BadAnswer as error:
        raise BadValue(error.name, str(error)) from None
    described: WorkflowFields = {"description": offer.stack.description, **fields}
    workflow = create_workflow(fields=described, sent=GraphInput(nodes, edges), actor=actor)
    audit.record(
        action="template.used",
        object_type="template",
        object_id=offer.stack.id,
        object_name=offer.stack.title,
        detail={"workflow": workflow.pk},
        workspace=actor.workspace,
        actor=actor,
    )
    return workflow


@transaction.atomic
def keep_template(*, workflow_id: str, fields: TemplateFields, actor: Principal) -> Template:
    """The draft of a workflow as a template. No secret value goes along: each key becomes a question."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.VIEW, actor=actor)
    graph = _without_values(workflow.graph)
    values = _checked({"title": workflow.name, "description": workflow.description, **fields})
    given = values.pop("parameters", [])
    asked = [*given, *_questions(graph, given)]
    template = Template(
        workspace_id=actor.workspace,
        owner_id=actor.id,
        graph=msgspec.json.encode(graph).decode(),
        parameters=_fitting(asked, graph),
        **{**_DEFAULTS, **values},
    )
    template.save(force_insert=True)
    _tell(template, "template.created", actor, {"workflow": workflow.pk})
    return template


@transaction.atomic
def update_template(*, template_id: str, fields: TemplateFields, actor: Principal) -> Template:
    """Changes what is given and nothing else."""
    template = _lock(template_id, actor)
    values = _checked(fields)
    if "parameters" in values:
        values["parameters"] = _fitting(values["parameters"], stored.lists(template.graph))
    changed = sorted(name for name, value in values.items() if getattr(template, name) != value)
    if not changed:
        return template
    for name in changed:
        setattr(template, name, values[name])
    template.revision += 1
    template.save(update_fields=[*changed, "revision", "updated_at"])
    _tell(template, "template.updated", actor, {"changed": changed})
    return template


@transaction.atomic
def delete_template(*, template_id: str, actor: Principal) -> str:
    """Its title. Workflows that were made from it stay as they are."""
    template = _lock(template_id, actor)
    _tell(template, "template.deleted", actor, {})
    template.delete()
    return template.title


def _lock(template_id: str, actor: Principal) -> Template:
    offer = get_offer(template_id=template_id, actor=actor)  # The 404, also for another tenant's.
    row = visible_templates(actor).select_for_update(of=("self",)).filter(pk=offer.stack.id).first()
    if row is None or row.workspace_id != actor.workspace:
        raise TemplateNotYours
    return row


def _checked(fields: TemplateFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(fields)
    if "title" in values:
        values["title"] = " ".join(values["title"].split())[:TITLE_LENGTH]
        if not values["title"]:
            message = "Give the template a title."
            raise InvalidInput(message, fields={"title": [message]})
    for name, default in _DEFAULTS.items():
        if name in values and not values[name].strip():
            values[name] = default
    return values


def _without_values(text: str) -> dict[str, list[Any]]:
    found = stored.masked_lists(text)
    for node in found["nodes"]:
        if node["type"] == SECRET_TYPE and isinstance(node["data"].get(VALUES), dict):
            node["data"][VALUES] = dict.fromkeys(node["data"][VALUES], "")
    return found


def _questions(graph: dict[str, list[Any]], asked: list[Json]) -> list[Json]:
    """One for each secret value that nobody asks for yet."""
    taken = {place.get("at") for each in asked for place in each.get("places") or ()}
    return [
        {
            "name": f"{node['id']}_{key}",
            "title": f"{key} of {node['data'].get('name') or node['id']}",
            "type": "secret",
            "places": [{"at": f"{node['id']}/{VALUES}/{key}"}],
        }
        for node in graph["nodes"]
        if node["type"] == SECRET_TYPE
        for key in node["data"].get(VALUES) or {}
        if f"{node['id']}/{VALUES}/{key}" not in taken
    ]


def _fitting(parameters: list[Json], graph: dict[str, list[Any]]) -> list[Json]:
    """As they are kept, once they fit the graph."""
    try:
        read = msgspec.convert(parameters, tuple[Parameter, ...])
        check_parameters(read, tuple(graph["nodes"]))
    except (msgspec.ValidationError, StackError) as error:
        raise BadTemplate(f"{str(error).rstrip('.')}.") from None
    return list(msgspec.to_builtins(read))


def _tell(template: Template, action: str, actor: Principal, detail: Json) -> None:
    audit.record(
        action=action,
        object_type="template",
        object_id=template.pk,
        object_name=template.title,
        detail=detail,
        workspace=template.workspace_id,
        actor=actor,
    )
