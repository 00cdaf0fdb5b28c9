"""Templates over HTTP: node types, and graphs to start from."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.services import custom_kinds
from clusters.vocabulary import words_at
from core.api.etag import check_if_match, if_match, with_etag
from core.api.idempotency import idempotent
from core.api.paging import list_query, page_body
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput, NotFound
from core.scopes import Scope
from plugins.registry import core_types
from plugins.selectors import node_types
from workflows.api.template_serializers import (
    TEMPLATE,
    WORDS_EXAMPLE,
    InstantiateIn,
    StackOut,
    TemplateDeletedOut,
    TemplateIn,
    TemplateKeepIn,
    TemplateListOut,
    WordsOut,
    etag_of,
    fields_of,
    node_type_out,
    stack_out,
)
from workflows.api.workflow_serializers import WorkflowOut, workflow_out
from workflows.api.workflow_serializers import etag_of as etag_of_workflow
from workflows.api.workflow_serializers import fields_of as workflow_fields_of
from workflows.templates import selectors, services

_WHAT = ("node_type", "stack")
_SORTS = {"palette": "palette", "id": "id", "display_name": "display_name", "category": "category", "type": "id"}
_LIST = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search", "category")]
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="an ETag; 412 when it has changed")


class TemplatesView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "POST": Scope.WRITE}

    @extend_schema(
        operation_id="templates_list",
        summary="Node types (their forms, and what may be connected to what) and graphs to start from",
        parameters=[
            *_LIST,
            OpenApiParameter("what", str, enum=list(_WHAT), description="only these"),
            OpenApiParameter("cluster", str, description="the name of a cluster: its custom kinds are there as well"),
        ],
        responses=TemplateListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS, default="palette", order="asc")
        what, category = request.query_params.get("what", ""), request.query_params.get("category", "")
        if what not in ("", *_WHAT):
            message = f"what is one of {', '.join(_WHAT)}."
            raise InvalidInput(message, fields={"what": [message]})
        rows: list[Any] = []
        if what != "stack":
            cluster = request.query_params.get("cluster", "")
            more = custom_kinds.custom_types(cluster=cluster, actor=self.actor) if cluster else []
            found = node_types(search=query.search, category=category, more=more, actor=self.actor)
            rows += [node_type_out(row) for row in found]
        if what != "node_type":
            offers = selectors.offers(search=query.search, category=category, actor=self.actor)
            rows += [stack_out(offer) for offer in offers]
        if query.sort != "palette":
            rows.sort(key=lambda row: str(row[_SORTS[query.sort]]))
        if query.order == "desc":
            rows.reverse()
        page = rows[query.offset : query.offset + query.limit]
        return Response(page_body("templates", page, len(rows), query))

    @extend_schema(
        operation_id="templates_keep",
        summary="Keep the draft of a workflow as a template; each secret value becomes a question",
        request=TemplateKeepIn,
        responses={201: StackOut},
        examples=[
            OpenApiExample(
                "With a question",
                {
                    "workflow_id": "01920000-0000-7000-8000-000000000000",
                    "title": "Shop",
                    "parameters": [
                        {"name": "copies", "title": "Copies", "type": "integer", "places": [{"at": "web/replicas"}]}
                    ],
                },
                request_only=True,
            )
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = self.read(TemplateKeepIn, request)
        template = services.keep_template(workflow_id=data["workflow_id"], fields=fields_of(data), actor=self.actor)
        offer = selectors.offer_of(template, self.actor)
        return with_etag(Response(stack_out(offer), status=status.HTTP_201_CREATED), etag_of(offer))


class TemplateView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "PUT": Scope.WRITE, "DELETE": Scope.WRITE}

    @extend_schema(operation_id="templates_get", summary="One template", responses=TEMPLATE)
    def get(self, request: Request, id: str) -> Response:
        found = next((row for row in node_types(actor=self.actor) if row["type"] == id), None)
        if found is not None:
            return Response(node_type_out(found))
        offer = selectors.get_offer(template_id=id, actor=self.actor)
        return with_etag(Response(stack_out(offer)), etag_of(offer))

    @extend_schema(
        operation_id="templates_update",
        summary="Change a template that you kept, or share it with everybody here",
        parameters=[IF_MATCH],
        request=TemplateIn,
        responses=StackOut,
    )
    def put(self, request: Request, id: str) -> Response:
        data = self.read(TemplateIn, request)
        expected = if_match(request)
        if expected is not None:
            check_if_match(expected, etag_of(selectors.get_offer(template_id=id, actor=self.actor)))
        template = services.update_template(template_id=id, fields=fields_of(data), actor=self.actor)
        offer = selectors.offer_of(template, self.actor)
        return with_etag(Response(stack_out(offer)), etag_of(offer))

    @extend_schema(
        operation_id="templates_delete",
        summary="Remove a template that you kept; workflows made from it stay",
        responses=TemplateDeletedOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        title = services.delete_template(template_id=id, actor=self.actor)
        return Response({"message": f"The template {title} was removed."})


class WordsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="templates_words",
        summary="Which fields Kubernetes knows at one place of the object that a node type makes",
        description="Of a recent Kubernetes; none where the place is unknown or anything may stand there.",
        parameters=[
            OpenApiParameter("path", str, description="names with dots, lists passed through: spec.template.spec")
        ],
        responses=WordsOut,
        examples=[OpenApiExample("The root of a Deployment", WORDS_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, id: str) -> Response:
        type_ = core_types().find(id)
        if type_ is None or not type_.kind:
            raise NotFound(
                f"There is no node type {id!r} that makes an object of Kubernetes.", code="template_not_found"
            )
        path = tuple(step for step in request.query_params.get("path", "").split(".") if step)
        words = words_at(type_.api_versions[0], type_.kind, path)
        return Response({"path": ".".join(path), "words": [asdict(word) for word in words]})


class InstantiateView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="templates_instantiate",
        summary="A workflow from a template",
        request=InstantiateIn,
        responses={201: WorkflowOut},
        examples=[
            OpenApiExample(
                "WordPress", {"name": "Blog", "values": {"storage": "20Gi"}, "namespace": "blog"}, request_only=True
            )
        ],
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        data = self.read(InstantiateIn, request)
        workflow = services.instantiate_template(
            template_id=id, fields=workflow_fields_of(data), values=data.get("values") or {}, actor=self.actor
        )
        return with_etag(Response(workflow_out(workflow), status=status.HTTP_201_CREATED), etag_of_workflow(workflow))
