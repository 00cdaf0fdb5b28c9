"""Image references, by the grammar of the distribution specification (https://github.com/distribution/reference).

Pure: text in, parts out. Must not know which registries there are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HUB = "docker.io"
# One registry under many names. What somebody writes of it is kept, what it means is `HUB`.
_HUB_NAMES = frozenset(
    {HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com", "registry.docker.io"}
)
MAX_REFERENCE = 1000
MAX_NAME = 255

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN_COMPONENT = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_DOMAIN_COMPONENT}(?:\.{_DOMAIN_COMPONENT})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*\Z")
_HOST_ONLY = re.compile(rf"{_HOST}\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST_ONLY = re.compile(rf"{_DIGEST}\Z")
_KNOWN_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
_IDENTIFIER = re.compile(r"[a-f0-9]{64}\Z")


class BadReference(ValueError):
    """What cannot be the name of an image; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`host` as it is meant (every name of Docker Hub is `docker.io`), `written_host` as it was written there.
    Without a tag and a digest the tag is `latest`."""

    host: str
    repository: str
    tag: str = ""
    digest: str = ""
    written_host: str = ""

    @property
    def name(self) -> str:
        return f"{self.host}/{self.repository}"

    def __str__(self) -> str:
        return f"{self.name}{f':{self.tag}' if self.tag else ''}{f'@{self.digest}' if self.digest else ''}"


def parse_reference(text: str) -> ImageReference:
    """The parts of an image's name as a container engine would understand it."""
    if not text or len(text) > MAX_REFERENCE:
        raise BadReference(f"The name of an image has 1 to {MAX_REFERENCE} characters.")
    if _IDENTIFIER.match(text):
        raise BadReference("64 hexadecimal digits are the id of an image on one machine, not a name.")
    rest, at, digest = text.partition("@")
    if at:
        check_digest(digest)
    written, path = _split_host(rest)
    path, tag = _split_tag(path)
    host = canonical_host(written) if written else HUB
    if host == HUB and "/" not in path:
        path = f"library/{path}"
    if len(path) > MAX_NAME:
        raise BadReference(f"The repository of an image has at most {MAX_NAME} characters.")
    _check_path(path)
    return ImageReference(host, path, tag if tag or digest else "latest", digest, written or HUB)


def canonical_host(host: str) -> str:
    """One spelling of each registry: lower case, Docker Hub by its one name, no port that says nothing."""
    lower = host.lower()
    if lower != host and lower != "localhost" and "." not in host and ":" not in host:
        # Only its capitals make it a host.
        return host
    if "." in lower or "[" in lower:
        # Of other names the port is what makes them hosts.
        lower = lower.removesuffix(":443")
    return HUB if lower in _HUB_NAMES else lower


def check_host(host: str) -> None:
    """Raise for what cannot be the host of a registry, its port included."""
    if not _HOST_ONLY.match(host):
        raise BadReference(f"{_shown(host)} is not the host of a registry.")
    port = host.rpartition(":")[2] if not host.endswith("]") and ":" in host else ""
    if port and not 0 < int(port) < 65536:
        raise BadReference("The port of a registry is a number from 1 to 65535.")


def check_digest(digest: str) -> None:
    """Raise for what cannot be a digest, and for algorithms that nobody can check."""
    if not _DIGEST_ONLY.match(digest):
        raise BadReference(f"{_shown(digest)} is not a digest such as sha256:… with its hexadecimal digits.")
    algorithm, _, digits = digest.partition(":")
    if algorithm not in _KNOWN_DIGESTS:
        raise BadReference(f"Digests are {', '.join(_KNOWN_DIGESTS)}, not {_shown(algorithm)}.")
    if len(digits) != _KNOWN_DIGESTS[algorithm] or digits != digits.lower():
        raise BadReference(f"A {algorithm} digest has {_KNOWN_DIGESTS[algorithm]} lower-case hexadecimal digits.")


def is_path(text: str) -> bool:
    """Whether `text` is a repository, or the beginning of some up to a slash."""
    return len(text) <= MAX_NAME and bool(_PATH.match(text))


def is_below(repository: str, path: str) -> bool:
    """Whether `repository` is `path` or lies under it; an empty path is above all."""
    return not path or repository == path or repository.startswith(f"{path}/")


def _split_host(text: str) -> tuple[str, str]:
    """The first part is a host when nothing else can look like it: a dot, a port, `localhost`, or capitals."""
    first, slash, rest = text.partition("/")
    is_host = any(ch in first for ch in ".:[") or first == "localhost" or first.lower() != first
    if not slash or not is_host:
        return "", text
    check_host(first)
    return first, rest


def _split_tag(path: str) -> tuple[str, str]:
    name, colon, tag = path.partition(":")
    if colon and not _TAG.match(tag):
        raise BadReference(
            f"{_shown(tag)} is not a tag: 1 to 128 letters, digits, dots, dashes and underscores, "
            "with no dot or dash in front."
        )
    return name, tag


def _check_path(path: str) -> None:
    if _PATH.match(path):
        return
    if path != path.lower():
        raise BadReference("The name of an image is in lower case.")
    raise BadReference(
        f"{_shown(path.removeprefix('library/'))} is not the name of an image: lower-case letters and digits, "
        "parted by slashes, dots, dashes or underscores."
    )


def _shown(text: str) -> str:
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return '"' + "".join(ch if ch.isprintable() else "?" for ch in short) + '"'


def newest_first(tags: Iterable[str]) -> list[str]:
    """The highest version first (1.10 before 1.9), words such as `latest` after all numbers."""
    return sorted(tags, key=_by_numbers, reverse=True)


def _by_numbers(tag: str) -> tuple[tuple[bool, int, str], ...]:
    parts = tag.replace("-", ".").replace("_", ".").split(".")
    return tuple((part.isdecimal(), int(part) if part.isdecimal() and len(part) < 18 else 0, part) for part in parts)
