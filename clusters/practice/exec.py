"""GET …/pods/NAME/exec over a WebSocket, `v5.channel.k8s.io` or v4, with the toy shell at the other end.

Each frame begins with a byte that names its channel. Must not know what the shell can do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from aiohttp import WSMsgType, web

from . import errors, podlog, wire
from .exec_shell import Container, NotInImage, Process
from .exec_tty import Input
from .objects import Obj, dig, name_of, uid_of

if TYPE_CHECKING:
    from .api import Api, Target
    from .tenant import Tenant

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
LEFT_SECONDS = 15 * 60.0
_left: set[asyncio.Task[int]] = set()
_containers: WeakKeyDictionary[Tenant, dict[tuple[str, str, int], Container]] = WeakKeyDictionary()


async def handle(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    if request.method not in ("GET", "POST"):
        raise errors.method_not_allowed()
    pod = api.rest.get(target.res, target.namespace, target.name)
    phase = dig(pod, "status", "phase", default="")
    if phase in ("Succeeded", "Failed"):
        raise errors.bad_request(f"cannot exec into a container in a completed pod; current phase is {phase}")
    spec = podlog.pick_container(pod, _default_container(pod, request.query.get("container", "")))
    command = request.query.getall("command", [])
    if not command:
        raise errors.bad_request("you must specify at least 1 command for the pod")
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise errors.bad_request("Upgrade request required: the practice cluster speaks exec over WebSocket only")
    status = podlog.status_of(pod, spec["name"]) or {}
    if "running" not in (status.get("state") or {}):
        raise errors.internal(f'unable to upgrade connection: container not found ("{spec["name"]}")')
    socket = web.WebSocketResponse(protocols=(V5, V4), max_msg_size=4 * 1024 * 1024, heartbeat=30.0)
    await socket.prepare(request)
    session = _Session(socket, request, _container(api.tenant, pod, spec, status), command)
    ending = asyncio.create_task(_end_with_container(api, target, uid_of(pod), spec["name"], session))
    try:
        await session.run()
    finally:
        ending.cancel()
    return socket


async def _end_with_container(api: Api, target: Target, uid: str, name: str, session: _Session) -> None:
    """What runs in a container ends with it."""
    subscription = api.rest.store.subscribe("/pods")
    try:
        while True:
            await subscription.wake.wait()
            subscription.take()
            pod = api.rest.store.get("/pods", target.namespace, target.name)
            status = podlog.status_of(pod, name) if pod is not None and uid_of(pod) == uid else None
            if status is None or "running" not in (status.get("state") or {}):
                session.process.kill(9)
                return
    finally:
        api.rest.store.unsubscribe(subscription)


def _default_container(pod: Obj, asked: str) -> str:
    """For exec the first one is meant when none is named."""
    return asked or str(dig(pod, "spec", "containers", 0, "name", default=""))


def _container(tenant: Tenant, pod: Obj, spec: Obj, status: Obj) -> Container:
    kept = _containers.setdefault(tenant, {})
    for key in [key for key in kept if len(kept) > 200]:
        if not kept[key].processes:
            del kept[key]
    key = (uid_of(pod), spec["name"], int(status.get("restartCount") or 0))
    if key not in kept:
        kept[key] = Container(spec["name"], name_of(pod), str(spec.get("image", "")), _environment(pod, spec))
    return kept[key]


def _environment(pod: Obj, spec: Obj) -> dict[str, str]:
    found = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOSTNAME": name_of(pod),
        "SAILCLOTH_PRACTICE": "simulated",
    }
    for item in spec.get("env") or []:
        value = str(item.get("value", "" if "valueFrom" not in item else "(simulated)"))
        found[item["name"]] = _REFERENCE.sub(lambda match: found.get(match[1], match[0]), value)
    return found


class _Session:
    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, container: Container, command: list[str]
    ) -> None:
        self.socket = socket
        self.tty, self.has_stdin = wire.flag(request, "tty"), wire.flag(request, "stdin")
        self.stdin = Input(self._echo if self.tty else None)
        self.process = Process(container, command, self.stdin, self.write)
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        for channel in (STDOUT, STDERR, ERROR):
            await self.write(channel, b"")
        if not self.has_stdin:
            self.stdin.close()
        reading = asyncio.create_task(self._read())
        running = asyncio.create_task(self.process.run())
        try:
            await asyncio.wait((reading, running), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await self._tell(running)
        finally:
            reading.cancel()
            self._leave(running)
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self.socket.close()

    def _leave(self, running: asyncio.Task[int]) -> None:
        """As in a real cluster, a client that goes does not end what it started on a terminal."""
        if running.done():
            return
        if self.tty:
            _left.add(running)
            running.add_done_callback(_left.discard)
            asyncio.get_running_loop().call_later(LEFT_SECONDS, running.cancel)
        else:
            running.cancel()

    async def _tell(self, running: asyncio.Task[int]) -> None:
        try:
            status = _status(await running)
        except NotInImage as error:
            text = (
                "error executing command in container: failed to exec in container: OCI runtime exec failed: exec "
                f'failed: unable to start container process: exec: "{error}": executable file not found in $PATH'
            )
            status = errors.internal(f"Internal error occurred: {text}: unknown").status()
        await self.write(ERROR, json.dumps(status).encode())

    async def write(self, channel: int, data: bytes) -> None:
        if self.socket.closed:
            return
        async with self._lock:
            with contextlib.suppress(ConnectionError):
                await self.socket.send_bytes(bytes([channel]) + data)

    async def _echo(self, data: bytes) -> None:
        await self.write(STDOUT, data)

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not WSMsgType.BINARY or not message.data:
                continue
            channel, data = message.data[0], message.data[1:]
            if channel == STDIN and data:
                await self.stdin.feed(data)
            elif channel == RESIZE:
                self._resize(data)
            elif channel == CLOSE and self.socket.ws_protocol == V5 and data[:1] == bytes([STDIN]):
                self.stdin.close()

    def _resize(self, data: bytes) -> None:
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            size = json.loads(data)
            self.stdin.columns, self.stdin.rows = int(size.get("Width")), int(size.get("Height"))


def _status(code: int) -> Obj:
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }
