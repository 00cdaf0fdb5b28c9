"""The kubernetes client, bent to our needs: its configuration of TLS and identity over a session that only
connects where the guard lets it.

The only module that imports `kubernetes`, and late: that costs about a second and 25 MB.
"""

import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from clusters.kube.connection import Connection
from clusters.kube.network import AddressRefused, Guard
from clusters.kube.tls import Trust, as_file, harden

# For how long a checked name keeps its addresses.
PIN_SECONDS = 60.0
_READ_BUFFER = 1 << 20


def resolved(host: str, port: int, addresses: Iterable[str]) -> list[ResolveResult]:
    """Checked addresses, as an answer that is not looked up again."""
    return [
        ResolveResult(
            hostname=host,
            host=address,
            port=port,
            family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            proto=0,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for address in addresses
    ]


class PinnedResolver(AbstractResolver):
    """Resolves through the guard; what was checked is what is connected to."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pinned: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        until, found = self._pinned.get((host, port), (0.0, []))
        if time.monotonic() >= until:
            found = await self._guard.addresses(host, port)
            self._pinned[host, port] = (time.monotonic() + PIN_SECONDS, found)
        return found

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return resolved(host, port, await self.addresses(host, port))

    async def close(self) -> None:
        self._pinned.clear()


@lru_cache(maxsize=1)
def _pinned_rest() -> Any:
    """Made on first use, since its base comes with the client."""
    from kubernetes.aio.client.rest import RESTClientObject

    class PinnedRest(RESTClientObject):
        """The client's pool, but without proxies, cookies, redirects or names of its own."""

        guard: Guard
        resolver: PinnedResolver

        def _create_connector(self) -> aiohttp.TCPConnector:
            return aiohttp.TCPConnector(
                limit=0,
                ssl=self.ssl_context,
                resolver=self.resolver,
                use_dns_cache=False,
                socket_factory=self._open_socket,
                ssl_shutdown_timeout=0,
            )

        def _open_socket(self, info: Any) -> socket.socket:
            """The last gate, which literal addresses pass as well."""
            why = self.guard.refusal(str(info[4][0]))
            if why:
                raise AddressRefused(why)
            opened = socket.socket(info[0], info[1], info[2])
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return opened

        def _create_pool_manager(self) -> aiohttp.ClientSession:
            session = aiohttp.ClientSession(
                connector=self._create_connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                read_bufsize=_READ_BUFFER,
            )
            # Else aiohttp sends a PUT or DELETE a second time by itself; there is no public switch for it:
            # https://github.com/aio-libs/aiohttp/pull/7363
            session._retry_connection = False
            return session

    return PinnedRest


def make_rest(connection: Connection, trust: Trust, guard: Guard, resolver: PinnedResolver) -> Any:
    """The client's REST object for a connection. Slow, so it is called in a thread; no session is opened."""
    from kubernetes.aio.client.configuration import Configuration

    with ExitStack() as files:
        configuration = Configuration(host=connection.server)
        configuration.ca_cert_data = trust.ca_data or None
        configuration.tls_server_name = connection.server_name or None
        # Many clusters' own authorities lack extensions that RFC 5280 asks for.
        configuration.disable_strict_ssl_verification = True
        if connection.client_certificate:
            configuration.cert_file = files.enter_context(as_file(connection.client_certificate))
            configuration.key_file = files.enter_context(as_file(connection.client_key))
        rest = _pinned_rest()(configuration)
        configuration.cert_file = configuration.key_file = None
    harden(rest.ssl_context, trust)
    rest.guard = guard
    rest.resolver = resolver
    return rest
