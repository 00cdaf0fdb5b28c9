"""What tokens may do, route by route: deny by default, and looking changes nothing."""

from typing import Any

import pytest
from django.apps import apps

from accounts.authentication import authenticate_token
from accounts.models import PersonalToken, User
from accounts.services import create_token, principal_of
from audit.models import AuditEntry
from clusters.api.terminal_access import admit
from core.api.permissions import Access, access_of, token_scopes_of
from core.scopes import Scope, SignInNeeded, as_tuple
from realtime.tickets import create_ticket
from tests.architecture.routes import all_routes
from tests.factories import JsonClient, make_client, make_user
from workflows import services
from workflows.types import GraphInput

API = "v1/api/"
NODE = {"id": "web", "type": "deployment", "position": {"x": 0, "y": 0}, "data": {"name": "web", "image": "nginx"}}

# Looking that is a POST: it answers a question, and keeps nothing that a person made.
ASKING = {
    "POST v1/api/stream-tickets",
    "POST v1/api/workflows/:id/plan",
    "POST v1/api/workflows/:id/preview",
    "POST v1/api/workflows/:id/validate",
    "POST v1/api/resources/sync",
}
# What no token may even see: other ways in, who shares what with whom, and what only administrators see.
FOR_PEOPLE_ONLY = (
    f"{API}admin/",
    f"{API}auth/",
    f"{API}settings/",
    f"{API}tokens",
    f"{API}profile/password",
    f"{API}builds/webhooks",
)
# Bookkeeping: that a token was used, a ticket for a stream, that somebody looks at a cluster, and the key that is made
# when it is first needed.
BOOKKEEPING = {"accounts.PersonalToken", "realtime.StreamTicket", "clusters.ResourceMirror", "vault.StoredKey"}


def routes() -> list[tuple[str, str, Any]]:
    found = [(path, method, view) for path, method, view in all_routes() if path.startswith(API)]
    return [each for each in found if access_of(each[2], each[1]) is not Access.PUBLIC]


def needed_by(method: str, path: str) -> tuple[Scope, ...] | None:
    view = next(view for found, verb, view in all_routes() if (found, verb) == (path, method))
    scopes = token_scopes_of(view, method)
    return None if scopes is None else as_tuple(scopes)


class TestDeclared:
    def test_a_token_that_looks_reaches_no_route_that_changes(self) -> None:
        open_to_it = {f"{method} {path}" for path, method, view in routes() if token_scopes_of(view, method) == "read"}
        changing = {name for name in open_to_it if not name.startswith("GET ")}
        assert changing == ASKING
        assert len(open_to_it) > 40

    def test_what_changes_needs_more(self) -> None:
        for path, method, view in routes():
            scopes = as_tuple(token_scopes_of(view, method))
            if method != "GET" and scopes and f"{method} {path}" not in ASKING:
                assert set(scopes) <= {Scope.WRITE, Scope.DEPLOY}, f"{method} {path}"

    def test_some_things_are_for_people_only(self) -> None:
        for path, method, view in routes():
            if path.startswith(FOR_PEOPLE_ONLY) or "share" in path or "terminal" in path:
                assert token_scopes_of(view, method) is None, f"{method} {path}"
            if access_of(view, method) is Access.ADMIN:
                assert token_scopes_of(view, method) is None, f"{method} {path}"

    @pytest.mark.parametrize(
        ("route", "scopes"),
        [
            ("POST v1/api/workflows/:id/save", (Scope.WRITE,)),
            ("PUT v1/api/workflows/:id/status", (Scope.WRITE, Scope.DEPLOY)),
            ("GET v1/api/workflows/:id/status", (Scope.READ,)),
            ("POST v1/api/workflows/:id/run", (Scope.DEPLOY,)),
            ("DELETE v1/api/workflows/:id", (Scope.WRITE, Scope.DEPLOY)),
            ("POST v1/api/resources/:id/restart", (Scope.DEPLOY,)),
            ("POST v1/api/clusters", None),
            ("PUT v1/api/clusters/:name/credentials", None),
        ],
        ids=["save", "publish", "status", "run", "delete", "restart", "add-cluster", "credentials"],
    )
    def test_what_one_would_expect(self, route: str, scopes: tuple[Scope, ...] | None) -> None:
        method, _, path = route.partition(" ")
        assert needed_by(method, path) == scopes

    @pytest.mark.django_db
    def test_no_token_enters_a_terminal(self, member: User) -> None:
        token = create_token(name="ci", scopes=list(Scope), expires_in_days=1, actor=principal_of(member)).text
        path = "/v1/api/resources/x/exec/terminal"
        asked = {"headers": [(b"authorization", f"Bearer {token}".encode())], "path": path, "query_string": b""}
        with pytest.raises(SignInNeeded):
            admit(scope=asked, resource_id="x", access=Access.MEMBER)
        ticket = create_ticket(path=path, actor=authenticate_token(token))
        asked = {"headers": [], "path": path, "query_string": f"ticket={ticket}".encode()}
        with pytest.raises(SignInNeeded):
            admit(scope=asked, resource_id="x", access=Access.MEMBER)


