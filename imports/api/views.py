"""Imports over HTTP: files in, a report and decisions, a workflow out."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import with_etag
from core.api.idempotency import idempotent
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope
from imports import selectors, services
from imports.api.serializers import (
    AnalyzeIn,
    AppliedOut,
    ApplyIn,
    ChoicesIn,
    CreatedOut,
    CreateIn,
    FilesOut,
    ImportDeletedOut,
    ImportListOut,
    ImportOut,
    UploadIn,
    etag_of,
    import_out,
    note_out,
    summary_out,
)
from imports.archives import MAX_BYTES
from imports.errors import TooMuch
from imports.origin import Repository
from imports.types import Source
from workflows.api.graph_fields import refuse_huge
from workflows.api.workflow_serializers import fields_of, workflow_out

_SORTS = {name: name for name in ("created_at", "updated_at", "status")}
_DEFAULT_NAME = "compose.yaml"
_COMPOSE = "services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n"


class AnalyzeView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="imports_analyze",
        summary="Look through a text, a repository or a namespace: what each key becomes, what is asked, and the graph",
        description="A text is looked through at once, and so is a namespace of a cluster that you may look at. A "
        "repository is fetched by a worker: the answer says `analyzing`, and the stream of the import tells how far it "
        "is and when it is `ready` or `failed`.",
        request=AnalyzeIn,
        responses=ImportOut,
        examples=[
            OpenApiExample(
                "A Compose file", {"source": {"content": _COMPOSE, "filename": "compose.yaml"}}, request_only=True
            ),
            OpenApiExample(
                "A repository",
                {"source": {"git_url": "https://github.com/team/app", "ref": "main", "path": "deploy"}},
                request_only=True,
            ),
            OpenApiExample(
                "A namespace that lives", {"source": {"cluster": "prod", "namespace": "shop"}}, request_only=True
            ),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        refuse_huge(request)
        data = self.read(AnalyzeIn, request)
        source, profiles, variables = data["source"], data.get("profiles", ()), data.get("env", {})
        if "git_url" in source:
            session = services.begin_fetch(
                repository=_repository(source), profiles=profiles, variables=variables, actor=self.actor
            )
        elif "cluster" in source:
            session = services.begin_adoption(
                cluster=source["cluster"], namespace=source["namespace"], actor=self.actor
            )
        else:
            name = source.get("filename") or _DEFAULT_NAME
            session = services.begin_import(
                files=services.read_files([(name, source["content"].encode())]),
                source=Source("content", name),
                profiles=profiles,
                variables=variables,
                actor=self.actor,
            )
        return with_etag(Response(import_out(session)), etag_of(session))


def _repository(source: dict[str, Any]) -> Repository:
    credentials = source.get("credentials", {})
    return Repository(
        url=source["git_url"],
        ref=source.get("ref", ""),
        path=source.get("path", ""),
        username=credentials.get("username", ""),
        token=credentials.get("token", ""),
        is_kept=bool(credentials.get("keep", True)),
        submodules=source.get("submodules", False),
    )


class UploadView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="imports_upload",
        summary="Look through files, or an archive of them",
        request={"multipart/form-data": UploadIn},
        responses=ImportOut,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            raise TooMuch(f"The upload is larger than {MAX_BYTES // 2**20} MiB; send only what is needed.")
        data = self.read(UploadIn, request)
        files = data["file"]
        paths = data.get("path") or [file.name for file in files]
        if len(paths) != len(files):
            message = "path is sent once for each file, or not at all."
            raise InvalidInput(message, fields={"path": [message]})
        session = services.begin_import(
            files=services.read_files([(path, file.read()) for path, file in zip(paths, files, strict=True)]),
            source=Source("upload", ", ".join(file.name for file in files)),
            profiles=[name.strip() for name in (data.get("profiles") or "").split(",") if name.strip()],
            variables=services.read_variables(data.get("env") or ""),
            actor=self.actor,
        )
        return with_etag(Response(import_out(session)), etag_of(session))


class ImportsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="imports_list",
        summary="Your imports that have not expired",
        parameters=[OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")],
        responses=ImportListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.list_imports(search=query.search, actor=self.actor)
        return list_response("imports", rows, query, summary_out)


class ImportView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "DELETE": Scope.WRITE}

    @extend_schema(operation_id="imports_get", summary="One import with its report", responses=ImportOut)
    def get(self, request: Request, id: str) -> Response:
        session = selectors.get_import(import_id=id, actor=self.actor)
        return with_etag(Response(import_out(session)), etag_of(session))

    @extend_schema(
        operation_id="imports_delete",
        summary="Forget it and its files; workflows made from it stay",
        responses=ImportDeletedOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        services.delete_import(import_id=id, actor=self.actor)
        return Response({"message": "The import and its files were removed."})


class ChoicesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="imports_choose",
        summary="The same files with other decisions",
        request=ChoicesIn,
        responses=ImportOut,
        examples=[
            OpenApiExample(
                "An address for the world", {"choices": {"service.web.exposure": "ingress"}}, request_only=True
            )
        ],
    )
    def put(self, request: Request, id: str) -> Response:
        data = self.read(ChoicesIn, request)
        session = services.choose(
            import_id=id,
            choices=data.get("choices", {}),
            profiles=data.get("profiles"),
            variables=data.get("env"),
            actor=self.actor,
        )
        return with_etag(Response(import_out(session)), etag_of(session))


class FilesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="imports_files",
        summary="The files that the report is about, as they were sent",
        responses=FilesOut,
    )
    def get(self, request: Request, id: str) -> Response:
        found = services.sources_of(import_id=id, actor=self.actor)
        return Response({"files": [{"name": name, "text": text} for name, text in found]})


class CreateWorkflowView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="imports_create_workflow",
        summary="A workflow from an import",
        request=CreateIn,
        responses={201: CreatedOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = self.read(CreateIn, request)
        applied = services.create_workflow_from(
            import_id=data["import_id"], fields=fields_of(data), choices=data.get("choices"), actor=self.actor
        )
        return Response(_created(applied), status=status.HTTP_201_CREATED)


class ApplyView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="imports_apply",
        summary="Into a workflow that is there: what you changed stays, the rest follows the input",
        request=ApplyIn,
        responses=AppliedOut,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = self.read(ApplyIn, request)
        applied = services.apply_import(
            import_id=data["import_id"],
            workflow_id=data["workflow_id"],
            choices=data.get("choices"),
            actor=self.actor,
        )
        return Response({**_created(applied), "notes": [note_out(note) for note in applied.notes]})


def _created(applied: Any) -> dict[str, Any]:
    return {"workflow": workflow_out(applied.workflow), "report": applied.report}
