"""Many clients at the same moment: one wins, nothing is lost, nothing comes twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from realtime.models import Event
from tests.api.workflows.drawing import API, node, secret
from tests.factories import JsonClient, make_client, make_user
from vault.models import SecretRevision
from workflows.models import Version, Workflow

pytestmark = pytest.mark.django_db(transaction=True)

URL = f"{API}/workflows"
CLIENTS = 6


@pytest.fixture
def user() -> User:
    return make_user()


def at_once(user: User, call: Callable[[JsonClient, int], Any]) -> list[Any]:
    """The answers to `call` of as many clients, all let go together."""
    clients = [make_client(user) for _ in range(CLIENTS)]
    barrier = Barrier(CLIENTS)

    def work(number: int) -> Any:
        barrier.wait(30)
        try:
            return call(clients[number], number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(work, range(CLIENTS)))


def test_of_those_who_saw_one_state_one_saves(user: User) -> None:
    made = make_client(user).post(URL, {"name": "Shop"})
    url, etag = f"{URL}/{made.json()['id']}/save", made["ETag"]

    def save(client: JsonClient, number: int) -> int:
        body = {"nodes": [node(f"n{number}"), secret("pw", KEY=f"value {number}")], "edges": []}
        return int(client.post(url, body, HTTP_IF_MATCH=etag).status_code)

    assert sorted(at_once(user, save)) == [200] + [412] * (CLIENTS - 1)
    assert Workflow.objects.get().revision == 2
    assert SecretRevision.objects.count() == 1
    assert Event.objects.filter(type="workflow.updated").count() == 1


def test_versions_are_numbered_without_gaps(user: User) -> None:
    made = make_client(user).post(URL, {"name": "Shop"}).json()
    url = f"{URL}/{made['id']}/versions"
    answers = at_once(user, lambda client, _: client.post(url).json()["version"])
    assert sorted(answers) == list(range(1, CLIENTS + 1))
    assert Version.objects.count() == Workflow.objects.get().latest_version == CLIENTS


def test_equal_names_get_labels_of_their_own(user: User) -> None:
    slugs = at_once(user, lambda client, _: client.post(URL, {"name": "Web"}).json()["slug"])
    assert sorted(slugs) == ["web", *(f"web-{number}" for number in range(2, CLIENTS + 1))]


def test_one_key_makes_one_workflow(user: User) -> None:
    def create(client: JsonClient, _: int) -> int:
        return int(client.post(URL, {"name": "Once"}, HTTP_IDEMPOTENCY_KEY="k").status_code)

    assert set(at_once(user, create)) <= {201, 409}
    assert Workflow.objects.count() == 1
