"""Deny by default: a view that does not declare its access is closed, and a test finds it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.principal import Principal
from core.scopes import Scopes, check_scopes

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Access(StrEnum):
    """Who may call a view at all; which objects they see is the business of selectors."""

    PUBLIC = "public"
    MEMBER = "member"
    ADMIN = "admin"


class DeclaredAccess(BasePermission):
    """Reads `access` of the view: one Access, or a mapping of method to Access; and likewise `token_scopes`, which
    says what a personal access token needs. Where it says nothing, no token will do.
    """

    message = "You may not do this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        access = access_of(view, request.method or "")
        if access is None:
            return False
        if access is Access.PUBLIC:
            return True
        actor = request.auth
        if not isinstance(actor, Principal):
            return False
        check_scopes(token_scopes_of(view, request.method or ""), actor)
        return access is Access.MEMBER or actor.is_admin


def access_of(view: Any, method: str) -> Access | None:
    """The declared access of `view` (an instance or a class) for one HTTP method; None when undeclared."""
    return _declared(view, "access", method)


def token_scopes_of(view: Any, method: str) -> Scopes:
    """What a token needs for one HTTP method of `view`; None when only a person who signed in may."""
    return _declared(view, "token_scopes", method)


def _declared(view: Any, name: str, method: str) -> Any:
    declared = getattr(view, name, None)
    if isinstance(declared, dict):
        return declared.get("GET" if method in ("HEAD", "OPTIONS") else method)
    return declared
