"""The cryptography alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.envelope import Keyring, derive, key_label
from vault.errors import Tampered, UnknownKey, VaultError

OLD, NEW = "old-secret", "new-secret"


@given(plain=st.binary(max_size=300), context=st.text(max_size=40, alphabet=st.characters(codec="utf-8")))
def test_what_is_sealed_opens_again(plain: bytes, context: str) -> None:
    ring = Keyring([OLD])
    envelope = ring.seal(plain, context)
    assert ring.open(envelope, context) == plain
    assert len(plain) < 8 or plain not in envelope


def test_every_envelope_is_another() -> None:
    ring = Keyring([OLD])
    assert ring.seal(b"same", "row") != ring.seal(b"same", "row")


def test_another_context_does_not_open_it() -> None:
    ring = Keyring([OLD])
    with pytest.raises(Tampered):
        ring.open(ring.seal(b"value", "row-1"), "row-2")


def test_every_changed_byte_is_noticed() -> None:
    ring = Keyring([OLD])
    envelope = ring.seal(b"value", "row")
    for position in range(len(envelope)):
        damaged = bytearray(envelope)
        damaged[position] ^= 1
        with pytest.raises(VaultError):
            ring.open(bytes(damaged), "row")


@pytest.mark.parametrize("junk", [b"", b"\x01", b"plain text that was never encrypted", b"\x01" * 200])
def test_what_is_no_envelope_is_refused_and_never_given_back(junk: bytes) -> None:
    with pytest.raises(VaultError):
        Keyring([OLD]).open(junk, "row")


def test_a_removed_key_is_named_but_not_revealed() -> None:
    envelope = Keyring([OLD]).seal(b"value", "row")
    with pytest.raises(UnknownKey) as caught:
        Keyring([NEW]).open(envelope, "row")
    assert key_label(envelope) in str(caught.value)
    assert OLD not in str(caught.value)


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    envelope = Keyring([OLD]).seal(b"value", "row")
    both = Keyring([NEW, OLD])
    assert both.open(envelope, "row") == b"value"
    assert key_label(both.seal(b"value", "row")) == both.current.label != key_label(envelope)


def test_rewrapping_changes_the_key_and_nothing_else() -> None:
    envelope = Keyring([OLD]).seal(b"value", "row")
    moved = Keyring([NEW, OLD]).rewrap(envelope)
    assert Keyring([NEW]).open(moved, "row") == b"value"
    with pytest.raises(Tampered):
        Keyring([NEW]).open(moved, "other row")


@pytest.mark.parametrize("secrets", [[], [""], ["good", ""]])
def test_no_key_is_an_error_at_once(secrets: list[str]) -> None:
    with pytest.raises(VaultError):
        Keyring(secrets)


def test_derived_keys_differ_by_purpose_and_by_secret() -> None:
    keys = {derive(secret, purpose) for secret in (b"a", b"b") for purpose in ("x", "y")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def test_a_master_key_does_not_show_itself() -> None:
    key = Keyring([OLD]).current
    assert key.key.hex() not in repr(key)
