"""Who opens a stream or a terminal: a bearer token in the header, or a ticket in the query."""

from django.http import HttpRequest

from accounts.authentication import authenticate_token, is_live
from core.errors import Unauthenticated
from core.principal import Principal
from core.scopes import Scopes, check_scopes
from realtime.threads import in_thread
from realtime.tickets import use_ticket

_ACTOR = "stream_actor"


def authenticate(*, authorization: str, ticket: str, path: str, token_scopes: Scopes) -> Principal:
    """The principal, or a 401; a 403 when it is a token without `token_scopes`. Synchronous; the header counts
    where both are given."""
    actor = _principal(authorization, ticket, path)
    check_scopes(token_scopes, actor)
    return actor


def _principal(authorization: str, ticket: str, path: str) -> Principal:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return authenticate_token(token.strip())
    if ticket:
        return use_ticket(ticket, path)
    raise Unauthenticated("Sign in to do this.")


async def authenticate_stream(request: HttpRequest, token_scopes: Scopes) -> Principal:
    """The principal of an async view's request; remembered, so that the stream can ask whether it still
    holds."""
    actor = await in_thread(
        authenticate,
        authorization=request.headers.get("Authorization", ""),
        ticket=request.GET.get("ticket", ""),
        path=request.path,
        token_scopes=token_scopes,
    )
    setattr(request, _ACTOR, actor)
    return actor


async def is_still_valid(request: HttpRequest) -> bool:
    """Whether the session or token behind the request still holds. True where nobody signed in: a public
    stream."""
    actor = getattr(request, _ACTOR, None)
    return actor is None or await in_thread(is_live, actor)
