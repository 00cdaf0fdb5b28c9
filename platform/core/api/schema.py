"""What the OpenAPI document says where the generator's guess is not what we answer."""

import inspect
from collections.abc import Iterator
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from core.api.permissions import Access, access_of, token_scopes_of
from core.scopes import as_tuple


class ApiSchema(AutoSchema):
    """A delete of ours answers 200 with a message; the generator takes every delete for an empty 204.

    What a personal access token needs is `x-token-scopes`; an empty list means that none will do.
    """

    def get_extensions(self) -> dict[str, Any]:
        extensions: dict[str, Any] = super().get_extensions()
        if access_of(self.view, self.method) is Access.PUBLIC:
            return extensions
        needed = as_tuple(token_scopes_of(self.view, self.method))
        return {**extensions, "x-token-scopes": [scope.value for scope in needed]}

    def get_description(self) -> str:  # type: ignore[override]
        """What its method or its view says of itself; what only the base of all views says is for programmers. And
        who may call it, by which tokens."""
        method = getattr(self.view, self.method.lower())
        own = inspect.getdoc(method) or type(self.view).__doc__ or ""
        return " ".join([own.strip() or f"{self.get_summary() or 'No summary'}.", *self._who()]).strip()

    def _who(self) -> Iterator[str]:
        access = access_of(self.view, self.method)
        if access is Access.PUBLIC:
            yield "Nobody needs to be signed in."
            return
        if access is Access.ADMIN:
            yield "For administrators."
        needed = [scope.value for scope in as_tuple(token_scopes_of(self.view, self.method))]
        yield (
            f"A personal access token needs {' and '.join(needed)}." if needed else "No personal access token will do."
        )

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        serializers = self.get_response_serializers()
        if self.method == "DELETE" and serializers and not isinstance(serializers, dict):
            body = self._get_response_for_code(serializers, "200", direction=direction)  # type: ignore[no-untyped-call]
            return {"200": body}
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        return bodies
