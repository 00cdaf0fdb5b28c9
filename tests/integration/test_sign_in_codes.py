"""One-time codes of sign-ins by providers, when everybody comes at the same time."""

import threading

import pytest
from django.db import connection
from social_django.models import UserSocialAuth

from accounts.errors import InvalidSignInCode
from accounts.models import Session, User
from accounts.oauth import Claims
from accounts.services import exchange, receive
from core.errors import AppError

pytestmark = pytest.mark.django_db(transaction=True)
INES = Claims(provider="sso", uid="1" * 64, email="ines@example.com", name="Ines")


def all_at_once(codes: list[str]) -> list[AppError | None]:
    """What became of each exchange."""
    outcomes: list[AppError | None] = []
    start = threading.Barrier(len(codes))

    def trade(code: str) -> None:
        try:
            start.wait()
            exchange(code=code, browser="b")
            outcomes.append(None)
        except AppError as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=trade, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_code_gives_one_session() -> None:
    code = receive(claims=INES, browser="b")
    outcomes = all_at_once([code] * 6)
    assert len(outcomes) == 6
    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(outcome is None or isinstance(outcome, InvalidSignInCode) for outcome in outcomes)
    assert Session.objects.count() == 1


def test_a_newcomer_in_several_tabs_is_one_person() -> None:
    """Who loses the race is told so, and signs in as the same person the next time."""
    codes = [receive(claims=INES, browser="b") for _ in range(4)]
    outcomes = all_at_once(codes)
    assert len(outcomes) == 4
    assert any(outcome is None for outcome in outcomes)
    assert all(outcome is None or outcome.code in ("account_exists", "identity_taken") for outcome in outcomes)
    assert User.objects.count() == 1
    assert UserSocialAuth.objects.count() == 1
    exchange(code=receive(claims=INES, browser="b"), browser="b")
    assert User.objects.count() == 1
