"""Where a registry is, as a person writes it, and what its type implies. Pure."""

import ipaddress
import re
from dataclasses import dataclass

from clusters.kube.network import is_host_name, never
from clusters.registries.references import HUB, BadReference, canonical_host, check_host, is_path

HUB_API = "https://registry-1.docker.io"
DOCKERHUB, ECR = "dockerhub", "ecr"
# Where a type has one well-known place.
KNOWN_HOSTS = {DOCKERHUB: HUB, "ghcr": "ghcr.io", "gitlab": "registry.gitlab.com", "gcr": "gcr.io"}
_ECR_HOST = re.compile(r"[0-9]{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)(?::443)?\Z")
_MAX = 2000


class BadAddress(ValueError):
    """The message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Address:
    """`host` in its one spelling, with its port; `path` empty, or the beginning of repositories up to a slash."""

    host: str
    path: str = ""
    is_plain_http: bool = False

    @property
    def api(self) -> str:
        """Where its API is, without a path."""
        if self.host == HUB:
            return HUB_API
        return f"{'http' if self.is_plain_http else 'https'}://{self.host}"

    @property
    def url(self) -> str:
        """As it is shown."""
        scheme = "http" if self.is_plain_http else "https"
        return f"{scheme}://{self.host}{f'/{self.path}' if self.path else ''}"


def read_address(text: str, kind: str) -> Address:
    """`text` may be a URL or just the host, with or without a path; empty for the well-known place of the type."""
    text = text.strip() or KNOWN_HOSTS.get(kind, "")
    if not text:
        raise BadAddress("Say where the registry is, for example registry.example.com or registry.example.com/team.")
    if len(text) > _MAX or not text.isascii() or any(ch.isspace() or ord(ch) < 32 for ch in text):
        raise BadAddress("The address of a registry is a host, perhaps with a port and a path.")
    scheme, _, rest = text.rpartition("://")
    if scheme.lower() not in ("", "http", "https"):
        raise BadAddress("The address of a registry begins with https:// or with its host.")
    if "@" in rest:
        raise BadAddress("The address of a registry must not carry a user name or a password.")
    host, _, path = rest.partition("/")
    host = _host(host)
    path = _path(path)
    if kind == DOCKERHUB and host != HUB:
        raise BadAddress(f"{host} is not Docker Hub; choose another type for it.")
    if kind == ECR and not _ECR_HOST.match(host):
        raise BadAddress("An ECR registry is at <account>.dkr.ecr.<region>.amazonaws.com.")
    is_plain = scheme.lower() == "http" or (not scheme and _is_loopback(host))
    return Address(host, path, is_plain and host != HUB)


def region_of(host: str) -> tuple[str, str]:
    """Region and domain of an ECR host."""
    match = _ECR_HOST.match(host)
    if match is None:
        raise BadAddress(f"{host} is not the host of an ECR registry.")
    return match[1], match[2]


def _host(host: str) -> str:
    try:
        check_host(host)
    except BadReference as error:
        raise BadAddress(str(error)) from None
    host = canonical_host(host)
    name = _without_port(host)
    if not is_host_name(name):
        raise BadAddress(f"{name} is not the name of a host.")
    try:
        why = never(str(ipaddress.ip_address(name)))
    except ValueError:
        why = ""
    if why:
        raise BadAddress(f"{why[0].upper()}{why[1:]}.")
    return host


def _path(text: str) -> str:
    """Without the `/v1/` and `/v2/` that some tools show at the end of a registry's address."""
    path = re.sub(r"\Av[12](?:/|\Z)", "", text.rstrip("/"))
    if path and not is_path(path):
        raise BadAddress("The path of a registry is the beginning of its repositories: lower-case parts and slashes.")
    return path


def _without_port(host: str) -> str:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.removeprefix("[").removesuffix("]")


def _is_loopback(host: str) -> bool:
    """There container engines do not expect TLS either."""
    name = _without_port(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
