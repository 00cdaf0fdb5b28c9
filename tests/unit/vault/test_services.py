"""Revisions, digests, and the columns of other apps."""

from typing import Any

import pytest

from vault import services
from vault.envelope import keyed_digest
from vault.errors import SecretMissing, Tampered, UnknownKey
from vault.models import SecretRevision, StoredKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_digest_root() -> Any:
    services._digest_roots.clear()
    yield
    services._digest_roots.clear()


def store(value: str | bytes = "s3cret-canary", purpose: str = "env", workspace: str = "w1") -> SecretRevision:
    return services.store(value=value, purpose=purpose, workspace=workspace)


def test_a_value_comes_back() -> None:
    row = store()
    assert services.reveal([row.pk], purpose="env", workspace="w1") == {row.pk: "s3cret-canary"}
    row.refresh_from_db()
    assert b"s3cret-canary" not in bytes(row.ciphertext)
    assert "s3cret-canary" not in repr(row)


def test_many_values_come_back_in_one_query(django_assert_num_queries: Any) -> None:
    rows = services.store_many(values={f"k{n}": f"v{n}" for n in range(20)}, purpose="env", workspace="w1")
    with django_assert_num_queries(1):
        found = services.reveal([row.pk for row in rows.values()], purpose="env", workspace="w1")
    assert {name: found[row.pk] for name, row in rows.items()} == {f"k{n}": f"v{n}" for n in range(20)}


def test_many_values_are_stored_in_one_statement(django_assert_num_queries: Any) -> None:
    services.digest("x", "env")
    with django_assert_num_queries(2):  # The digest key, which is kept in memory after a commit, and the insert.
        services.store_many(values={f"k{n}": f"v{n}" for n in range(20)}, purpose="env", workspace="w1")


def test_nothing_asked_is_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert services.reveal([], purpose="env", workspace="w1") == {}


def test_bytes_come_back_as_bytes() -> None:
    row = store(b"\x00\xff")
    assert services.reveal_bytes([row.pk], purpose="env", workspace="w1") == {row.pk: b"\x00\xff"}


@pytest.mark.parametrize(("purpose", "workspace"), [("env", "w2"), ("registry", "w1")])
def test_another_workspace_or_purpose_sees_nothing(purpose: str, workspace: str) -> None:
    row = store()
    with pytest.raises(SecretMissing):
        services.reveal([row.pk], purpose=purpose, workspace=workspace)


def test_a_missing_one_is_an_error_not_a_gap() -> None:
    with pytest.raises(SecretMissing):
        services.reveal([store().pk, "nothing"], purpose="env", workspace="w1")


def test_a_ciphertext_copied_to_another_row_does_not_open() -> None:
    mine, theirs = store("mine"), store("theirs", workspace="w2")
    SecretRevision.objects.filter(pk=mine.pk).update(ciphertext=theirs.ciphertext)
    with pytest.raises(Tampered):
        services.reveal([mine.pk], purpose="env", workspace="w1")


def test_a_lost_key_is_loud(settings: Any) -> None:
    row = store()
    settings.VAULT_KEYS = ["another"]
    with pytest.raises(UnknownKey):
        services.reveal([row.pk], purpose="env", workspace="w1")


def test_a_revision_never_changes() -> None:
    row = store()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_purge_keeps_to_its_workspace() -> None:
    mine, theirs = store(), store(workspace="w2")
    assert services.purge(ids=[mine.pk, theirs.pk], workspace="w1") == 1
    assert SecretRevision.objects.get() == theirs


def test_digests_are_equal_for_equal_values_of_a_purpose_only() -> None:
    assert services.digest("a", "env") == services.digest(b"a", "env") == store("a").digest
    assert services.digest("a", "env") != services.digest("b", "env")
    assert services.digest("a", "env") != services.digest("a", "other")
    assert services.digest("a", "env") != keyed_digest(b"", b"a")


def test_digests_survive_a_new_secret_key(settings: Any) -> None:
    before = services.digest("a", "env")
    settings.VAULT_KEYS = ["a new one", *settings.VAULT_KEYS]
    services._digest_roots.clear()
    assert services.digest("a", "env") == before


def test_the_digest_key_is_made_once() -> None:
    services.digest("a", "env")
    services._digest_roots.clear()
    services.digest("a", "env")
    assert StoredKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_digest_key_of_a_transaction_that_failed_is_forgotten() -> None:
    from django.db import transaction

    StoredKey.objects.all().delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.digest("a", "env")
        raise RuntimeError
    assert not services._digest_roots
    first = services.digest("a", "env")
    services._digest_roots.clear()
    assert services.digest("a", "env") == first


def test_columns_are_bound_to_row_and_purpose() -> None:
    envelope = services.encrypt_text("grüße", purpose="cluster", row="c1")
    assert services.decrypt_text(memoryview(envelope), purpose="cluster", row="c1") == "grüße"
    for purpose, row in (("cluster", "c2"), ("registry", "c1")):
        with pytest.raises(Tampered):
            services.decrypt_text(envelope, purpose=purpose, row=row)


def test_a_column_is_no_revision() -> None:
    """The two kinds of context cannot be made to look the same."""
    row = store("value")
    with pytest.raises(Tampered):
        services.decrypt_bytes(row.ciphertext, purpose="env", row=row.pk)


def test_signing_keys_come_from_all_secret_keys(settings: Any) -> None:
    (before,) = services.derive_keys("jwt")
    settings.VAULT_KEYS = ["a new one", *settings.VAULT_KEYS]
    current, previous = services.derive_keys("jwt")
    assert current != before
    assert previous == before
