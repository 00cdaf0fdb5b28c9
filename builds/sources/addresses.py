"""Whether a repository may be asked for at all: what is wrong in the address, before anything is resolved. Pure."""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from builds.sources.types import GitSource

_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:\S+\Z")
_URL, _REF, _PATH = 2000, 250, 1000
_CREDENTIAL = 32 * 1024
_PORTS = {"https": 443, "http": 80}


def git_fault(source: GitSource) -> tuple[str, str] | None:
    """The field that is wrong and a sentence about it; None where nothing is."""
    if not _is_url(source.url):
        return "git_url", "The address of a repository looks like https://github.com/team/app."
    try:
        parts = urlsplit(source.url)
        parts.port  # noqa: B018 - raises for what is no port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.hostname.startswith("-"):
        return "git_url", "The address of a repository begins with https://."
    if "@" in parts.netloc:
        return "git_url", "Send the user and token in username and token, not in the address."
    if source.token and parts.scheme != "https":
        return "token", "A token is only sent over https."
    if len(source.ref) > _REF or source.ref.startswith("-") or not _is_word(source.ref):
        return "ref", "A ref is a branch, a tag or a commit."
    if source.subdirectory and not is_relative(source.subdirectory):
        return "subdirectory", "It is a folder of the repository, without .. and no slash in front."
    pair = source.username + source.token
    if any(ord(ch) < 32 for ch in pair) or len(pair) > _CREDENTIAL:
        return "token", "User and token are one line each."
    return None


def host_of(url: str) -> str:
    """The part of an address that a login is for: scheme, host and port, the usual one left out.

    Of an address without a fault (`git_fault`).
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    is_usual = parts.port in (None, _PORTS.get(parts.scheme))
    return f"{parts.scheme}://{shown}{'' if is_usual else f':{parts.port}'}"


def is_relative(text: str) -> bool:
    """A path that stays below the folder in which it begins."""
    parts = PurePosixPath(text).parts
    is_plain = len(text) <= _PATH and not text.startswith(("/", "-")) and all(ord(ch) >= 32 for ch in text)
    return is_plain and bool(parts) and ".." not in parts and "\\" not in text and ".git" not in parts


def _is_url(url: str) -> bool:
    return len(url) <= _URL and url.isascii() and all(33 <= ord(ch) < 127 for ch in url) and not _SCP.match(url)


def _is_word(text: str) -> bool:
    return all(ord(ch) > 32 and ch not in "\\~^:?*[\x7f" for ch in text) and ".." not in text
