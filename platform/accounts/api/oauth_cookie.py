"""The notes of journeys to providers, sealed in a cookie of the browser that made them.

SameSite=Lax, since the provider sends the browser back from its own site; HttpOnly, and only for the routes
that need it. What cannot be opened is as good as none.
"""

import base64
import binascii
import json
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase

from accounts.oauth import JOURNEY_SECONDS, Notes
from vault.errors import VaultError
from vault.services import decrypt_text, encrypt_text

COOKIE = "sailcloth_oauth"
PATH = "/v1/api/auth/oauth"
# Longer than a journey: a newcomer may still look for the invite code.
_SECONDS = 2 * JOURNEY_SECONDS
_SEAL = "accounts.oauth-notes"
_SECRET = "browser"  # noqa: S105 - the name of an entry
_LONGEST = 4096


def read_notes(request: Any) -> Notes:
    """The browser's notes, or new ones with a secret of their own."""
    text = request.COOKIES.get(COOKIE, "")
    if text and len(text) <= _LONGEST:
        try:
            opened = json.loads(decrypt_text(base64.urlsafe_b64decode(text), purpose=_SEAL, row=""))
            return dict(opened)
        except (VaultError, binascii.Error, ValueError):
            pass
    return {_SECRET: secrets.token_urlsafe(32)}


def secret_of(notes: Notes) -> str:
    """What binds a one-time code to this browser."""
    return str(notes[_SECRET])


def write_notes(response: HttpResponseBase, notes: Notes) -> None:
    sealed = encrypt_text(json.dumps(notes, separators=(",", ":")), purpose=_SEAL, row="")
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=_SECONDS,
        path=PATH,
        secure=settings.PUBLIC_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def clear_notes(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
