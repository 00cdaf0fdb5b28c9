"""User and password of a registry: checked by its type on the way in, sealed, and opened on the way out."""

import json
from typing import TYPE_CHECKING

from clusters.registries.distribution.tokens import Login
from clusters.registries.errors import BadRegistry
from vault.services import decrypt_text, encrypt_text

if TYPE_CHECKING:
    from clusters.registries.models import Registry

_PURPOSE = "registries.credentials"
GCR_KEY_USER = "_json_key"
MAX_USERNAME = 255
MAX_PASSWORD = 16 * 1024


def check_login(kind: str, username: str, password: str) -> Login | None:
    """None when neither is given: then it is used as a stranger would."""
    if kind == "gcr" and password and not username:
        username = GCR_KEY_USER
    if not username and not password:
        return None
    if not username or not password:
        missing = "password" if username else "username"
        raise BadRegistry(missing, f"{missing}: A user needs a password, and a password its user.")
    if len(username) > MAX_USERNAME or ":" in username or not username.isprintable():
        raise BadRegistry("username", "username: It is one line of at most 255 characters, without a colon.")
    if username == GCR_KEY_USER:
        password = _service_account_key(password)
    if len(password) > MAX_PASSWORD or any(ord(ch) < 32 or ord(ch) == 127 for ch in password):
        raise BadRegistry("password", "password: It is one line.")
    return Login(username, password)


def _service_account_key(text: str) -> str:
    """In one line, since that is how it travels."""
    try:
        key = json.loads(text)
    except ValueError:
        key = None
    if not isinstance(key, dict) or not all(isinstance(key.get(name), str) for name in ("client_email", "private_key")):
        raise BadRegistry("password", "password: With the user _json_key it is the JSON key of a service account.")
    return json.dumps(key, separators=(",", ":"))


def seal(registry: "Registry", login: Login | None) -> None:
    """Set the column of `registry`, which is not saved."""
    if login is None:
        registry.credentials = None
        return
    text = json.dumps([login.username, login.password])
    registry.credentials = encrypt_text(text, purpose=_PURPOSE, row=registry.pk)


def stored_login(registry: "Registry") -> Login | None:
    """What an administrator gave, which is not always what the registry is told (`logins.login_of`)."""
    if not registry.credentials:
        return None
    username, password = json.loads(decrypt_text(registry.credentials, purpose=_PURPOSE, row=registry.pk))
    return Login(username, password)
