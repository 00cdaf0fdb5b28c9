"""Connections as values: what is checked, what is sealed, and what never shows."""

import dataclasses
import traceback

import pytest

from clusters.kube.connection import (
    BadConnection,
    Connection,
    Credential,
    check_connection,
    decode_pem,
    normal_fingerprint,
    own_connection,
)
from clusters.kube.direct import DirectGateway


@pytest.fixture
def connection(certificates):
    return Connection(
        server="https://203.0.113.5:6443",
        ca_data=certificates.ca_pem,
        token="s3cr3t-token",
        client_certificate=certificates.client_certificate,
        client_key=certificates.client_key,
        allowed_networks=("10.0.0.0/8",),
    )


def test_the_secret_part_survives_sealing(connection):
    credential = connection.credential
    assert Credential.from_json(credential.to_json()) == credential
    assert Credential.from_json('{"token": "t", "from_the_future": 1}') == Credential(token="t")
    assert Credential.from_json(Credential().to_json()) == Credential()
    again = Connection.of(
        connection.server, credential, ca_data=connection.ca_data, allowed_networks=connection.allowed_networks
    )
    assert again == connection


def test_nothing_secret_shows(connection):
    texts = [repr(connection), str(connection), repr(connection.credential), repr(DirectGateway(connection))]
    spoiled = dataclasses.replace(connection, token=f"{connection.token} twice")
    try:
        check_connection(spoiled)
    except BadConnection:
        texts.append(traceback.format_exc())
    for text in texts:
        assert "s3cr3t" not in text and "PRIVATE" not in text


def test_a_good_one_passes(connection):
    check_connection(connection)
    check_connection(Connection(server="https://example.com"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"server": "http://example.com"}, "server"),
        ({"ca_data": "nonsense"}, "ca_data"),
        ({"server_name": "not a name"}, "server_name"),
        ({"fingerprint": "12:34"}, "fingerprint"),
        ({"allowed_networks": ("everywhere",)}, "allowed_networks"),
        ({"token": "two words"}, "token"),
        ({"token": "x" * 70_000}, "token"),
        ({"client_key": ""}, "client_key"),
        ({"client_certificate": ""}, "client_certificate"),
        ({"client_certificate": "nonsense"}, "client_certificate"),
        ({"client_key": "nonsense"}, "client_key"),
    ],
)
def test_what_cannot_work_is_named(connection, change, field):
    with pytest.raises(BadConnection) as caught:
        check_connection(dataclasses.replace(connection, **change))
    assert caught.value.field == field


def test_fingerprints_in_all_their_spellings():
    plain = "ab" * 32
    colons = ":".join(["AB"] * 32)
    for text in (plain, plain.upper(), colons, f"SHA256:{plain}", f"sha256 Fingerprint={colons}", f" {plain} "):
        assert normal_fingerprint(text) == plain
    assert normal_fingerprint("ab" * 31) == ""
    assert normal_fingerprint("zz" * 32) == ""


def test_pem_comes_plain_or_in_base64(certificates):
    assert decode_pem(certificates.ca_pem, "ca_data") == certificates.ca_pem
    with pytest.raises(BadConnection):
        decode_pem("***", "ca_data")
    with pytest.raises(BadConnection):
        decode_pem("A" * 300_000, "ca_data")


def test_the_pods_own_identity(tmp_path, certificates):
    with pytest.raises(BadConnection):
        own_connection(folder=tmp_path)
    (tmp_path / "ca.crt").write_text(certificates.ca_pem)
    (tmp_path / "token").write_text("s3cr3t-token\n")
    connection = own_connection(folder=tmp_path)
    assert connection.token == "s3cr3t-token"
    assert connection.token_file == str(tmp_path / "token")
    assert "s3cr3t" not in repr(connection)
