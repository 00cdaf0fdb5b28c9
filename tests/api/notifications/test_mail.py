"""News by mail: to whom it may go, once, and again while the mail server is away."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from core.work.models import Work, WorkState
from core.work.runner import run_one
from tests.api.notifications.conftest import API, tell
from tests.factories import make_client

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> list[Work]:
    return list(Work.objects.filter(kind="notifications.mail"))


@pytest.fixture(autouse=True)
def _server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    settings.PUBLIC_URL = "https://sails.example.com"


def test_what_went_wrong_is_mailed_once(member: User) -> None:
    tell(member, name="Shop\nBcc: evil@example.com")
    tell(member, status="succeeded")
    (row,) = work()
    run_one(row.pk)
    run_one(row.pk)
    (sent,) = mail.outbox
    assert sent.to == ["member@example.com"]
    assert sent.subject == "Shop Bcc: evil@example.com could not be deployed on home"
    assert "web: no such image" in sent.body
    assert "https://sails.example.com/workflows/w1?run=run_1" in sent.body
    assert "https://sails.example.com/settings/notifications" in sent.body
    assert make_client(member).get(f"{API}/preferences").json()["email"]["is_available"] is True


def test_not_to_an_address_that_nobody_confirmed_nor_to_a_closed_account(member: User) -> None:
    member.is_email_verified = False
    member.save()
    tell(member)
    run_one(work()[0].pk)
    member.is_email_verified, member.is_active = True, True
    member.save()
    tell(member)
    member.is_active = False
    member.save()
    for row in work():
        run_one(row.pk)
    assert mail.outbox == []


def test_not_where_it_is_not_wanted_and_not_without_a_server(member: User, settings: Any) -> None:
    client = make_client(member)
    wish = {"kind": "run.failed", "in_app": True, "email": False}
    client.put(f"{API}/preferences", {"preferences": [wish]})
    tell(member)
    settings.EMAIL_HOST = ""
    tell(member, status="rolled_back")
    assert work() == []
    assert client.get(API).json()["total"] == 2


def test_a_server_that_is_away_is_asked_again(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(member)
    (row,) = work()

    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr("notifications.mail.send_mail", refuse)
    run_one(row.pk)
    monkeypatch.undo()
    row.refresh_from_db()
    assert (row.state, "nobody listens" in row.error) == (WorkState.QUEUED, True)
    Work.objects.filter(pk=row.pk).update(not_before=row.created_at)
    run_one(row.pk)
    assert len(mail.outbox) == 1
