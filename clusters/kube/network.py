"""What the address of a cluster may look like. Where a connection may go is decided by `core.network`."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.network import AddressRefused, Guard, Lookup, never, system_lookup

__all__ = [
    "AddressRefused",
    "BadServer",
    "Guard",
    "Lookup",
    "Server",
    "is_host_name",
    "never",
    "parse_server",
    "system_lookup",
]

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\Z")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~:@!$&'()*+,;=-]+)*\Z")


class BadServer(ValueError):
    """The address of a server that cannot be one of ours; the message is a sentence for the person."""


@dataclass(frozen=True)
class Server:
    """A checked `https` address. `path` is empty, or begins with a slash and does not end with one."""

    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}{self.path}"


def parse_server(text: str) -> Server:
    """The server of a cluster as a person wrote it. Nothing is resolved here."""
    text = text.strip()
    if len(text) > 2000 or not text.isascii() or any(ch.isspace() or ord(ch) < 32 or ch == "\\" for ch in text):
        raise BadServer("The server must be an address such as https://203.0.113.5:6443.")
    try:
        parts = urlsplit(text)
        port = parts.port or 443
    except ValueError:
        raise BadServer("The server's address cannot be read.") from None
    if parts.scheme.lower() != "https":
        raise BadServer("The server must begin with https://, so that credentials are never sent in the clear.")
    if "@" in parts.netloc:
        raise BadServer("The server's address must not carry a user name or a password.")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise BadServer("The server's address must end with its path, without ? and #.")
    path = parts.path.rstrip("/")
    if not _PATH.match(path) or any(segment in (".", "..") for segment in path.split("/")):
        raise BadServer("The path of the server's address cannot be read.")
    return Server(_host(parts.hostname or ""), port, path)


def _host(host: str) -> str:
    """A literal in its plain form, or a DNS name. Other spellings of a number (0x7f.1, 2130706433) are none."""
    if "%" in host:
        raise BadServer("The server's address must not name a network interface.")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    host = host.lower().rstrip(".")
    if len(host) > 253 or not _HOST.match(host) or _NUMERIC.match(host.rpartition(".")[2]):
        raise BadServer("The server's address has no valid host name.")
    return host


def is_host_name(text: str) -> bool:
    """Whether `text` may be the name in a certificate: a DNS name or an address."""
    try:
        return bool(_host(text))
    except BadServer:
        return False
