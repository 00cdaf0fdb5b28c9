"""Who gets into a terminal and to a log: origins, tickets, roles, tenants, and rights that are taken away."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from accounts.models import User
from accounts.services import principal_of
from clusters.api import terminal_access
from clusters.live.logs import stream as log_streams
from clusters.live.terminal import registry
from clusters.live.terminal import session as sessions
from clusters.models import Resource
from tests.factories import make_client, make_user
from tests.integration.streams_pods.ground import Ground, Terminal, soon

pytestmark = pytest.mark.django_db(transaction=True)


def path_of(resource: Resource, **query: str) -> str:
    return f"/v1/api/resources/{resource.pk}/exec/terminal" + (f"?{urlencode(query)}" if query else "")


def refused(ground: Ground, path: str, **headers: str) -> tuple[int, str]:
    """With which status and code the handshake is answered."""
    with pytest.raises(InvalidStatus) as caught:
        Terminal(ground.web.port, path, headers)
    response = caught.value.response
    body = json.loads(response.body) if response.body else {}
    assert not body or set(body) >= {"error", "code"}
    return response.status_code, body.get("code", "")


def bearer(ground: Ground, user: User | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {ground.token(user)}"}


def ticket_for(ground: Ground, resource: Resource, user: User | None = None) -> str:
    answer = make_client(user or ground.owner).post("/v1/api/stream-tickets", {"path": path_of(resource)})
    assert answer.status_code == 201
    return str(answer.json()["ticket"])


def share(ground: Ground, user: User, role: str, namespaces: list[str] | None = None) -> Any:
    more: dict[str, Any] = {} if namespaces is None else {"namespaces": namespaces}
    body = {"email": user.email, "role": role, **more}
    answer = make_client(ground.owner).post("/v1/api/clusters/home/share", body)
    assert answer.status_code in (200, 201), answer.json()
    return answer.json()


def test_a_plain_request_is_told_to_upgrade(only_practice: Ground) -> None:
    url = f"http://127.0.0.1:{only_practice.web.port}{path_of(only_practice.pod())}"
    answer = httpx.get(url, headers=bearer(only_practice), trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (426, "upgrade_required")
    assert answer.headers["upgrade"] == "websocket"
    assert httpx.get(url, trust_env=False).status_code == 401


def test_nobody_without_a_sign_in(only_practice: Ground) -> None:
    resource = only_practice.pod()
    assert refused(only_practice, path_of(resource)) == (401, "unauthenticated")
    assert refused(only_practice, path_of(resource), Authorization="Bearer nonsense")[0] == 401
    token = only_practice.token()
    for name in ("token", "access_token", "authorization"):
        assert refused(only_practice, path_of(resource, **{name: token}))[0] == 401
    assert registry.count() == 0


def test_a_ticket_opens_one_terminal_once(only_practice: Ground) -> None:
    resource = only_practice.pod()
    ticket = ticket_for(only_practice, resource)
    opened = Terminal(only_practice.web.port, path_of(resource, ticket=ticket), {})
    only_practice.opened.append(opened)
    opened.ready()
    assert refused(only_practice, path_of(resource, ticket=ticket))[0] == 401
    other = only_practice.pod("other")
    assert refused(only_practice, path_of(other, ticket=ticket_for(only_practice, resource)))[0] == 401


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"]
)
def test_a_forged_origin_is_refused(only_practice: Ground, origin: str, settings: Any) -> None:
    settings.PUBLIC_URL = "http://localhost:8080"
    resource = only_practice.pod()
    status = refused(only_practice, path_of(resource), Origin=origin, **bearer(only_practice))
    assert status == (403, "origin_refused")
    # Before the ticket is looked at, which stays good for its owner.
    ticket = ticket_for(only_practice, resource)
    assert refused(only_practice, path_of(resource, ticket=ticket), Origin=origin)[0] == 403
    opened = Terminal(only_practice.web.port, path_of(resource, ticket=ticket), {"Origin": "http://127.0.0.1:8080"})
    only_practice.opened.append(opened)
    opened.ready()


def test_origins_that_are_allowed(settings: Any) -> None:
    settings.PUBLIC_URL, settings.CORS_ORIGINS = "https://sail.example", ["https://app.example"]

    def is_allowed(*origins: str, host: str = "10.0.0.1:8080") -> bool:
        headers = [(b"host", host.encode()), *((b"origin", each.encode()) for each in origins)]
        try:
            terminal_access.check_origin({"headers": headers})
        except terminal_access.OriginRefused:
            return False
        return True

    assert is_allowed() and is_allowed("https://sail.example") and is_allowed("https://app.example")
    assert is_allowed("http://10.0.0.1:8080")
    assert not is_allowed("http://sail.example") and not is_allowed("https://sail.example:444")
    assert not is_allowed("https://sail.example", "https://evil.example")
    assert not is_allowed("ftp://10.0.0.1:8080") and not is_allowed("https://sail.example.evil.example")
    assert not is_allowed("http://localhost:8080")


def test_roles_and_tenants(only_practice: Ground) -> None:
    resource = only_practice.pod()
    stranger, viewer, elsewhere, editor = (make_user() for _ in range(4))
    share(only_practice, viewer, "viewer")
    share(only_practice, elsewhere, "editor", ["other"])
    share(only_practice, editor, "editor", [only_practice.namespace])
    assert refused(only_practice, path_of(resource), **bearer(only_practice, stranger)) == (404, "resource_not_found")
    assert refused(only_practice, path_of(resource), **bearer(only_practice, elsewhere))[0] == 404
    assert refused(only_practice, path_of(resource), **bearer(only_practice, viewer)) == (403, "cluster_role")
    terminal = only_practice.terminal(resource, token=only_practice.token(editor))
    terminal.ready()
    # Somebody else's terminal is none.
    mine = only_practice.terminal(resource, session=terminal.session)
    assert mine.until_type("error")["code"] == "session_gone"
    assert registry.count() == 1
    logs = {
        person: only_practice.logs(resource, token=only_practice.token(person), follow="false").response.status_code
        for person in (stranger, elsewhere, viewer, editor)
    }
    assert list(logs.values()) == [404, 404, 200, 200]


def test_a_right_that_is_taken_away_ends_it(only_practice: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sessions.RECHECK_SECONDS <= 25 and log_streams.RECHECK_SECONDS <= 25
    monkeypatch.setattr(sessions, "RECHECK_SECONDS", 0.3)
    monkeypatch.setattr(log_streams, "RECHECK_SECONDS", 0.3)
    resource, editor = only_practice.pod(), make_user()
    shared = share(only_practice, editor, "editor")
    token = only_practice.token(editor)
    terminal, logs = only_practice.terminal(resource, token=token), only_practice.logs(resource, token=token)
    terminal.ready()
    events = logs.events()
    assert next(events)[0] == "snapshot"
    assert make_client(only_practice.owner).delete(f"/v1/api/clusters/home/shares/{shared['id']}").status_code == 200
    assert terminal.until_type("error")["code"] == "revoked"
    assert [name for name, _ in events if name != "line"] == ["revoked"]
    soon(lambda: registry.count() == 0, 10)


def test_a_sign_out_ends_it(only_practice: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "RECHECK_SECONDS", 0.3)
    token = only_practice.token()
    terminal = only_practice.terminal(only_practice.pod(), token=token)
    terminal.ready()
    url = f"http://127.0.0.1:{only_practice.web.port}/v1/api/auth/logout"
    assert httpx.post(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False).status_code == 204
    assert terminal.until_type("error")["code"] == "revoked"


@pytest.mark.parametrize(
    "query",
    [{"shell": "rm -rf /"}, {"shell": "python"}, {"container": "A B"}, {"after": "x"}, {"cols": "-1"}, {"pod": "../x"}],
)
def test_what_cannot_be_asked(only_practice: Ground, query: dict[str, str]) -> None:
    path = path_of(only_practice.pod(), **query)
    assert refused(only_practice, path, **bearer(only_practice)) == (400, "invalid_input")


def test_where_nothing_runs(only_practice: Ground) -> None:
    live = {"metadata": {"uid": "u"}}
    settings = only_practice.row("ConfigMap", "settings", live)
    assert refused(only_practice, path_of(settings), **bearer(only_practice)) == (400, "not_for_this_kind")
    gone = only_practice.terminal(only_practice.row("Pod", "gone", live))
    assert gone.until_type("error")["code"] == "resource_gone"
    resource = only_practice.pod("two")
    assert only_practice.terminal(resource, container="nope").until_type("error")["code"] == "invalid_input"
    assert refused(only_practice, "/v1/api/resources/x/exec/terminal", **bearer(only_practice))[0] == 404
    assert refused(only_practice, "/v1/api/nothing/here", **bearer(only_practice))[0] == 403


def test_frames_that_cannot_be_understood(only_practice: Ground) -> None:
    terminal = only_practice.terminal(only_practice.pod())
    terminal.ready()
    for frame in (
        "{",
        "[]",
        '"x"',
        '{"type":"input"}',
        '{"type":"resize","cols":"a","rows":1}',
        '{"type":"sing"}',
        "\x00",
    ):
        terminal.socket.send(frame)
        assert terminal.until_type("error")["code"] == "bad_message"
    terminal.socket.send(b"\x00\xff")
    assert terminal.until_type("error")["code"] == "bad_message"
    terminal.type("echo st''ill\r")
    terminal.until("still\r\n")


def test_only_so_many_at_once(only_practice: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MOST_PER_PERSON", 1)
    resource = only_practice.pod()
    only_practice.terminal(resource).ready()
    assert only_practice.terminal(resource).until_type("error")["code"] == "too_many_terminals"


def test_queries_before_a_terminal_opens(only_practice: Ground, django_assert_max_num_queries: Any) -> None:
    resource = only_practice.pod()
    scope = {
        "headers": [(b"authorization", bearer(only_practice)["Authorization"].encode())],
        "path": path_of(resource),
        "query_string": b"",
    }
    with django_assert_max_num_queries(6):
        found = terminal_access.admit(scope=scope, resource_id=resource.pk, access=terminal_access.Access.MEMBER)
    assert found.actor.id == only_practice.owner.pk
    with django_assert_max_num_queries(4):
        assert terminal_access.may_stay(resource_id=resource.pk, actor=principal_of(only_practice.owner))
