"""Who opens a stream or a terminal: a bearer token in the header, or a ticket in the query."""

from django.http import HttpRequest

from accounts.authentication import authenticate_token, is_live
from core.errors import Unauthenticated
from core.principal import Principal
from realtime.threads import in_thread
from realtime.tickets import use_ticket

_ACTOR = "stream_actor"


def authenticate(*, authorization: str, ticket: str, path: str) -> Principal:
    """The principal, or a 401. Synchronous; the header counts where both are given."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return authenticate_token(token.strip())
    if ticket:
        return use_ticket(ticket, path)
    raise Unauthenticated("Sign in to do this.")


async def authenticate_stream(request: HttpRequest) -> Principal:
    """The principal of an async view's request; remembered, so that the stream can ask whether it still
    holds."""
    actor = await in_thread(
        authenticate,
        authorization=request.headers.get("Authorization", ""),
        ticket=request.GET.get("ticket", ""),
        path=request.path,
    )
    setattr(request, _ACTOR, actor)
    return actor


async def is_still_valid(request: HttpRequest) -> bool:
    """Whether the session behind the request is still signed in. True where nobody signed in: a public
    stream."""
    actor = getattr(request, _ACTOR, None)
    return actor is None or await in_thread(is_live, actor)
