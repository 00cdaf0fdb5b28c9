"""Credentials in the table: sealed for their row, opened only as a Connection, found by a rotation of keys."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.services import principal_of
from clusters import services
from clusters.models import Cluster
from clusters.services.inputs import Given
from clusters.services.sealing import connection_of
from vault.columns import SealedColumn, sealed_columns
from vault.errors import Tampered, UnknownKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster(member: User) -> Cluster:
    given = Given("bearer_token", server="https://127.0.0.1:1", token="a-token")
    return services.create_cluster(name="home", given=given, actor=principal_of(member))


def test_there_and_back(cluster: Cluster) -> None:
    kept = Cluster.objects.get()
    assert b"a-token" not in bytes(kept.credentials)
    assert connection_of(kept).token == "a-token"
    assert "a-token" not in repr(connection_of(kept))


def test_for_its_own_row_only(cluster: Cluster, member: User) -> None:
    given = Given("bearer_token", server="https://127.0.0.1:1", token="other-token")
    other = services.create_cluster(name="other", given=given, actor=principal_of(member))
    other.credentials = Cluster.objects.get(pk=cluster.pk).credentials
    with pytest.raises(Tampered):
        connection_of(other)


def test_a_rotation_finds_them(cluster: Cluster, settings: Any) -> None:
    assert SealedColumn("clusters.Cluster", "credentials") in sealed_columns()
    old = settings.VAULT_KEYS
    settings.VAULT_KEYS = ["a-new-key", *old]
    call_command("rotate_secret_keys", stdout=StringIO())
    settings.VAULT_KEYS = ["a-new-key"]
    assert connection_of(Cluster.objects.get()).token == "a-token"
    settings.VAULT_KEYS = old
    with pytest.raises(UnknownKey):
        connection_of(Cluster.objects.get())


def test_lists_do_not_load_them(cluster: Cluster, member: User) -> None:
    from clusters.selectors import visible_clusters

    assert "credentials" in visible_clusters(principal_of(member)).get().get_deferred_fields()
