"""Stream tickets: single use, 30 seconds, one path, one person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.principals import SessionPrincipal
from core.errors import InvalidInput, Unauthenticated
from core.principal import Principal, PrincipalKind
from realtime import credentials, tickets
from realtime.api.views import StreamTicketsView
from realtime.models import StreamTicket

pytestmark = pytest.mark.django_db

ALICE = Principal(PrincipalKind.USER, "alice", "w", "alice@example.org", frozenset({"*", "admin"}))
PATH = "/v1/api/workflows/1/status/stream"


def test_a_ticket_carries_its_actor_once():
    ticket = tickets.create_ticket(path=PATH, actor=ALICE)
    assert tickets.use_ticket(ticket, PATH) == ALICE
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(ticket, PATH)


def test_a_session_goes_with_it_and_must_still_hold(monkeypatch):
    actor = SessionPrincipal(PrincipalKind.USER, "alice", "w", session_id="s1")
    asked = []
    monkeypatch.setattr(tickets, "is_live", lambda who: asked.append(who.session_id) or len(asked) == 1)
    used = tickets.use_ticket(tickets.create_ticket(path=PATH, actor=actor), PATH)
    assert used == actor
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(tickets.create_ticket(path=PATH, actor=actor), PATH)
    assert asked == ["s1", "s1"]


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        f"{PATH}/",
        "/workflows/1/status/stream",
        f"{PATH}?last_event_id=3",
        "/workflows/%31/status/stream",
    ],
)
def test_ways_to_write_a_path(path):
    assert tickets.use_ticket(tickets.create_ticket(path=path, actor=ALICE), f"{PATH}/") == ALICE


@pytest.mark.parametrize(
    "path", ["", "/", "workflows", "//evil.example/v1/api/x", "https://evil.example/x", "/" + "x" * 600]
)
def test_what_is_no_path(path):
    with pytest.raises(InvalidInput):
        tickets.create_ticket(path=path, actor=ALICE)


def test_another_path_uses_it_up():
    ticket = tickets.create_ticket(path=PATH, actor=ALICE)
    for path in ("/v1/api/workflows/2/status/stream", PATH):
        with pytest.raises(Unauthenticated):
            tickets.use_ticket(ticket, path)


def test_it_lives_for_thirty_seconds():
    old = tickets.create_ticket(path=PATH, actor=ALICE)
    StreamTicket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(old, PATH)
    tickets.create_ticket(path=PATH, actor=ALICE)
    assert tickets.prune_tickets() == 0
    StreamTicket.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    assert tickets.prune_tickets() == 1


def test_only_a_hash_is_kept():
    ticket = tickets.create_ticket(path=PATH, actor=ALICE)
    row = StreamTicket.objects.values().get()
    assert ticket not in str(row)


def test_the_header_counts_before_the_ticket(monkeypatch):
    monkeypatch.setattr(credentials, "authenticate_token", lambda token: replace(ALICE, name=f"owner of {token}"))
    found = credentials.authenticate(authorization="bearer abc", ticket="x", path=PATH, token_scopes=None)
    assert found.name == "owner of abc"
    for header in ("", "Bearer", "Basic abc"):
        with pytest.raises(Unauthenticated):
            credentials.authenticate(authorization=header, ticket="", path=PATH, token_scopes=None)


def test_over_the_api():
    request = APIRequestFactory().post("/v1/api/stream-tickets", {"path": PATH}, format="json")
    force_authenticate(request, token=ALICE)
    response = StreamTicketsView.as_view()(request)
    assert response.status_code == 201
    assert response.data["expires_in"] == 30
    assert tickets.use_ticket(response.data["ticket"], PATH) == ALICE


@pytest.mark.parametrize("body", [{}, {"path": ""}, {"path": "no"}, {"path": 3.5}])
def test_a_bad_path_over_the_api(body):
    request = APIRequestFactory().post("/v1/api/stream-tickets", body, format="json")
    force_authenticate(request, token=ALICE)
    response = StreamTicketsView.as_view()(request)
    assert response.status_code == 400
    assert "path" in response.data["fields"]
