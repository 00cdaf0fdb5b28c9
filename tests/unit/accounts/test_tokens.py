"""Tokens alone: what we signed and when it holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine

from accounts import tokens
from accounts.models import Session

NOW = datetime(2026, 3, 24, 10, tzinfo=UTC)


def session() -> Session:
    return Session(id="s1", user_id="u1", token_id="t1", rotated_at=NOW)


def test_the_same_row_gives_the_same_pair() -> None:
    first, second = tokens.token_pair(session()), tokens.token_pair(session())
    assert (first.access, first.refresh) == (second.access, second.refresh)
    assert first.access not in repr(first)


def test_claims() -> None:
    payload = jwt.decode(tokens.token_pair(session()).access, options={"verify_signature": False})
    assert payload == {
        "token_type": "access",
        "sub": "u1",
        "sid": "s1",
        "jti": "t1",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
    }


@pytest.mark.parametrize(
    ("later", "holds", "may_refresh"),
    [
        (timedelta(minutes=59), True, True),
        (timedelta(minutes=61), False, True),
        (timedelta(days=7, minutes=59), False, True),
        (timedelta(days=7, minutes=61), False, False),
    ],
)
def test_how_long_an_access_token_is_good_for(later: timedelta, holds: bool, may_refresh: bool) -> None:
    token = tokens.token_pair(session()).access
    with time_machine.travel(NOW + later, tick=False):
        assert (tokens.read_access(token) is not None) is holds
        assert (tokens.read_access(token, may_be_expired=True) is not None) is may_refresh


@time_machine.travel(NOW, tick=False)
def test_all_keys_verify_and_strangers_do_not(settings: Any) -> None:
    settings.VAULT_KEYS = ["old"]
    pair = tokens.token_pair(session())
    expected = tokens.Claims("s1", "t1")
    settings.VAULT_KEYS = ["new", "old"]
    assert tokens.read_access(pair.access) == tokens.read_refresh(pair.refresh) == expected
    assert tokens.token_pair(session()).access != pair.access
    settings.VAULT_KEYS = ["new"]
    assert tokens.read_access(pair.access) is None
    assert tokens.read_refresh(pair.refresh) is None


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "s1.t1.", "s1.t1.é", "\ud800.a.b", "not a token"])
def test_junk_is_nobody(text: str) -> None:
    assert tokens.read_refresh(text) is None
    assert tokens.read_access(text) is None
    assert tokens.read_access(text, may_be_expired=True) is None


@time_machine.travel(NOW, tick=False)
def test_an_unsigned_or_foreign_token_is_nobody(settings: Any) -> None:
    payload = {
        "token_type": "access",
        "sub": "u1",
        "sid": "s1",
        "jti": "t1",
        "exp": int(NOW.timestamp()) + 60,
    }
    for key, algorithm in (("", "none"), ("k" * 32, "HS256"), (settings.SECRET_KEY, "HS256")):
        assert tokens.read_access(jwt.encode(payload, key, algorithm=algorithm)) is None


@time_machine.travel(NOW, tick=False)
def test_a_refresh_token_is_no_access_token_and_the_other_way_round() -> None:
    pair = tokens.token_pair(session())
    assert tokens.read_access(pair.refresh) is None
    assert tokens.read_refresh(pair.access) is None
