"""Requests to one registry and to the hosts that it names: through the network guard, bounded in time and size,
never redirected by themselves. Must not know what is asked.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from clusters.kube.answers import error_of_failure
from clusters.kube.client import PinnedResolver, resolved
from clusters.kube.network import AddressRefused, Guard, Lookup, system_lookup
from clusters.registries.distribution.errors import RegistryError

FAILURES = (aiohttp.ClientError, OSError, AddressRefused, ssl.CertificateError)
USER_AGENT = "sailcloth"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is the longest silence in an answer, `total` its longest time."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer whose body has been read; never more of it than was allowed."""

    status: int
    headers: Any
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom one speaks to: what a credential may be sent to is decided by all three."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """Raises for what is no address of the web, and for one that carries a user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RegistryError("The registry names an address that cannot be read.", reason="protocol") from None
    scheme = parts.scheme.lower()
    is_clean = url.isascii() and not any(ch.isspace() or ord(ch) < 32 or ch == "\\" for ch in url)
    if scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not is_clean:
        raise RegistryError("The registry names an address that cannot be used.", reason="protocol")
    return Origin(scheme, parts.hostname.rstrip("."), port or (443 if scheme == "https" else 80))


class _Resolver(AbstractResolver):
    """The registry's own host may be in an allowed network. A host that it names may be so only if the registry is
    in one itself: one from outside must not lead us inside."""

    def __init__(self, own: Origin, allowed: Sequence[str], lookup: Lookup) -> None:
        self._own = own
        self._wide = PinnedResolver(Guard(allowed, lookup=lookup))
        self._strict = PinnedResolver(Guard((), lookup=lookup))

    async def addresses(self, host: str, port: int) -> list[str]:
        own = await self._wide.addresses(self._own.host, self._own.port)
        if host == self._own.host:
            return await self._wide.addresses(host, port)
        is_inside = not any(ipaddress.ip_address(address.partition("%")[0]).is_global for address in own)
        return await (self._wide if is_inside else self._strict).addresses(host, port)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return resolved(host, port, await self.addresses(host, port))

    async def close(self) -> None:
        await self._wide.close()
        await self._strict.close()


class Web:
    """One session, for one registry at `url`. `ca_data` (PEM) is trusted beside the system's authorities."""

    def __init__(
        self,
        url: str,
        *,
        allowed_networks: Sequence[str] = (),
        ca_data: str = "",
        timeouts: Timeouts = Timeouts(),
        lookup: Lookup = system_lookup,
    ) -> None:
        self.own = origin_of(url)
        self._guard = Guard(allowed_networks, lookup=lookup)
        self._resolver = _Resolver(self.own, allowed_networks, lookup)
        self._ca_data = ca_data
        self._timeouts = timeouts
        self._session: aiohttp.ClientSession | None = None

    async def fetch(
        self, method: str, url: str, *, headers: Mapping[str, str], limit: int, data: bytes | None = None
    ) -> Answer:
        """The answer, whatever its status. A body longer than `limit` is an error; HEAD has none."""
        origin = origin_of(url)
        timeouts = self._timeouts
        bounds = aiohttp.ClientTimeout(total=timeouts.total, sock_connect=timeouts.connect, sock_read=timeouts.read)
        try:
            # A literal address is never resolved, so it is checked here.
            await self._resolver.addresses(origin.host, origin.port)
            session = await self._opened()
            async with session.request(
                method,
                URL(url, encoded=True),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers},
                data=data,
                timeout=bounds,
                allow_redirects=False,
            ) as response:
                return Answer(response.status, response.headers, await _read(response, limit), url)
        except FAILURES as error:
            failure = error_of_failure(error, origin.host)
            raise RegistryError(failure.message, reason=failure.reason or "network") from None

    async def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            context = await asyncio.to_thread(_trust, self._ca_data)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=context,
                    resolver=self._resolver,
                    use_dns_cache=False,
                    socket_factory=self._open_socket,
                    ssl_shutdown_timeout=0,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self._session

    def _open_socket(self, info: Any) -> socket.socket:
        """The last gate, whatever came before it."""
        why = self._guard.refusal(str(info[4][0]))
        if why:
            raise AddressRefused(why)
        return socket.socket(info[0], info[1], info[2])

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _trust(ca_data: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_data:
        context.load_verify_locations(cadata=ca_data)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for part in response.content.iter_any():
        content += part
        if len(content) > limit:
            response.close()
            raise RegistryError("The registry's answer is too large.", reason="protocol", status=response.status)
    return bytes(content)