def everything() -> dict[str, Any]:
    """What the database holds, but for the bookkeeping."""
    models = [model for model in apps.get_models() if model._meta.label not in BOOKKEEPING]
    found = {model._meta.label: sorted(map(repr, model._default_manager.values())) for model in models}
    # Whoever takes the record away is themselves recorded.
    record = AuditEntry.objects.exclude(action="audit.exported")
    return {**found, AuditEntry._meta.label: sorted(map(repr, record.values()))}


@pytest.fixture
def person(transactional_db: None) -> User:
    return make_user("ci@example.com")


@pytest.fixture
def workflow_id(person: User) -> str:
    sent = GraphInput([NODE], [])
    return services.create_workflow(fields={"name": "Shop"}, sent=sent, actor=principal_of(person)).pk


def client_with(person: User, *scopes: str) -> JsonClient:
    token = create_token(name="ci", scopes=scopes, expires_in_days=1, actor=principal_of(person)).text
    client = JsonClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def address_of(path: str, workflow_id: str) -> str:
    known = {":id": workflow_id, ":workflow_id": workflow_id, ":version": "1"} if "workflows/:" in path else {}
    return "/" + "/".join(known.get(part, "x") if part.startswith(":") else part for part in path.split("/"))


def code_of(response: Any) -> str:
    return "" if response.status_code < 400 or response.streaming else str(response.json()["code"])


@pytest.mark.django_db(transaction=True)
def test_a_token_that_looks_changes_nothing_anywhere(person: User, workflow_id: str) -> None:
    client = client_with(person)
    services.create_version(workflow_id=workflow_id, fields={}, actor=principal_of(person))
    before = everything()
    seen = 0
    for path, method, view in routes():
        answer = getattr(client, method.lower())(address_of(path, workflow_id))
        needed, code = token_scopes_of(view, method), code_of(answer)
        name = f"{method} {path} answered {answer.status_code} {code}"
        if needed is None:
            assert (answer.status_code, code) == (403, "sign_in_needed"), name
        elif needed != Scope.READ:
            assert (answer.status_code, code) == (403, "scope_missing"), name
        else:
            assert answer.status_code < 500 or answer.status_code == 503, name
            assert code not in ("sign_in_needed", "scope_missing", "unauthenticated"), name
            seen += answer.status_code == 200
        answer.close()
    assert seen > 20, "too many of the addresses lead nowhere for this to mean anything"
    assert everything() == before
    assert PersonalToken.objects.get().last_used_at is not None


@pytest.mark.django_db(transaction=True)
def test_each_scope_opens_its_own_routes_only(person: User) -> None:
    """Addresses of nothing: what is let through finds a 404 or a bad input, what is not is a 403."""
    clients = {scopes: client_with(person, *scopes) for scopes in (("write",), ("deploy",), ("write", "deploy"))}
    for path, method, view in routes():
        needed = token_scopes_of(view, method)
        if method == "GET" or needed is None:
            continue
        for scopes, client in clients.items():
            code = code_of(getattr(client, method.lower())(address_of(path, "none")))
            is_let_in = {"read", *scopes} >= set(as_tuple(needed))
            assert (code != "scope_missing") is is_let_in, f"{method} {path} with {scopes}: {code}"


@pytest.mark.django_db
def test_the_refusal_says_what_is_missing(member: User) -> None:
    client = client_with(member)
    answer = client.delete("/v1/api/workflows/x")
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "This token may not do this: it needs the scope write and deploy. Make another token.",
        "code": "scope_missing",
        "details": {"missing": ["write", "deploy"]},
    }


@pytest.mark.django_db
def test_a_person_is_not_asked_for_scopes(member: User) -> None:
    assert make_client(member).post("/v1/api/workflows", {"name": "Mine"}).status_code == 201


def test_the_document_says_what_a_token_needs(client: Any) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert paths["/v1/api/workflows/{id}/run/"]["post"]["x-token-scopes"] == ["deploy"]
    assert paths["/v1/api/tokens/"]["post"]["x-token-scopes"] == []
    assert "x-token-scopes" not in paths["/v1/api/auth/login/"]["post"]
