"""The command in processes of its own, against the whole product with its practice cluster."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.product.support import PASSWORD, ROOT, Product, free_port

Json = dict[str, Any]
PATIENCE = 120.0


@dataclass(frozen=True)
class Said:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return dict(json.loads(self.out))

    @property
    def error(self) -> Json:
        """The last line on stderr, which is the error."""
        return dict(json.loads(self.err.strip().splitlines()[-1]))


Sailcloth = Callable[..., Said]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAILCLOTH_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(ROOT / "platform"), "XDG_CONFIG_HOME": str(home), **more}


def start(*words: str, home: Path, **more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "cli", *words]
    pipe = subprocess.PIPE
    # Not in the project's folder: the command needs nothing of it.
    return subprocess.Popen(
        command, cwd=home, env=environment(home, **more), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def call(*words: str, home: Path, stdin: str = "", **more: str) -> Said:
    process = start(*words, home=home, **more)
    out, err = process.communicate(stdin, PATIENCE)
    assert "Traceback" not in err, err
    return Said(process.returncode, out, err)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One for all tests: each brings workflows of its own."""
    running = Product(tmp_path_factory.mktemp("cli-product"), free_port(), SAILCLOTH_ADMIN_PASSWORD=PASSWORD)
    running.wait_for("Sailcloth is ready at")
    running.sign_in()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def server(product: Product) -> str:
    return product.url.removesuffix("/v1/api")


def make_token(product: Product, *scopes: str) -> str:
    made = product.post("tokens", {"name": "ci", "scopes": list(scopes), "expires_in_days": 1})
    return str(made["token"])


@pytest.fixture(scope="session")
def token(product: Product) -> str:
    return make_token(product, "read", "write", "deploy")


@pytest.fixture
def sailcloth(tmp_path: Path, server: str, token: str) -> Sailcloth:
    """As a pipeline calls it: the server and the token are in the environment. No output may hold the token."""

    def run(*words: str, stdin: str = "", **more: str) -> Said:
        env = {"SAILCLOTH_URL": server, "SAILCLOTH_TOKEN": token, **more}
        said = call(*words, home=tmp_path, stdin=stdin, **env)
        assert token not in said.out + said.err
        return said

    return run
