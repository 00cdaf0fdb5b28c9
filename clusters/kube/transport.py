"""Requests to one API server: bounded in time, size, rate and number; what fails becomes an error of the port.

Must not know kinds or objects.
"""

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

from clusters.kube import loop
from clusters.kube.answers import Dropped, Redactor, error_of_answer, error_of_failure
from clusters.kube.client import PinnedResolver, make_rest
from clusters.kube.connection import Connection
from clusters.kube.gateway import Busy, ClusterError, Unreachable
from clusters.kube.network import AddressRefused, BadServer, Guard, Lookup, parse_server, system_lookup
from clusters.kube.throttle import TokenBucket
from clusters.kube.tls import presented_chain, shown, trust_of

JSON = "application/json"
MAX_ANSWER = 64 * 1024 * 1024
MAX_ERROR = 256 * 1024
AT_ONCE = 16
ATTEMPTS = 3
_TOKEN_SECONDS = 60.0
# Not worth waiting for inside of a call: the caller is told instead.
_LONGEST_PAUSE = 2.0
# With Retry-After these are about the server as a whole; an eviction's are about its one pod.
_ASKS_TO_WAIT = frozenset({429, 503})
_EVICTION = "/eviction"
FAILURES = (aiohttp.ClientError, OSError, AddressRefused, ssl.CertificateError)


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds. `read` is the longest silence in an answer, `total` its longest time."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


class Call(msgspec.Struct, frozen=True):
    """One request. `path` is already quoted. An answer longer than `limit` (MAX_ANSWER where there is none) is
    refused, or cut when it `truncates`."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    content_type: str = JSON
    accept: str = JSON
    limit: int | None = None
    truncates: bool = False

    def __repr__(self) -> str:
        # Without the body, which may be a Secret.
        return f"Call({self.method} {self.path})"


class _OnLoop:
    """What belongs to one event loop: the session, and the locks around it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.opening = asyncio.Lock()
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.session: aiohttp.ClientSession | None = None


