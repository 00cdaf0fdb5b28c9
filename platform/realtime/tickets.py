"""Tickets: for a WebSocket or EventSource, which cannot send a header. No token ever stands in a URL.

A ticket opens one path once, within 30 s, for the person who asked for it. The table holds only its hash.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils import timezone

from accounts.authentication import is_live
from accounts.principals import SessionPrincipal, TokenPrincipal
from core.errors import InvalidInput, Unauthenticated
from core.principal import Principal, PrincipalKind
from realtime.models import StreamTicket

LIFETIME = timedelta(seconds=30)
API_PREFIX = "/v1/api/"
_PATH_LENGTH = 500


def create_ticket(*, path: str, actor: Principal) -> str:
    """A ticket for `path`, as under the API's base or in full; a query does not count."""
    ticket = secrets.token_urlsafe(32)
    StreamTicket.objects.create(
        digest=_digest(ticket),
        path=_normalise(path),
        principal=_dump(actor),
        expires_at=timezone.now() + LIFETIME,
    )
    return ticket


def use_ticket(ticket: str, path: str) -> Principal:
    """Whose ticket it is. It is used up, also when it does not fit: who tries tickets has none left."""
    row = StreamTicket.objects.filter(pk=_digest(ticket)).first()
    # The row can be deleted once; of two who come at the same time one finds it gone.
    if row is None or not StreamTicket.objects.filter(pk=row.pk).delete()[0]:
        raise _refused()
    actor = _load(row.principal)
    if row.expires_at <= timezone.now() or row.path != path.rstrip("/") or not is_live(actor):
        raise _refused()
    return actor


def prune_tickets() -> int:
    """Forget those that nobody used."""
    return StreamTicket.objects.filter(expires_at__lt=timezone.now() - LIFETIME).delete()[0]


def _normalise(path: str) -> str:
    bare = unquote(urlsplit(path).path).rstrip("/") if path.startswith("/") and not path.startswith("//") else ""
    if not bare or len(bare) > _PATH_LENGTH:
        message = "The path is that of a stream or terminal, such as /workflows/<id>/status/stream."
        raise InvalidInput(message, fields={"path": [message]})
    return bare if bare.startswith(API_PREFIX) else API_PREFIX.rstrip("/") + bare


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()


def _dump(actor: Principal) -> dict[str, Any]:
    return {
        "kind": actor.kind.value,
        "id": actor.id,
        "workspace": actor.workspace,
        "name": actor.name,
        "scopes": sorted(actor.scopes),
        "session_id": actor.session_id if isinstance(actor, SessionPrincipal) else None,
        "token_id": actor.token_id if isinstance(actor, TokenPrincipal) else None,
    }


def _load(stored: dict[str, Any]) -> Principal:
    fields = {**stored, "kind": PrincipalKind(stored["kind"]), "scopes": frozenset(stored["scopes"])}
    session_id, token_id = fields.pop("session_id"), fields.pop("token_id", None)
    if session_id is not None:
        return SessionPrincipal(**fields, session_id=session_id)
    return TokenPrincipal(**fields, token_id=token_id) if token_id is not None else Principal(**fields)


def _refused() -> Unauthenticated:
    return Unauthenticated("This ticket is used up, too old or for another address. Ask for a new one.")
