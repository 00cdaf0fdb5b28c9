"""The first administrator."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from accounts.services import ensure_first_admin
from audit.models import AuditEntry
from core.errors import Conflict, InvalidInput
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _environment(settings: Any) -> None:
    settings.ADMIN_EMAIL = "Boss@Example.com"
    settings.ADMIN_PASSWORD = ""


def run() -> str:
    out = StringIO()
    call_command("ensure_admin", stdout=out)
    return out.getvalue()


def test_a_random_password_is_shown_once() -> None:
    admin, password = ensure_first_admin()
    assert (admin.email, admin.role, admin.is_email_verified) == ("boss@example.com", Role.ADMIN, True)
    assert password and admin.check_password(password)
    assert admin.personal_workspace.owner == admin
    assert ensure_first_admin() == (admin, None)
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.action, entry.detail) == ("system", "user.registered", {"role": "admin"})


def test_a_given_password_is_used_and_not_shown(settings: Any) -> None:
    settings.ADMIN_PASSWORD = "given-password"
    admin, password = ensure_first_admin()
    assert password is None
    assert admin.check_password("given-password")
    assert "given-password" not in run()


def test_the_command_prints_it_once() -> None:
    assert "with the password" in run()
    assert run() == "The administrator is boss@example.com.\n"


def test_nobody_becomes_an_administrator_by_their_address() -> None:
    make_user("boss@example.com")
    with pytest.raises(Conflict):
        ensure_first_admin()
    with pytest.raises(CommandError, match="SAILCLOTH_ADMIN_EMAIL"):
        run()
    assert not User.objects.filter(role=Role.ADMIN).exists()


def test_a_password_against_the_rules_is_refused(settings: Any) -> None:
    settings.ADMIN_PASSWORD = "short"
    with pytest.raises(InvalidInput):
        ensure_first_admin()


def test_another_admin_is_enough() -> None:
    other = make_user("other-admin@example.com", role=Role.ADMIN)
    assert ensure_first_admin() == (other, None)