class Transport:
    def __init__(
        self,
        connection: Connection,
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        lookup: Lookup = system_lookup,
        bucket: TokenBucket | None = None,
    ) -> None:
        try:
            self._server = parse_server(connection.server)
        except BadServer as error:
            raise Unreachable(str(error), reason="network") from None
        self._connection = connection
        self._timeouts = timeouts
        self._guard = Guard(connection.allowed_networks, lookup=lookup)
        self._resolver = PinnedResolver(self._guard)
        self._bucket = bucket or TokenBucket()
        self._token = connection.token
        self._token_read_at = 0.0
        self._on_loop: _OnLoop | None = None

    def __repr__(self) -> str:
        return f"Transport({self._server.url})"

    # --- requests

    async def request(self, call: Call) -> bytes:
        """The body of a successful answer. Only what reads is tried again, a few times."""
        attempts = ATTEMPTS if call.method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                return await self._once(call)
            except ClusterError as error:
                pause = _pause(error, attempt)
                if attempt == attempts or pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _once(self, call: Call) -> bytes:
        on_loop = await self._opened()
        await self._bucket.take()
        timeouts = self._timeouts
        limits = aiohttp.ClientTimeout(total=timeouts.total, sock_connect=timeouts.connect, sock_read=timeouts.read)
        async with on_loop.slots, self._answer(call, limits) as response:
            return await _read(response, call)

    @asynccontextmanager
    async def _answer(self, call: Call, limits: aiohttp.ClientTimeout) -> AsyncIterator[aiohttp.ClientResponse]:
        """A successful answer, its body still to be read; failures while it is read are translated too."""
        try:
            async with await self._send(call, limits) as response:
                yield response
        except FAILURES as error:
            raise await self._failure(error) from None

    async def open_stream(
        self, call: Call, *, silence: float | None, read_buffer: int | None = None
    ) -> aiohttp.ClientResponse:
        """An answer that goes on, and that the caller closes. `silence` is how long it may say nothing, and
        `read_buffer` how much of it may wait for the caller."""
        await self._opened()
        await self._bucket.take()
        limits = aiohttp.ClientTimeout(total=None, sock_connect=self._timeouts.connect, sock_read=silence)
        try:
            # The headers of a watch come at once, whatever comes after.
            async with asyncio.timeout(self._timeouts.connect + self._timeouts.read):
                return await self._send(call, limits, read_buffer)
        except FAILURES as error:
            raise await self._failure(error) from None

    async def open_socket(self, call: Call, protocols: Sequence[str]) -> aiohttp.ClientWebSocketResponse:
        """A WebSocket, which the caller closes."""
        session = (await self._opened()).session
        assert session is not None and session.connector is not None
        await self._bucket.take()
        headers = {"User-Agent": "sailcloth", **await self._identity()}
        # A session of its own for one handshake: its middleware reads a refusal before aiohttp throws it away, and
        # follows no redirection. The connections are those of the other.
        opening = aiohttp.ClientSession(
            connector=session.connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._timeouts.connect),
            middlewares=(self._only_upgrades,),
        )
        try:
            async with asyncio.timeout(self._timeouts.connect + self._timeouts.read):
                return await opening.ws_connect(
                    f"{self._server.url}{call.path}?{urlencode(call.query)}",
                    protocols=protocols,
                    headers=headers,
                    server_hostname=self._connection.server_name or None,
                )
        except FAILURES as error:
            raise await self._failure(error) from None
        finally:
            await opening.close()

    async def _only_upgrades(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        response = await handler(request)
        if response.status == 101:
            return response
        async with response:
            body = await _read(response, Call("", "", limit=MAX_ERROR, truncates=True))
        redact = Redactor([self._token, self._connection.client_key])
        raise error_of_answer(response.status, response.headers, body, redact)

    async def _send(
        self, call: Call, limits: aiohttp.ClientTimeout, read_buffer: int | None = None
    ) -> aiohttp.ClientResponse:
        session = (await self._opened()).session
        assert session is not None
        headers = {"Accept": call.accept, "User-Agent": "sailcloth", **await self._identity()}
        data = None
        if call.body is not None:
            data = msgspec.json.encode(call.body)
            headers["Content-Type"] = call.content_type
        query = f"?{urlencode(call.query)}" if call.query else ""
        response = await session.request(
            call.method,
            f"{self._server.url}{call.path}{query}",
            data=data,
            headers=headers,
            timeout=limits,
            allow_redirects=False,
            server_hostname=self._connection.server_name or None,
            read_bufsize=read_buffer,
        )
        if 200 <= response.status < 300:
            return response
        async with response:
            body = await _read(response, Call("", "", limit=MAX_ERROR, truncates=True))
        redact = Redactor([self._token, self._connection.client_key]).also(call.body)
        error = error_of_answer(response.status, response.headers, body, redact)
        if error.status in _ASKS_TO_WAIT and error.retry_after and not call.path.endswith(_EVICTION):
            self._bucket.hold(error.retry_after)
        raise error

    async def failure(self, error: BaseException) -> ClusterError:
        """What a failure while a stream is read means."""
        return await self._failure(error)

    # --- the session

    async def _opened(self) -> _OnLoop:
        if self._on_loop is None or self._on_loop.loop is not asyncio.get_running_loop():
            self._on_loop = _OnLoop()
        on_loop = self._on_loop
        if on_loop.session is not None and not on_loop.session.closed:
            return on_loop
        async with on_loop.opening:
            if on_loop.session is None or on_loop.session.closed:
                try:
                    on_loop.session = await self._open()
                except FAILURES as error:
                    raise await self._failure(error) from None
                loop.at_stop(self.close)
        return on_loop

    async def _open(self) -> aiohttp.ClientSession:
        host, port = self._server.host, self._server.port
        addresses = await self._resolver.addresses(host, port)
        trust = await trust_of(self._connection, addresses, port, self._connection.server_name or host)
        rest = await asyncio.to_thread(make_rest, self._connection, trust, self._guard, self._resolver)
        session: aiohttp.ClientSession = rest._create_pool_manager()
        return session

    async def _identity(self) -> Mapping[str, str]:
        if self._connection.token_file:
            await self._renew_token()
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def _renew_token(self) -> None:
        """A pod's own token is replaced on its disk long before it expires."""
        from pathlib import Path

        now = asyncio.get_running_loop().time()
        if now - self._token_read_at < _TOKEN_SECONDS:
            return
        try:
            self._token = (await asyncio.to_thread(Path(self._connection.token_file).read_text, "ascii")).strip()
        except OSError:
            raise Unreachable("The pod's own token cannot be read.", reason="unauthorized") from None
        self._token_read_at = now

    async def _failure(self, error: BaseException) -> ClusterError:
        """The error of the port; a certificate that is not accepted comes along, to be looked at and pinned."""
        failure = error_of_failure(error, self._server.host)
        if failure.reason == "tls" and not failure.details:
            failure.details = await self._presented()
        return failure

    async def _presented(self) -> dict[str, Any]:
        host, port = self._server.host, self._server.port
        try:
            addresses = await self._resolver.addresses(host, port)
            return shown(await presented_chain(addresses[0], port, self._connection.server_name or host))
        except FAILURES:
            return {}

    async def close(self) -> None:
        """Ends the session of the running loop. The next request opens another."""
        on_loop, self._on_loop = self._on_loop, None
        loop.forget(self.close)
        if on_loop is not None and on_loop.session is not None:
            await on_loop.session.close()


async def _read(response: aiohttp.ClientResponse, call: Call) -> bytes:
    """At most `limit` bytes as they are after decompression."""
    limit = MAX_ANSWER if call.limit is None else call.limit
    content = bytearray()
    async for part in response.content.iter_any():
        content += part
        if len(content) > limit:
            response.close()
            if not call.truncates:
                raise Unreachable("The cluster's answer is too large.", reason="network")
            del content[limit:]
            break
    return bytes(content)


def _pause(error: ClusterError, attempt: int) -> float | None:
    """Seconds until a read may be tried again; None when it should not be."""
    if isinstance(error, Dropped):
        wanted = 0.0
    elif isinstance(error, Busy) and error.status in (429, 502, 503, 504):
        wanted = error.retry_after or 0.0
    else:
        return None
    if wanted > _LONGEST_PAUSE:
        return None
    return max(wanted, 0.1 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
