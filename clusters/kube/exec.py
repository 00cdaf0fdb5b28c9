"""A command in a container, over a WebSocket: `v5.channel.k8s.io` where it is served, else v4.

Each frame begins with a byte that names its channel. Must not know what runs there or who looks on.
"""

import asyncio
import contextlib

import aiohttp
import msgspec

from clusters.kube.answers import Redactor, error_of_status
from clusters.kube.gateway import ClusterError, Exit, Json, Unreachable
from clusters.kube.transport import FAILURES, Call, Transport

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"
PROTOCOLS = (V5, V4)
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
# Well below the minute after which many balancers cut what is idle.
PING_SECONDS = 20.0
CHUNK = 32 * 1024
_CLOSING_SECONDS = 2.0


class ExecSocket:
    """A running command. Read until None; then `exit` says how it ended."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, transport: Transport) -> None:
        self._socket = socket
        self._transport = transport
        self.protocol = socket.protocol or ""
        self.exit: Exit | None = None
        self._pinging = asyncio.create_task(self._ping())

    async def read(self) -> tuple[int, bytes] | None:
        """The next output as (STDOUT or STDERR, bytes); None at the end."""
        while True:
            try:
                message = await self._socket.receive()
            except FAILURES as error:
                await self.aclose()
                raise await self._transport.failure(error) from None
            if message.type is not aiohttp.WSMsgType.BINARY:
                if message.type is aiohttp.WSMsgType.TEXT:
                    continue
                # Its closing frame, or the end of the connection.
                await self.aclose()
                self.exit = self.exit or Exit(None, "lost", "The connection to the container was lost.")
                return None
            channel, data = (message.data[0], message.data[1:]) if message.data else (STDOUT, b"")
            if channel == ERROR and data:
                self.exit = exit_of(data)
            # Each channel is opened with an empty frame.
            if channel in (STDOUT, STDERR) and data:
                return channel, data

    async def write(self, data: bytes) -> None:
        """Bytes for its standard input; waits while the container does not take them."""
        for start in range(0, len(data), CHUNK):
            await self._send(STDIN, data[start : start + CHUNK])

    async def end_input(self) -> None:
        """No more input will come. Only v5 can say so."""
        if self.protocol == V5:
            await self._send(CLOSE, bytes([STDIN]))

    async def resize(self, columns: int, rows: int) -> None:
        await self._send(RESIZE, msgspec.json.encode({"Width": columns, "Height": rows}))

    async def _send(self, channel: int, data: bytes) -> None:
        try:
            await self._socket.send_bytes(bytes([channel]) + data)
        except FAILURES as error:
            raise await self._transport.failure(error) from None

    async def _ping(self) -> None:
        """So that nothing in between takes a quiet terminal for a dead one. The answers are not counted: a server
        whose container takes no input does not read them."""
        with contextlib.suppress(*FAILURES):
            while True:
                await asyncio.sleep(PING_SECONDS)
                await self._socket.ping()

    async def aclose(self) -> None:
        self._pinging.cancel()
        with contextlib.suppress(TimeoutError, *FAILURES):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._socket.close()


async def open_exec(transport: Transport, call: Call) -> ExecSocket:
    socket = await transport.open_socket(call, PROTOCOLS)
    if socket.protocol not in PROTOCOLS:
        await socket.close()
        raise Unreachable("The cluster speaks no protocol of ours for commands in containers.", reason="network")
    return ExecSocket(socket, transport)


def exit_of(data: bytes) -> Exit:
    """From the Status on the error channel."""
    try:
        status: Json = msgspec.json.decode(data, type=dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Exit(None, "failed", data[:500].decode("utf-8", "replace"))
    if status.get("status") == "Success":
        return Exit(0)
    error: ClusterError = error_of_status(status, Redactor(), code=500)
    for cause in error.details.get("causes") or []:
        text = str(cause.get("message") or "") if isinstance(cause, dict) else ""
        if isinstance(cause, dict) and cause.get("reason") == "ExitCode" and text.lstrip("-").isdigit():
            return Exit(int(text), "exited", error.message)
    return Exit(None, str(error.reason), error.message)


def query_of(*, container: str, command: tuple[str, ...], tty: bool, stdin: bool) -> tuple[tuple[str, str], ...]:
    flags = {"stdin": stdin, "stdout": True, "stderr": not tty, "tty": tty}
    query = [("command", word) for word in command]
    query += [(name, "true") for name, wanted in flags.items() if wanted]
    return (*query, ("container", container)) if container else tuple(query)
