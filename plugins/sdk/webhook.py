"""Webhook targets: how a service such as a chat or a pager wants to be told, as data. Pure.

A person adds a webhook of a target with an address, and with the secrets that the target asks for; what they are told
is then sent in the words of that service.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

# What a body may speak of; each is text, but for `is_bad`.
FACTS = ("id", "kind", "is_bad", "title", "message", "url", "subject_type", "subject_id", "created_at")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TARGET = re.compile(r"[a-z][a-z0-9-]{0,47}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# Ours, and those that say how the call itself is made.
_OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent")
_PLACE = re.compile(r"\$(?:secret\.)?[a-z][a-z0-9_]*")
_CHOICE = frozenset({"when_bad", "when_good"})
_MAX_BYTES = 16 * 1024
_MAX_SECRETS = 5


class BadTarget(ValueError):
    """A target that cannot be used; one sentence."""


class TargetSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    help: str = ""


class WebhookTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`body` is JSON. In its texts `$title`, `$message` and the other facts stand for what is told, and
    `$secret.<name>` for a secret; a text that is one fact and nothing else becomes its value. An object of exactly
    `when_bad` and `when_good` is one of the two. `escape` says what becomes of characters of the facts that the service
    would read as markup. `url` is where calls go unless a person says otherwise.
    """

    name: str
    display_name: str
    body: Any
    description: str = ""
    icon: str = "webhook"
    url: str = ""
    url_hint: str = ""
    source: str = ""
    headers: dict[str, str] = {}
    secrets: tuple[TargetSecret, ...] = ()
    escape: dict[str, str] = {}

    def check(self) -> None:
        """Raises BadTarget; all that `render` could trip over is found here, before anybody uses it."""
        if not _TARGET.fullmatch(self.name):
            raise BadTarget(f"its name {self.name[:60]!r} is not made of lower-case letters, digits and dashes")
        if not self.display_name.strip():
            raise BadTarget("it has no display_name")
        if self.url and not self.url.startswith("https://"):
            raise BadTarget("its url does not begin with https://")
        names = [each.name for each in self.secrets]
        if len(names) > _MAX_SECRETS or len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
            raise BadTarget(f"its secrets must have at most {_MAX_SECRETS} different names such as routing_key")
        if not all(len(letter) == 1 for letter in self.escape):
            raise BadTarget("escape names single characters")
        for header, value in self.headers.items():
            if not _HEADER.fullmatch(header) or header.lower() in _OURS or header.lower().startswith("sailcloth-"):
                raise BadTarget(f"it may not set the header {header[:60]!r}")
            if not value.isprintable():
                raise BadTarget(f"its header {header} holds what no header may hold")
        if len(msgspec.json.encode(self.body)) > _MAX_BYTES:
            raise BadTarget("its body is larger than 16 KiB")
        for is_bad in (True, False):
            self.render({**dict.fromkeys(FACTS, "x"), "is_bad": is_bad}, dict.fromkeys(names, "x"))

    def render(self, facts: Mapping[str, Any], secrets: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
        """The bytes to send and the headers beside ours. `facts` has all of FACTS, `secrets` those it asks for."""
        escape = str.maketrans(self.escape)
        known: dict[str, Any] = {
            f"${name}": value.translate(escape) if isinstance(value, str) else value for name, value in facts.items()
        }
        hidden = {f"$secret.{name}": value for name, value in secrets.items()}
        body = _filled(self.body, known | hidden, is_bad=bool(facts["is_bad"]))
        headers = {name: str(_text(value, hidden)) for name, value in self.headers.items()}
        return msgspec.json.encode(body), headers


def _filled(value: Any, known: Mapping[str, Any], *, is_bad: bool) -> Any:
    if isinstance(value, dict):
        if set(value) == _CHOICE:
            return _filled(value["when_bad" if is_bad else "when_good"], known, is_bad=is_bad)
        return {key: _filled(item, known, is_bad=is_bad) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, known, is_bad=is_bad) for item in value]
    return _text(value, known) if isinstance(value, str) else value


def _text(text: str, known: Mapping[str, Any]) -> Any:
    """What is put in is not read again, so no message can ask for a secret."""
    for place in _PLACE.findall(text):
        if place not in known:
            raise BadTarget(f"it speaks of {place}, which is neither a fact nor one of its secrets")
    if text in known:
        return known[text]
    return _PLACE.sub(lambda match: _word(known[match[0]]), text)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
