"""Logging in: what is kept, who can read it, and to whom it is sent."""

import json
import stat
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Said, call
from tests.integration.product.support import PASSWORD, Product

ADMIN = "admin@sailcloth.local"


def kept(home: Path) -> dict[str, str]:
    return dict(json.loads((home / "sailcloth" / "config.json").read_text()))


def log_in(home: Path, server: str, *, password: str = PASSWORD) -> Said:
    words = ("login", "--url", f"{server}/", "--email", ADMIN, "--password-stdin", "--json")
    return call(*words, home=home, stdin=f"{password}\n")


def test_by_password(tmp_path: Path, server: str, product: Product) -> None:
    sessions = product.get("auth/sessions")["total"]
    said = log_in(tmp_path, server)
    assert said.code == 0, said.err
    assert (said.json["email"], said.json["url"]) == (ADMIN, server)
    file = tmp_path / "sailcloth" / "config.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    found = kept(tmp_path)
    assert found["url"] == server and found["token"].startswith("slc_")
    # The password is used once: neither it nor the session that it opened stays.
    assert PASSWORD not in file.read_text()
    assert found["token"] not in said.out + said.err
    assert product.get("auth/sessions")["total"] == sessions
    names = {row["name"] for row in product.get("tokens")["tokens"]}
    assert any(name.startswith("sailcloth on ") for name in names)
    listed = call("workflows", "list", home=tmp_path)
    assert listed.code == 0 and "Hello, Sailcloth" in listed.out


def test_by_token(tmp_path: Path, server: str, token: str) -> None:
    said = call("login", "--url", server, "--token-stdin", home=tmp_path, stdin=f"{token}\n")
    assert said.code == 0, said.err
    assert said.out == f"Logged in to {server} as {ADMIN}.\n"
    assert kept(tmp_path)["token"] == token
    out = call("logout", home=tmp_path)
    assert out.code == 0 and not (tmp_path / "sailcloth" / "config.json").exists()
    assert call("workflows", "list", home=tmp_path).code == 2


def test_a_wrong_one_is_not_kept(tmp_path: Path, server: str) -> None:
    refused = log_in(tmp_path, server, password="wrong password")
    assert (refused.code, refused.error["code"]) == (3, "invalid_credentials")
    refused = call("login", "--url", server, "--token-stdin", home=tmp_path, stdin="slc_wrong\n")
    assert refused.code == 3
    assert not (tmp_path / "sailcloth").exists()


@pytest.mark.parametrize(
    "words",
    [("login",), ("login", "--url", "{server}"), ("login", "--url", "{server}", "--email", ADMIN)],
    ids=["no-server", "no-token", "no-password"],
)
def test_a_pipeline_is_never_asked(tmp_path: Path, server: str, words: tuple[str, ...]) -> None:
    said = call(*(word.format(server=server) for word in words), home=tmp_path)
    assert said.code == 2 and "is missing" in said.err


def test_a_token_goes_to_its_own_server_only(tmp_path: Path, server: str) -> None:
    log_in(tmp_path, server)
    said = call("workflows", "list", home=tmp_path, SAILCLOTH_URL="http://127.0.0.1:9")
    assert said.code == 2 and "not logged in" in said.err


def test_what_cannot_be_a_token_or_a_configuration(tmp_path: Path) -> None:
    env = {"SAILCLOTH_URL": "http://127.0.0.1:9", "SAILCLOTH_TOKEN": "slc_x y"}
    said = call("workflows", "list", home=tmp_path, **env)
    assert said.code == 2 and "slc_x" not in said.err
    broken = tmp_path / "sailcloth" / "config.json"
    broken.parent.mkdir()
    broken.write_text("{")
    said = call("workflows", "list", home=tmp_path)
    assert said.code == 2 and "cannot be read" in said.err
