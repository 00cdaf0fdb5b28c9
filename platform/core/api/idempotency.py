"""Idempotency-Key: a POST that is sent twice, because the first answer was lost, acts once.

The answer of a success is kept for 24 hours and given again. A request that was refused changed nothing, so
its key is free again, and what failed on our side may be tried again with the same key.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency_models import IdempotencyKey
from core.errors import Conflict, InvalidInput
from core.principal import Principal

KEPT = timedelta(hours=24)
# No request lasts this long: the process that handled it is gone, and with it its transaction.
ABANDONED = timedelta(minutes=10)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEPT_HEADERS = ("ETag", "Location")
_LENGTH = 200

M = TypeVar("M", bound=Callable[..., Response])


def idempotent(method: M) -> M:
    """Decorates `post` of an ApiView: honours the header where a client sends one."""

    @extend_schema(parameters=[OpenApiParameter(HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER)])
    @wraps(method)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > _LENGTH or not key.isprintable():
            raise InvalidInput(
                f"The {HEADER} has up to {_LENGTH} printable characters.", code="invalid_idempotency_key"
            )
        row = _begin(view.actor, f"{request.method} {request.path.rstrip('/')}", key, fingerprint(request))
        if row.status is not None:
            return _replay(row)
        try:
            response = method(view, request, *args, **kwargs)
        except BaseException:
            _forget(row)
            raise
        if response.status_code >= 400:
            _forget(row)
        else:
            _keep(row, response)
        return response

    return cast(M, post)


def fingerprint(request: Request) -> str:
    """A hash of what was asked: the query, and the body whatever its spacing and order of keys."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    files = [(name, file) for name, found in request.FILES.lists() for file in found]
    if files:
        for name, values in sorted(request.POST.lists()):
            digest.update(msgspec.json.encode([name, values]))
        for name, file in sorted(files, key=lambda item: item[0]):
            digest.update(msgspec.json.encode([name, file.name]))
            _add_file(digest, file)
    else:
        digest.update(msgspec.json.encode(request.data, order="deterministic"))
    return digest.hexdigest()


def _add_file(digest: Any, file: UploadedFile) -> None:
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)


def prune() -> int:
    """Forget keys that are over their time; the sweep calls it."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _begin(actor: Principal, route: str, key: str, request_hash: str) -> IdempotencyKey:
    """Our own new row, whose status is empty, or the finished one of an equal request; else a 409."""
    now = timezone.now()
    name = {"actor_id": f"{actor.kind}:{actor.id}"[:100], "route": route[:300], "key": key}
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(**name, request_hash=request_hash, created_at=now)
    except IntegrityError:
        row = IdempotencyKey.objects.filter(**name).first()
    if row is None:
        raise _in_progress()
    is_over = row.created_at < now - KEPT or (row.status is None and row.created_at < now - ABANDONED)
    if is_over:
        # Of two who find it so one gets it.
        taken = IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at).update(
            created_at=now, request_hash=request_hash, status=None, body=None, headers={}
        )
        if not taken:
            raise _in_progress()
        row.status = None
        return row
    if row.request_hash != request_hash:
        raise Conflict(f"This {HEADER} was used for another request.", code="idempotency_key_reused")
    if row.status is None:
        raise _in_progress()
    return row


def _in_progress() -> Conflict:
    return Conflict(f"The first request with this {HEADER} is still under way.", code="idempotency_in_progress")


def _keep(row: IdempotencyKey, response: Response) -> None:
    row.status = response.status_code
    row.body = msgspec.json.decode(JSONRenderer().render(response.data) or b"null")
    row.headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    row.save(update_fields=["status", "body", "headers"])


def _forget(row: IdempotencyKey) -> None:
    IdempotencyKey.objects.filter(pk=row.pk, status=None).delete()


def _replay(row: IdempotencyKey) -> Response:
    return Response(row.body, status=row.status, headers={**row.headers, REPLAYED: "true"})
