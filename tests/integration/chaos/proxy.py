"""A proxy before an API server that sees every request and picks the moment at which something goes wrong.

It ends TLS with a certificate of its own and speaks TLS to the real server. It lives on a loop in a thread of its
own; all its public methods may be called from the test's thread.
"""

import asyncio
import contextlib
import re
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clusters.practice import certs
from tests.integration.chaos.faults import Answer, Fault, Hold
from tests.integration.chaos.http1 import Message, TornOff, read_body, read_head

PATIENCE = 60.0
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Upstream:
    """The real server: `context` is the TLS of a client, with its certificate where that is its identity."""

    host: str
    port: int
    context: ssl.SSLContext
    keeps_authorization: bool = True


@dataclass(slots=True)
class Request:
    """One request as the proxy saw it. `status` is what the client was answered, 0 while it was not; `reached`
    says whether the real server had it."""

    method: str
    path: str
    query: dict[str, str]
    at: float
    status: int = 0
    reached: bool = False

    @property
    def is_write(self) -> bool:
        return self.method in _WRITES and "dryRun" not in self.query and "selfsubject" not in self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Rule:
    """What happens to which requests: to `times` of them, after `skip` others that match as well."""

    fault: Fault
    method: str = ""
    path: str = ""
    query: str = ""
    skip: int = 0
    times: int = 1
    matched: int = 0
    struck: int = 0

    def strikes(self, request: Request) -> bool:
        if self.struck >= self.times or not self._matches(request):
            return False
        self.matched += 1
        if self.matched <= self.skip:
            return False
        self.struck += 1
        return True

    def _matches(self, request: Request) -> bool:
        wanted = (self.method, request.method), (self.path, request.path), (self.query, _text(request.query))
        return all(re.search(pattern, text) for pattern, text in wanted)


def _text(query: dict[str, str]) -> str:
    return "&".join(f"{key}={value}" for key, value in sorted(query.items()))


@dataclass(slots=True)
class _Client:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None


@dataclass
class Proxy:
    """`with Proxy(upstream, folder) as proxy`: then `proxy.url` is the address of the cluster."""

    upstream: Upstream
    folder: Path
    port: int = 0
    ca_pem: str = ""
    # Of the server behind: below which path it is, and with which token.
    path: str = ""
    token: str = ""
    # Of every request.
    delay: float = 0.0
    # What happens where no rule strikes.
    weather: Callable[[], Fault] = Fault
    requests: list[Request] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    _is_down: bool = False
    _clients: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def __enter__(self) -> "Proxy":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    # --- what a test does with it

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[Request]:
        """All that asked for a change and reached the real server, dry runs left out."""
        return [request for request in list(self.requests) if request.is_write and request.reached]

    def on(self, fault: Fault, **which: Any) -> Rule:
        """`fault` strikes the requests that match: `method`, `path` and `query` are regular expressions."""
        rule = Rule(fault, **which)
        self._loop.call_soon_threadsafe(self.rules.append, rule)
        return rule

    def hold(self, **which: Any) -> Hold:
        """Hold one request before it reaches the server (`at="answer"`: its answer on the way back)."""
        fault = Hold(self._loop, after=which.pop("at", "request") == "answer")
        self.on(fault, **which)
        return fault

    def calm(self) -> None:
        """No more faults."""

        def clear() -> None:
            self.rules.clear()
            self.delay = 0.0

        self._loop.call_soon_threadsafe(clear)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Every connection is cut, and none is accepted."""
        self._do(self._cut())
        try:
            yield
        finally:
            self._is_down = False

    # --- serving

    async def _listen(self) -> None:
        self.ca_pem, context = certs.ensure(self.folder, "127.0.0.1")
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._cut()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _cut(self) -> None:
        self._is_down = True
        for writer in list(self._clients):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(reader, writer)
        self._clients.add(writer)
        try:
            while not self._is_down and await self._exchange(client):
                pass
        except (TornOff, OSError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(writer)
            writer.transport.abort()
            if client.server is not None:
                client.server[1].transport.abort()

    async def _exchange(self, client: _Client) -> bool:
        """One request and its answer. False when the connection is over."""
        head = await read_head(client.reader)
        if head is None:
            return False
        body = b"".join([part async for part in read_body(client.reader, head)])
        method, target, _ = head.line.split(" ", 2)
        parts = urlsplit(target)
        request = Request(method, parts.path, dict(parse_qsl(parts.query)), time.monotonic())
        self.requests.append(request)
        fault = next((rule.fault for rule in self.rules if rule.strikes(request)), None) or self.weather()
        if self.delay:
            await asyncio.sleep(self.delay)
        instead = await self._unless_gone(client, fault.before())
        if instead is not None:
            return await self._say(client, request, instead)
        return await self._forward(client, request, head, body, fault)

    async def _unless_gone(self, client: _Client, waiting: Coroutine[Any, Any, Answer | None]) -> Answer | None:
        """What a client that is gone had asked for is not asked for any more."""
        task = asyncio.ensure_future(waiting)
        while not task.done():
            await asyncio.wait([task], timeout=0.02)
            if client.reader.at_eof() or client.writer.transport.is_closing():
                task.cancel()
                raise TornOff
        return task.result()

    async def _say(self, client: _Client, request: Request, answer: Answer) -> bool:
        request.status = answer.status
        client.writer.write(answer.content)
        await client.writer.drain()
        return not answer.is_last

    async def _forward(self, client: _Client, request: Request, head: Message, body: bytes, fault: Fault) -> bool:
        reader, writer = await self._server_of(client)
        writer.write(self._forwarded(head, body) + body)
        request.reached = True
        await writer.drain()
        answer = await read_head(reader)
        if answer is None:
            raise TornOff
        parts = read_body(reader, answer, method=request.method)
        if fault.wants_answer:
            content = b"".join([part async for part in parts])
            instead = await self._unless_gone(client, fault.after(answer, content))
            if instead is not None:
                return await self._say(client, request, instead)
            parts = _once(content)
            answer = answer.with_length(len(content))
        request.status = int(answer.line.split(" ", 2)[1])
        client.writer.write(answer.encode())
        chunked = answer.is_chunked
        async for part in parts:
            client.writer.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            await client.writer.drain()
        if chunked:
            client.writer.write(b"0\r\n\r\n")
            await client.writer.drain()
        return not answer.is_last

    async def _server_of(self, client: _Client) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if client.server is None or client.server[0].at_eof():
            upstream = self.upstream
            client.server = await asyncio.open_connection(upstream.host, upstream.port, ssl=upstream.context)
        return client.server

    def _forwarded(self, head: Message, body: bytes) -> bytes:
        dropped = {"transfer-encoding", "content-length"}
        if not self.upstream.keeps_authorization:
            dropped.add("authorization")
        return head.without(dropped).with_length(len(body)).encode()

    def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)


async def _once(content: bytes) -> Any:
    yield content
