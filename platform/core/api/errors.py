"""One handler that turns every failure into the error shape of the API: `{error, code, fields?, details?}`."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

from core.errors import AppError

logger = logging.getLogger(__name__)

_CODES = {
    400: "invalid_input",
    401: "unauthenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


_WHOLE = "non_field_errors"


def error_body(
    message: str, code: str, fields: dict[str, list[str]] | None = None, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The body of every answer that is not a success."""
    body: dict[str, Any] = {"error": message, "code": code}
    if fields:
        body["fields"] = fields
    if details:
        body["details"] = details
    return body


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The `EXCEPTION_HANDLER` of REST framework. None lets an unforeseen error go on to `server_error`."""
    if isinstance(exc, AppError):
        response = Response(error_body(exc.message, exc.code, exc.fields, exc.details), status=exc.status)
        if exc.retry_after is not None:
            response["Retry-After"] = str(exc.retry_after)
        return response
    if isinstance(exc, Http404):
        return Response(error_body("There is nothing here.", "not_found"), status=404)
    if isinstance(exc, DjangoPermissionDenied):
        return Response(error_body("You may not do this.", "permission_denied"), status=403)
    if isinstance(exc, exceptions.ValidationError):
        return Response(_validation_body(exc.detail), status=400)
    if isinstance(exc, exceptions.APIException):
        return _framework_error(exc)
    return None


def _framework_error(exc: exceptions.APIException) -> Response:
    code = _CODES.get(exc.status_code, "error")
    # The routes of the contract know neither 405, 406 nor 415.
    answer = 400 if exc.status_code in (405, 406, 415) else exc.status_code
    response = Response(error_body(_sentence(str(exc.detail)), code), status=answer)
    wait = getattr(exc, "wait", None)
    if isinstance(exc, exceptions.Throttled) and wait is not None:
        response["Retry-After"] = str(int(wait) + 1)
    if answer == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _validation_body(detail: Any) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    _flatten(detail, "", fields)
    whole = fields.pop("", [])
    if whole or not fields:
        return error_body(whole[0] if whole else "The input is not valid.", "invalid_input", fields)
    name, texts = next(iter(fields.items()))
    return error_body(f"{name}: {texts[0]}", "invalid_input", fields)


def _flatten(detail: Any, path: str, into: dict[str, list[str]]) -> None:
    if isinstance(detail, dict):
        for key, value in detail.items():
            # What is wrong with a list or an object as a whole is said of its own field.
            below = "" if key == _WHOLE else str(key)
            _flatten(value, ".".join(part for part in (path, below) if part), into)
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for index, item in enumerate(detail):
            if item:
                _flatten(item, f"{path}.{index}" if path else str(index), into)
    else:
        texts = detail if isinstance(detail, list) else [detail]
        into.setdefault(path, []).extend(_sentence(str(text)) for text in texts)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's 404 for a route that does not exist."""
    return JsonResponse(error_body("There is nothing at this address.", "not_found"), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse(error_body("The request could not be understood.", "invalid_input"), status=400)


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's 500: says nothing of the cause, which is in the log under the request's id."""
    return JsonResponse(error_body("Something went wrong on our side. Please try again.", "internal_error"), status=500)
