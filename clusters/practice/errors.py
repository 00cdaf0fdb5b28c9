"""The API's refusals: one exception that carries a real Status object, and a builder per kind of refusal.

Must not know where in the server a refusal arises.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .objects import Obj


class ApiError(Exception):
    """A refusal with the Status object that the client gets."""

    def __init__(
        self, code: int, reason: str, message: str, details: Obj | None = None, *, plain: bool = False, token: str = ""
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details
        self.is_plain, self.token = plain, token

    def status(self) -> Obj:
        body: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        if self.token:
            body["metadata"] = {"continue": self.token}
        body["message"] = self.message
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        body["code"] = self.code
        return body


@dataclass(frozen=True)
class Cause:
    """One violated rule: where, why, and the text that the real server writes."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def show(value: Any) -> str:
    """A value as the messages of the API server quote it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def required(field: str, detail: str = "") -> Cause:
    return Cause("FieldValueRequired", "Required value" + (f": {detail}" if detail else ""), field)


def invalid_value(field: str, value: Any, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {show(value)}: {detail}", field)


def forbidden_value(field: str, detail: str) -> Cause:
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field)


def unsupported(field: str, value: Any, allowed: list[str]) -> Cause:
    names = ", ".join(show(a) for a in allowed)
    return Cause("FieldValueNotSupported", f"Unsupported value: {show(value)}: supported values: {names}", field)


def duplicate(field: str, value: Any) -> Cause:
    return Cause("FieldValueDuplicate", f"Duplicate value: {show(value)}", field)


def not_found_value(field: str, value: Any) -> Cause:
    return Cause("FieldValueNotFound", f"Not found: {show(value)}", field)


def too_long(field: str, limit: int) -> Cause:
    return Cause("FieldValueTooLong", f"Too long: may not be more than {limit} bytes", field)


def _details(name: str, group: str, kind: str) -> Obj:
    details: Obj = {}
    if name:
        details["name"] = name
    if group:
        details["group"] = group
    if kind:
        details["kind"] = kind
    return details


def qualified(group: str, kind: str) -> str:
    return f"{kind}.{group}" if group else kind


def invalid(group: str, kind: str, name: str, causes: list[Cause]) -> ApiError:
    texts = list(dict.fromkeys(str(c) for c in causes))
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details = _details(name, group, kind)
    details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return ApiError(422, "Invalid", f'{qualified(group, kind)} "{name}" is invalid: {joined}', details)


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def internal(message: str) -> ApiError:
    """What the real server answers where its own code gives a plain error: 500 and no reason."""
    return ApiError(500, "", message)


def not_found(group: str, plural: str, name: str) -> ApiError:
    return ApiError(404, "NotFound", f'{qualified(group, plural)} "{name}" not found', _details(name, group, plural))


def already_exists(group: str, plural: str, name: str, prefix: str = "") -> ApiError:
    text = f'{prefix}{qualified(group, plural)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", text, _details(name, group, plural))


def conflict(group: str, plural: str, name: str, why: str) -> ApiError:
    text = f'Operation cannot be fulfilled on {qualified(group, plural)} "{name}": {why}'
    return ApiError(409, "Conflict", text, _details(name, group, plural))


def stale(group: str, plural: str, name: str) -> ApiError:
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(group, plural, name, why)


def forbidden(group: str, plural: str, name: str, why: str, causes: list[Obj] | None = None) -> ApiError:
    what = qualified(group, plural) + (f' "{name}"' if name else "")
    details = _details(name, group, plural)
    if causes:
        details["causes"] = causes
    return ApiError(403, "Forbidden", f"{what} is forbidden: {why}", details)


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def page_not_found() -> ApiError:
    """A group or version that is not served: plain text, no Status."""
    return ApiError(404, "", "404 page not found\n", plain=True)


def no_such_path() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> ApiError:
    text = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", text, {})


def not_acceptable(message: str) -> ApiError:
    return ApiError(406, "NotAcceptable", message)


def unsupported_media_type(accepted: list[str]) -> ApiError:
    text = "the body of the request was in an unknown format - accepted media types include: "
    return ApiError(415, "UnsupportedMediaType", text + ", ".join(accepted))


def expired(message: str, token: str = "") -> ApiError:
    """`token` goes on where the expired one stopped."""
    return ApiError(410, "Expired", message, token=token)
