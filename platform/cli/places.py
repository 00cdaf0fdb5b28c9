"""Which server, and what one signs in with: from the environment, or from a file that only its owner can read."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cli.errors import BadUsage

_URL, _TOKEN = "SAILCLOTH_URL", "SAILCLOTH_TOKEN"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """`url` has no slash at its end; `token` may be empty before one has logged in."""

    url: str
    token: str

    @property
    def is_in_the_clear(self) -> bool:
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname not in _LOOPBACK


def config_file() -> Path:
    """By the XDG Base Directory Specification, where a relative path counts as not set."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if home and Path(home).is_absolute() else Path.home() / ".config"
    return base / "sailcloth" / "config.json"


def clean_url(text: str) -> str:
    """`https://host[:port][/path]`; whatever else a URL may hold is refused."""
    parts = urlsplit(text.strip())
    try:
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadUsage("The server is an address such as https://sailcloth.example.com, without anything after it.")
    return text.strip().rstrip("/").removesuffix("/v1/api")


def current_place() -> Place:
    """The environment counts before the file. The token of the file is for the file's server only."""
    stored = _read()
    url = os.environ.get(_URL, "").strip()
    token = os.environ.get(_TOKEN, "").strip()
    address = clean_url(url) if url else stored.url
    if not address:
        raise BadUsage(f"Which server? Run `sailcloth login`, or set {_URL} and {_TOKEN}.")
    if not token and address == stored.url:
        token = stored.token
    if not token:
        raise BadUsage(f"You are not logged in to {address}. Run `sailcloth login`, or set {_TOKEN}.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise BadUsage(f"What is in {_TOKEN} is not a token.")
    return Place(address, token)


def stored_url() -> str:
    """What `login` offers when no server is named."""
    return os.environ.get(_URL, "").strip() or _read().url


def save(place: Place) -> Path:
    """Written beside and moved into place, so that it is never half there nor readable for others."""
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"url": place.url, "token": place.token}, file)
        draft.replace(path)
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return path


def forget() -> bool:
    """Whether there was anything to forget."""
    try:
        config_file().unlink()
    except FileNotFoundError:
        return False
    return True


def _read() -> Place:
    path = config_file()
    try:
        found = json.loads(path.read_text())
        return Place(str(found.get("url", "")), str(found.get("token", "")))
    except FileNotFoundError:
        return Place("", "")
    except (OSError, ValueError, AttributeError):
        raise BadUsage(f"{path} cannot be read; run `sailcloth login` again, or remove it.") from None
