"""Who may open a terminal, and where: everything that is settled before a socket is accepted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from accounts.authentication import is_live
from clusters.live.logs.pods import WITH_PODS, Subject
from clusters.live.terminal.shells import is_shell
from clusters.models import Cluster, Resource
from clusters.resources.errors import NotForThisKind
from clusters.resources.selectors import get_resource
from clusters.types import Need
from core.api.permissions import Access
from core.context import RequestInfo, client_ip
from core.errors import AppError, InvalidInput, PermissionDenied
from core.ids import new_id
from core.principal import Principal
from realtime.credentials import authenticate

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_LONGEST_SESSION = 200


class OriginRefused(PermissionDenied):
    code = "origin_refused"

    def __init__(self) -> None:
        super().__init__("A page of this origin may not open a terminal here.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for."""

    pod: str
    container: str
    shell: str
    session: str
    after: int | None
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come in, and to what. `workspace` is that of the cluster."""

    actor: Principal
    resource: Resource
    cluster: str
    workspace: str
    wish: Wish

    @property
    def subject(self) -> Subject:
        return Subject(self.resource.kind, self.resource.namespace, self.resource.name)


def admit(*, scope: Mapping[str, Any], resource_id: str, access: Access) -> Admission:
    """Raises the error that the handshake is answered with. Synchronous."""
    check_origin(scope)
    query = query_of(scope)
    actor = authenticate(
        authorization=header(scope, "authorization"),
        ticket=query.get("ticket", ""),
        path=str(scope["path"]),
        # A shell in a container is for a person who signed in.
        token_scopes=None,
    )
    if access is Access.ADMIN and not actor.is_admin:
        raise PermissionDenied("You may not do this.")
    wish = read_wish(query)
    resource, cluster = get_resource(resource_id=resource_id, need=Need.RUN, actor=actor)
    if resource.kind != "Pod" and resource.kind not in WITH_PODS:
        raise NotForThisKind("entered by a terminal", resource.kind, "it has no pods")
    workspace = Cluster.objects.values_list("workspace_id", flat=True).get(pk=resource.cluster_id)
    return Admission(actor, resource, cluster.name, workspace, wish)


def may_stay(*, resource_id: str, actor: Principal) -> bool:
    """Whether both the sign-in and the right still hold."""
    try:
        get_resource(resource_id=resource_id, need=Need.RUN, actor=actor)
    except AppError:
        return False
    return is_live(actor)


def check_origin(scope: Mapping[str, Any]) -> None:
    """Programs send none; a browser's must be one of ours."""
    found = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    if not found:
        return
    if len(found) > 1 or not (found[0] in allowed_origins() or _is_same(found[0], header(scope, "host"))):
        raise OriginRefused


def allowed_origins() -> set[str]:
    own = urlsplit(settings.PUBLIC_URL)
    origins = {f"{own.scheme}://{own.netloc}", *settings.CORS_ORIGINS}
    if own.hostname in ("localhost", "127.0.0.1", "::1"):
        port = f":{own.port}" if own.port else ""
        origins |= {f"{own.scheme}://{name}{port}" for name in _LOOPBACK}
    return origins


def _is_same(origin: str, host: str) -> bool:
    """The page came from where the socket goes to; a browser lets a page choose neither of the two."""
    parts = urlsplit(origin)
    return bool(host) and parts.scheme in ("http", "https") and parts.netloc == host


def header(scope: Mapping[str, Any], name: str) -> str:
    wanted = name.encode("ascii")
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


def query_of(scope: Mapping[str, Any]) -> dict[str, str]:
    text = bytes(scope.get("query_string") or b"").decode("latin-1")
    try:
        return {name: values[0] for name, values in parse_qs(text, max_num_fields=50).items()}
    except ValueError:
        raise InvalidInput("The address cannot be read.") from None


def request_info(scope: Mapping[str, Any]) -> RequestInfo:
    """For the audit log."""
    remote = (scope.get("client") or ("", 0))[0]
    ip = client_ip(remote, header(scope, "x-forwarded-for"), settings.TRUSTED_PROXIES)
    return RequestInfo(new_id(), ip, header(scope, "user-agent")[:300])


def read_wish(query: Mapping[str, str]) -> Wish:
    for field in ("pod", "container"):
        if query.get(field) and not _NAME.match(query[field]):
            raise _refused(field, "It is not a name.")
    shell = query.get("shell", "")
    if shell and not is_shell(shell):
        raise _refused("shell", "It is a shell such as sh, bash, ash or zsh, perhaps with its path.")
    session = query.get("session", "")
    if len(session) > _LONGEST_SESSION:
        raise _refused("session", "It is not the id of a terminal.")
    columns, rows = (_number(query, name) for name in ("cols", "rows"))
    size = (columns, rows) if columns and rows else None
    return Wish(query.get("pod", ""), query.get("container", ""), shell, session, _number(query, "after"), size)


def _number(query: Mapping[str, str], field: str) -> int | None:
    text = query.get(field, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _refused(field, "It is a number.")
    return int(text)


def _refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}", fields={field: [message]})
