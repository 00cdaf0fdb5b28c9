"""Bearer tokens for REST framework: `request.user` is the person, `request.auth` the Principal."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.authentication import authenticate_bearer
from accounts.models import User
from core.errors import Unauthenticated
from core.principal import Principal


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: of a session or a personal one. No header is nobody; a header that does not
    hold is a 401.
    """

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        token = bearer_token(request)
        if token is None:
            return None
        try:
            return authenticate_bearer(token)
        except Unauthenticated as error:
            # REST framework's own kind of error carries the WWW-Authenticate header.
            raise AuthenticationFailed(error.message) from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_token(request: Any) -> str | None:
    """The token of the header, or None when there is no bearer header."""
    scheme, _, token = get_authorization_header(request).strip().partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    return token.strip().decode("latin-1")
