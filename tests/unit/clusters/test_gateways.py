"""One gateway per cluster and way of reaching it, cheap to ask for, from many threads."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.services import principal_of
from clusters import services
from clusters.errors import ClusterNotFound
from clusters.kube.gateway import Unreachable
from clusters.models import Cluster
from clusters.services import gateways
from clusters.services.inputs import Given

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(member: User, practice: Any) -> Callable[..., Cluster]:
    def make(name: str = "home", **more: Any) -> Cluster:
        given = {"server": practice.url, "token": practice.token, "ca_data": practice.ca, **more}
        return services.create_cluster(name=name, given=Given("bearer_token", **given), actor=principal_of(member))

    return make


def test_it_works_and_is_kept(add: Any, django_assert_num_queries: Any) -> None:
    cluster = add()
    gateway = services.gateway_for(cluster.pk)
    assert services.call(gateway.version(), timeout=10).startswith("v1.36.")
    with django_assert_num_queries(1):
        assert services.gateway_for(cluster.pk) is gateway


@pytest.mark.parametrize(
    "change",
    [{"credentials_revision": 2}, {"server": "https://127.0.0.1:1"}, {"ca_data": ""}, {"fingerprint": "0" * 64}],
)
def test_another_way_is_another_gateway(add: Any, change: dict[str, Any]) -> None:
    cluster = add()
    gateway = services.gateway_for(cluster.pk)
    Cluster.objects.filter(pk=cluster.pk).update(**change)
    other = services.gateway_for(cluster.pk)
    assert other is not gateway
    assert services.gateway_for(cluster.pk) is other


def test_new_credentials_are_used(add: Any, practice: Any, member: User) -> None:
    cluster = add(token="wrong")
    gateway = services.gateway_for(cluster.pk)
    with pytest.raises(Exception, match="nauthorized"):
        services.call(gateway.raw("GET", "/api/v1/nodes"), timeout=10)
    services.change_credentials(
        name_or_id=cluster.pk, given=Given("bearer_token", token=practice.token), actor=principal_of(member)
    )
    nodes = services.call(services.gateway_for(cluster.pk).raw("GET", "/api/v1/nodes"), timeout=10)
    assert len(nodes["items"]) == 1


def test_what_is_merely_seen_changes_no_gateway(add: Any, member: User) -> None:
    cluster = add()
    gateway = services.gateway_for(cluster.pk)
    services.test_cluster(name_or_id="home", actor=principal_of(member))
    assert services.gateway_for(cluster.pk) is gateway


def test_a_removed_cluster_has_none(add: Any, member: User, django_capture_on_commit_callbacks: Any) -> None:
    cluster = add()
    services.gateway_for(cluster.pk)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_cluster(name_or_id="home", actor=principal_of(member))
    assert not gateways._kept
    with pytest.raises(ClusterNotFound):
        services.gateway_for(cluster.pk)


def test_there_are_never_too_many(add: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "MOST", 2)
    first, second, third = (add(name) for name in ("a", "b", "c"))
    kept = services.gateway_for(first.pk)
    services.gateway_for(second.pk)
    assert services.gateway_for(first.pk) is kept
    services.gateway_for(third.pk)
    assert set(gateways._kept) == {first.pk, third.pk}


def test_practice_without_a_server(member: User, add: Any) -> None:
    cluster = add()
    Cluster.objects.update(access="practice")
    with pytest.raises(Unreachable) as caught:
        services.gateway_for(cluster.pk)
    assert caught.value.reason == "refused"


@pytest.mark.django_db(transaction=True)
def test_many_threads_get_the_same(add: Any) -> None:
    from django.db import connections

    cluster = add()
    found: list[Any] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        try:
            barrier.wait(30)
            found.append(services.gateway_for(cluster.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 8
    assert len({id(gateway) for gateway in found}) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_add_the_same_name_one_succeeds(add: Any, monkeypatch: pytest.MonkeyPatch, member: User) -> None:
    """Also of two first clusters one is the default."""
    from django.db import connections

    from clusters.errors import NameTaken
    from clusters.services import lifecycle
    from clusters.types import Finding

    barrier = threading.Barrier(4)

    def find_out(connection: Any) -> Finding:
        barrier.wait(30)
        return Finding(version="v1")

    monkeypatch.setattr(lifecycle, "find_out", find_out)
    outcomes: list[str] = []

    def act(name: str) -> None:
        try:
            add(name)
            outcomes.append("added")
        except NameTaken:
            outcomes.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(name,)) for name in ("same", "same", "one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["added"] * 3 + ["taken"]
    assert Cluster.objects.filter(is_default=True).count() == 1
