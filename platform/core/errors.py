"""The errors a person may see: one class per kind of failure, with a stable code and HTTP status.

Raised by services and selectors, turned into a response in one place (`core.api.errors`); never caught in views.
"""

from typing import Any


class AppError(Exception):
    """`message` is one sentence that says what is wrong and what to do. `fields` maps an input's name to sentences."""

    code = "error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: dict[str, list[str]] | None = None,
        details: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = fields
        self.details = details
        self.retry_after = retry_after


class InvalidInput(AppError):
    code = "invalid_input"
    status = 400


class Unauthenticated(AppError):
    code = "unauthenticated"
    status = 401


class PermissionDenied(AppError):
    code = "permission_denied"
    status = 403


class NotFound(AppError):
    code = "not_found"
    status = 404


class Conflict(AppError):
    code = "conflict"
    status = 409


class PreconditionFailed(AppError):
    """If-Match named another state than the current one."""

    code = "precondition_failed"
    status = 412


class TooLarge(AppError):
    code = "too_large"
    status = 413


class TooManyRequests(AppError):
    code = "too_many_requests"
    status = 429


class ClusterRefused(AppError):
    """A cluster or an engine understood what we asked and said no."""

    code = "cluster_refused"
    status = 400


class Unavailable(AppError):
    """A cluster, registry or engine cannot be reached."""

    code = "unavailable"
    status = 503
