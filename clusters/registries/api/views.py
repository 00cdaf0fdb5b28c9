"""Registries over HTTP: looking for everyone, looking after them for administrators."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.registries import selectors, services
from clusters.registries.api.serializers import (
    ImageTagsOut,
    RegistryChangeIn,
    RegistryIn,
    RegistryListOut,
    RegistryLookupOut,
    RegistryMessageOut,
    RegistryOut,
    RegistryTestOut,
    described,
    given_of,
    lookup_out,
    registry_out,
    tags_out,
    test_out,
)
from clusters.registries.errors import BadImage
from clusters.registries.models import Registry
from core.api.etag import check_if_match, if_match, make_etag, with_etag
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.principal import Principal
from core.scopes import Scope

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_SORTS = {name: name for name in ("created_at", "updated_at", "name", "type", "host", "status")}


def etag_of(registry: Registry) -> str:
    return make_etag(registry.pk, registry.revision)


def registry_response(registry: Registry, actor: Principal, code: int = status.HTTP_200_OK) -> Response:
    return with_etag(Response(registry_out(registry, actor), status=code), etag_of(registry))


def if_match_check(request: Request) -> services.Check:
    """For a service that changes a registry: raises the 412 when someone else was first."""
    expected = if_match(request)
    return lambda registry: check_if_match(expected, etag_of(registry))


def image_of(request: Request) -> str:
    image = request.query_params.get("image") or ""
    if not image.strip():
        raise BadImage("Say which image, for example ?image=nginx:1.27.")
    return image


class RegistriesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="registries_list",
        summary="The registries that you may use; for administrators all",
        parameters=LIST_PARAMETERS,
        responses=RegistryListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.visible_registries(self.actor, query.search)
        return list_response("registries", rows, query, lambda row: registry_out(row, self.actor))


class RegistryLookupView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="registries_lookup",
        summary="The parts of an image's name, and the registry by which a run of yours would pull it",
        parameters=[OpenApiParameter("image", str, required=True, description="as a workload would name it")],
        responses=RegistryLookupOut,
    )
    def get(self, request: Request) -> Response:
        reference, registry = selectors.find_registry(image=image_of(request), actor=self.actor)
        return Response(lookup_out(reference, registry, self.actor))


class RegistryTagsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="registries_image_tags",
        summary="The tags that there are of an image, asked of its registry as a run of yours would pull it",
        parameters=[OpenApiParameter("image", str, required=True, description="as a workload would name it")],
        responses=ImageTagsOut,
        examples=[
            OpenApiExample("Of nginx", {"tags": ["1.28", "1.27", "latest"], "reason": "", "error": ""}),
        ],
    )
    def get(self, request: Request) -> Response:
        return Response(tags_out(services.find_tags(image=image_of(request), actor=self.actor)))


class RegistryView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(operation_id="registries_get", summary="One registry", responses=RegistryOut)
    def get(self, request: Request, id: str) -> Response:
        return registry_response(selectors.get_registry(registry_id=id, actor=self.actor), self.actor)


class AdminRegistriesView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_registries_create",
        summary="Add a registry; the first becomes the default",
        request=RegistryIn,
        responses={201: RegistryOut},
    )
    def post(self, request: Request) -> Response:
        data = self.read(RegistryIn, request)
        registry = services.create_registry(
            name=data["name"],
            kind=data["type"],
            given=given_of(data),
            description=data["description"],
            available_to=data["available_to"],
            users=data.get("users") or (),
            is_default=data["is_default"],
            actor=self.actor,
        )
        return registry_response(registry, self.actor, status.HTTP_201_CREATED)


class AdminRegistryView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_registries_update",
        summary="Change what is sent; another host needs its credentials with it",
        request=RegistryChangeIn,
        responses=RegistryOut,
    )
    def put(self, request: Request, id: str) -> Response:
        data = self.read(RegistryChangeIn, request)
        registry = services.update_registry(
            registry_id=id,
            given=given_of(data),
            changes=described(data),
            users=data.get("users"),
            check=if_match_check(request),
            actor=self.actor,
        )
        return registry_response(registry, self.actor)

    @extend_schema(
        operation_id="admin_registries_delete",
        summary="Forget a registry and its credentials",
        responses=RegistryMessageOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        registry = services.delete_registry(registry_id=id, check=if_match_check(request), actor=self.actor)
        return Response({"message": f"The registry {registry.name} is removed."})


class AdminRegistryTestView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_registries_test",
        summary="Sign in there now; a wrong password fails",
        request=None,
        responses=RegistryTestOut,
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(test_out(services.test_registry(registry_id=id, actor=self.actor)))


class AdminRegistryDefaultView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_registries_set_default",
        summary="Make it the registry that is used where none is named",
        request=None,
        responses=RegistryOut,
    )
    def put(self, request: Request, id: str) -> Response:
        registry = services.set_default_registry(registry_id=id, check=if_match_check(request), actor=self.actor)
        return registry_response(registry, self.actor)
