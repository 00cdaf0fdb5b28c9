"""A configuration directory of the docker command for one build: its logins and nothing of the machine's own."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path

from builds.engines.types import Registry

_HUB, _HUB_KEY = "docker.io", "https://index.docker.io/v1/"


def write_configuration(folder: Path, logins: Iterable[Registry]) -> Path:
    """The directory for DOCKER_CONFIG; readable by us alone, and gone with `folder`."""
    place = folder / "docker"
    place.mkdir(mode=0o700, exist_ok=True)
    file = place / "config.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"auths": auths_of(logins)}))
    return place


def auths_of(logins: Iterable[Registry]) -> dict[str, dict[str, str]]:
    """As the docker command and BuildKit look them up, by host."""
    return {_HUB_KEY if each.host == _HUB else each.host: {"auth": _auth(each)} for each in logins if each.username}


def write_secrets(folder: Path, secrets: dict[str, str]) -> dict[str, Path]:
    """One file each, under a number: a name is somebody's choice, a path is not."""
    place = folder / "secrets"
    place.mkdir(mode=0o700, exist_ok=True)
    files = {}
    for number, (name, value) in enumerate(sorted(secrets.items())):
        file = place / str(number)
        file.touch(mode=0o600)
        file.write_text(value)
        files[name] = file
    return files


def _auth(login: Registry) -> str:
    return base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
