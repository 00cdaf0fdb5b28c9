"""`manage.py rotate_secret_keys`: afterwards the old key is not needed any more."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import SignupSetting
from accounts.services.invites import generate_invite_code, read_invite_code
from core.principal import system_principal
from vault import rotation, services
from vault.columns import SealedColumn, register_column, sealed_columns
from vault.keys import keyring
from vault.models import SecretRevision

pytestmark = pytest.mark.django_db

OLD, NEW = ["old"], ["new", "old"]


@pytest.fixture(autouse=True)
def _forget_digest_root() -> Any:
    services._digest_roots.clear()
    yield
    services._digest_roots.clear()


def rotate() -> str:
    out = StringIO()
    call_command("rotate_secret_keys", stdout=out)
    return out.getvalue()


def test_everything_is_under_the_new_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    settings.VAULT_KEYS = OLD
    rows = services.store_many(values={str(n): f"v{n}" for n in range(5)}, purpose="env", workspace="w1")
    digest = services.digest("x", "env")
    code = generate_invite_code(actor=system_principal("test"))

    settings.VAULT_KEYS = NEW
    text = rotate()
    assert "vault.SecretRevision.ciphertext: 5 re-wrapped" in text
    assert "vault.StoredKey.ciphertext: 1 re-wrapped" in text
    assert "accounts.SignupSetting.invite_code: 1 re-wrapped" in text

    settings.VAULT_KEYS = ["new"]
    services._digest_roots.clear()
    found = services.reveal([row.pk for row in rows.values()], purpose="env", workspace="w1")
    assert sorted(found.values()) == ["v0", "v1", "v2", "v3", "v4"]
    assert set(SecretRevision.objects.values_list("key_id", flat=True)) == {keyring().current.label}
    assert services.digest("x", "env") == digest
    assert read_invite_code(SignupSetting.objects.get()) == code


def test_a_second_time_there_is_nothing_to_do(settings: Any) -> None:
    settings.VAULT_KEYS = OLD
    services.store(value="v", purpose="env", workspace="w1")
    settings.VAULT_KEYS = NEW
    rotate()
    assert "0 values are now under key" in rotate()


def test_rows_that_changed_meanwhile_are_left_alone(settings: Any) -> None:
    settings.VAULT_KEYS = OLD
    row = services.store(value="v", purpose="env", workspace="w1")
    settings.VAULT_KEYS = NEW
    stale = bytes(row.ciphertext)[:-1] + b"\x00"
    assert rotation._rotate_row(SealedColumn("vault.SecretRevision", "ciphertext"), row.pk, stale) == 0


def test_empty_columns_are_skipped(settings: Any) -> None:
    SignupSetting.objects.create(pk=1)
    assert "accounts.SignupSetting.invite_code: 0 re-wrapped" in rotate()


def test_accounts_say_which_columns_are_sealed() -> None:
    assert SealedColumn("accounts.OneTimeCode", "sealed") in sealed_columns()
    register_column("accounts.OneTimeCode", "sealed")
    assert len(sealed_columns()) == len(set(sealed_columns()))
