"""What the tables themselves refuse, and the real password hasher."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import passwords
from accounts.authentication import authenticate_token, is_live
from accounts.events import user_registered
from accounts.models import Session, User, Workspace
from accounts.principals import SessionPrincipal, principal_of
from accounts.services import create_user, end_session, start_session
from audit.models import AuditEntry
from audit.services import record
from core.context import RequestInfo, client_ip, request_context
from core.errors import InvalidInput, Unauthenticated
from core.principal import system_principal
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_addresses_are_stored_in_lower_case_and_once() -> None:
    user = make_user("MiXed@Example.COM")
    assert user.email == "mixed@example.com"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="MIXED@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="mixed@EXAMPLE.com", name="Again")


def test_a_person_has_one_personal_workspace_of_their_own() -> None:
    one, two = make_user(), make_user()
    assert one.memberships.get().role == "owner"
    mine = Workspace.objects.filter(pk=one.personal_workspace.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.create(name="second", owner=one, personal_of=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.update(owner=two)


def test_principals() -> None:
    user = make_user("ada@example.com")
    actor = principal_of(user)
    assert (actor.kind, actor.id, actor.workspace) == ("user", user.pk, user.personal_workspace.pk)
    assert (actor.name, actor.scopes, actor.is_admin) == ("ada@example.com", frozenset({"*"}), False)
    user.role = "admin"
    assert principal_of(user).is_admin


def test_a_token_becomes_a_principal_in_one_query(django_assert_num_queries: Any) -> None:
    user = make_user()
    grant = start_session(user=user, actor=principal_of(user))
    with django_assert_num_queries(1):
        actor = authenticate_token(grant.token)
    assert isinstance(actor, SessionPrincipal)
    assert (actor.id, actor.session_id) == (user.pk, grant.session_id)
    assert is_live(actor)
    assert is_live(system_principal("sweeper"))
    end_session(session_id=grant.session_id, actor=actor)
    assert not is_live(actor)
    with pytest.raises(Unauthenticated):
        authenticate_token(grant.token)


def test_a_closed_account_is_nobody() -> None:
    user = make_user()
    grant = start_session(user=user, actor=principal_of(user))
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(Unauthenticated):
        authenticate_token(grant.token)


def test_argon2_is_the_real_hasher(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = make_user(password="correct horse")
    assert user.password.startswith("argon2")
    assert passwords.is_right(user, "correct horse")
    assert not passwords.is_right(user, "wrong horse")


def test_nobody_takes_as_much_hashing_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "make_password", hashed.append)
    assert not passwords.is_right(None, "guess")
    assert not passwords.is_right(create_user(email="x@example.com", name="No password"), "guess")
    assert hashed == ["guess", "guess"]


@pytest.mark.parametrize("check", [True, False])
def test_common_passwords_are_refused_where_that_is_wanted(settings: Any, check: bool) -> None:
    settings.CHECK_COMMON_PASSWORDS = check
    if check:
        with pytest.raises(InvalidInput):
            passwords.check_rules("password123")
    else:
        passwords.check_rules("password123")


def test_apps_above_hear_of_a_registration_inside_its_transaction() -> None:
    heard: list[User] = []

    def listener(user: User, **_: Any) -> None:
        heard.append(user)
        raise RuntimeError("undoes it")

    user_registered.connect(listener)
    try:
        with pytest.raises(RuntimeError):
            make_user("new@example.com")
    finally:
        user_registered.disconnect(listener)
    assert heard[0].personal_workspace
    assert not User.objects.filter(email="new@example.com").exists()
    assert not AuditEntry.objects.exists()


def test_audit_rows_say_who_from_where_and_never_change() -> None:
    with request_context(RequestInfo("req-1", "192.0.2.7", "curl")):
        entry = record(action="thing.made", object_type="thing", object_id="1", actor=system_principal("setup", "w1"))
    assert (entry.ip, entry.request_id, entry.workspace_id) == ("192.0.2.7", "req-1", "w1")
    assert (entry.actor_kind, entry.actor_name) == ("system", "setup")
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="nothing.happened")


def test_a_session_shows_no_token() -> None:
    user = make_user()
    grant = start_session(user=user, actor=principal_of(user))
    row = str(Session.objects.values().get())
    assert grant.token not in row
    assert grant.refresh_token not in row
    assert grant.refresh_token.rpartition(".")[2] not in row
    assert grant.token not in repr(grant)


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", "198.51.100.9", 0, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.9", 1, "198.51.100.9"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.9", 1, "198.51.100.9"),
        ("10.0.0.1", "198.51.100.9, 10.0.0.2", 2, "198.51.100.9"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "<script>", 1, ""),
        ("", "", 0, ""),
        ("2001:DB8::1", "", 0, "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_say_where_somebody_is(remote: str, forwarded: str, proxies: int, expected: str) -> None:
    assert client_ip(remote, forwarded, proxies) == expected
