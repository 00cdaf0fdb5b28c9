"""What the tests of clusters below HTTP begin with."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from clusters import practice_link, services
from tests.factories import make_user
from tests.unit.clusters.practice_server import Practice


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    started = Practice(tmp_path_factory.mktemp("practice"))
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def _nothing_of_other_tests() -> Iterator[None]:
    yield
    services.forget_all()
    practice_link.unregister_practice()


@pytest.fixture
def member(db: None) -> User:
    return make_user("member@example.com", name="Member")
