"""Fixtures of the tests that speak HTTP: two tenants, an administrator, and clients for them."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from accounts.models import Role, User
from tests.factories import JsonClient, make_client, make_user


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> Iterator[None]:
    """Throttles count in the cache, which no transaction rolls back."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def member(db: None) -> User:
    return make_user("member@example.com", name="Member")


@pytest.fixture
def other_member(db: None) -> User:
    """Somebody of another tenant."""
    return make_user("other@example.com", name="Other")


@pytest.fixture
def admin(db: None) -> User:
    return make_user("root@example.com", name="Root", role=Role.ADMIN)


@pytest.fixture
def client_for() -> Callable[[User | None], JsonClient]:
    """`client_for(user)` has the user's bearer token, `client_for(None)` has none."""
    return make_client
