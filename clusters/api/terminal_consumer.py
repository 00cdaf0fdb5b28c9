"""The terminal's socket: JSON frames between a browser and a shell that lives on the cluster loop.

Nothing is accepted before origin, ticket or bearer, and rights have been looked at.
"""

import asyncio
import base64
import binascii
import contextlib
import logging
from datetime import datetime
from typing import Any

import msgspec
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from clusters.api.terminal_access import Admission, admit, may_stay, request_info
from clusters.kube import loop
from clusters.kube.gateway import ClusterError
from clusters.live.logs.stream import gateway_of
from clusters.live.terminal import registry
from clusters.live.terminal.opening import find_container
from clusters.live.terminal.records import Visit
from clusters.live.terminal.session import REASONS, TerminalSession
from clusters.live.terminal.shells import Container, NoShell
from clusters.resources.errors import of_cluster
from core.api.errors import error_body
from core.api.permissions import Access
from core.context import request_context
from core.errors import AppError, TooManyRequests
from realtime.threads import in_thread

logger = logging.getLogger(__name__)

Json = dict[str, Any]
NORMAL, POLICY = 1000, 1008
# What a client that closes its socket on purpose gives as the reason; 1001 is a page that is reloaded.
_LEAVING = (1000, 1005)
# The server's own, when it is being stopped: nobody can come back to this process.
_STOPPING = 1012
_OPEN_SECONDS = 30.0
_MOST_UNTYPED = 1024 * 1024
_STUCK_SECONDS = 60.0


class TerminalConsumer(AsyncConsumer):
    access = Access.MEMBER
    # No groups, so no layer: it would cost a connection to Redis for each terminal.
    channel_layer_alias = "none"

    admission: Admission
    session: TerminalSession | None = None
    attachment = 0
    _serving: asyncio.Task[None] | None = None
    _is_over = False

    async def dispatch(self, message: Json) -> None:
        """Without Channels' look at the database connections before each key: there are none here."""
        handler = {
            "websocket.connect": self.websocket_connect,
            "websocket.receive": self.websocket_receive,
            "websocket.disconnect": self.websocket_disconnect,
        }.get(message["type"])
        if handler is None:
            raise ValueError(f"There is no message of the type {message['type']} here.")
        await handler(message)

    # --- coming in

    async def websocket_connect(self, message: Json) -> None:
        resource_id = self.scope["url_route"]["kwargs"]["id"]
        try:
            self.admission = await in_thread(admit, scope=self.scope, resource_id=resource_id, access=self.access)
        except AppError as error:
            await self._refuse(error)
            raise StopConsumer from None
        await self.send({"type": "websocket.accept"})
        self._ready = asyncio.Event()
        self._untyped: list[bytes] = []
        self._came, self._went = asyncio.Event(), asyncio.Event()
        self._serving = asyncio.create_task(self._serve())

    async def _refuse(self, error: AppError) -> None:
        """As any other request would be answered, where the server can."""
        if "websocket.http.response" not in (self.scope.get("extensions") or {}):
            await self.send({"type": "websocket.close", "code": POLICY})
            return
        body = msgspec.json.encode(error_body(error.message, error.code, error.fields, error.details))
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        if error.status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        if error.retry_after is not None:
            headers.append((b"retry-after", str(error.retry_after).encode()))
        await self.send({"type": "websocket.http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "websocket.http.response.body", "body": body})

    async def _serve(self) -> None:
        """From the accepted socket to its end."""
        try:
            with request_context(request_info(self.scope)):
                session, position = await self._enter()
            self.session = session
            self._ready.set()
            await self._frame(
                type="ready",
                session=session.id,
                pod=session.where.pod,
                container=session.where.container,
                shell=session.shell,
                resumed=bool(self.admission.wish.session),
                seq=position,
            )
            typing = asyncio.create_task(self._type(session))
            try:
                await self._show(session, position)
            finally:
                typing.cancel()
        except AppError as error:
            await self._end_with(error.code, error.message, POLICY)
        except OSError:
            # The socket is lost; its disconnect is on the way.
            return
        except Exception:
            logger.exception("terminal_failed")
            await self._end_with("internal_error", "Something went wrong on our side. Please try again.", 1011)
        finally:
            self._ready.set()

    async def _enter(self) -> tuple[TerminalSession, int]:
        wish = self.admission.wish
        if wish.session:
            return await loop.wait(self._come_back(wish.session, wish.after))
        try:
            return await loop.wait(self._open())
        except ClusterError as error:
            raise of_cluster(error, f"{self.admission.resource.kind} {self.admission.resource.name}") from None
        except NoShell as error:
            raise AppError(str(error), code="no_shell") from None
        except registry.TooMany:
            message = f"You have {registry.MOST_PER_PERSON} terminals open. Close one first."
            raise TooManyRequests(message, code="too_many_terminals") from None

    async def _open(self) -> tuple[TerminalSession, int]:
        """On the cluster loop."""
        admission, ask = self.admission, gateway_of(self.admission.resource.cluster_id)
        wish, resource_id, actor = admission.wish, admission.resource.pk, admission.actor
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                where = await find_container(await ask(), admission.subject, pod=wish.pod, container=wish.container)
                session = TerminalSession(
                    ask,
                    where,
                    resource_id=resource_id,
                    describe=lambda ident, shell, at: visit_of(admission, where, ident, shell, at),
                    may_stay=lambda: in_thread(may_stay, resource_id=resource_id, actor=actor),
                    actor=actor,
                )
                await session.open(wish.shell, wish.size)
        except TimeoutError:
            raise AppError("The container did not answer in time.", code="timeout") from None
        self.attachment, position = session.attach()
        return session, position

    async def _come_back(self, session_id: str, after: int | None) -> tuple[TerminalSession, int]:
        """On the cluster loop. Somebody else's terminal is as good as none."""
        if not registry.is_own(session_id):
            message = "This terminal lives in another process of Sailcloth, or ended with it. Open a new one."
            raise AppError(message, code="moved")
        session = registry.get(session_id)
        is_theirs = session is not None and session.actor.id == self.admission.actor.id
        if session is None or not is_theirs or session.resource_id != self.admission.resource.pk:
            raise AppError("This terminal has ended. Open a new one.", code="session_gone")
        self.attachment, position = session.attach(after)
        return session, position

    # --- what goes out

    async def _show(self, session: TerminalSession, position: int) -> None:
        while (frame := await loop.wait(session.next(self.attachment, position))) is not None:
            await self._frame(**frame)
            position = frame["seq"]
        if not session.is_attached(self.attachment):
            await self._end_with("taken_over", REASONS["taken_over"], POLICY)
            return
        reason, exit = session.end_reason, session.exit
        if reason in ("exited", "lost"):
            code = exit.code if exit is not None else None
            message = (exit.message if exit is not None else "") or REASONS.get(reason, "The shell has ended.")
            await self._frame(type="exit", code=code, reason=message)
            await self._close(NORMAL)
        else:
            await self._end_with(reason, REASONS.get(reason, "The terminal has ended."), POLICY)

    async def _frame(self, **frame: Any) -> None:
        await self.send({"type": "websocket.send", "text": msgspec.json.encode(frame).decode()})

    async def _end_with(self, code: str, message: str, close: int) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            await self._frame(type="error", code=code, error=message)
            await self._close(close)

    async def _close(self, code: int) -> None:
        if not self._is_over:
            self._is_over = True
            await self.send({"type": "websocket.close", "code": code})

    # --- what comes in

    async def websocket_receive(self, message: Json) -> None:
        frame = read_frame(message.get("text"))
        match frame:
            case {"type": "ping"}:
                await self._answer(type="pong")
            case {"type": "input"} if (data := input_of(frame or {})) is not None:
                await self._take(data)
            case {"type": "resize", "cols": int(columns), "rows": int(rows)}:
                await self._ready.wait()
                if self.session is not None:
                    await loop.wait(self.session.resize(columns, rows))
            case _:
                await self._answer(type="error", code="bad_message", error="This frame cannot be understood.")

    async def _take(self, data: bytes) -> None:
        """Keys are handed on by another task, so that a shell that takes none does not hide that its person leaves;
        but with much of it waiting the socket is read no further."""
        self._untyped.append(data)
        self._came.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STUCK_SECONDS):
                while sum(map(len, self._untyped)) > _MOST_UNTYPED:
                    self._went.clear()
                    await self._went.wait()

    async def _type(self, session: TerminalSession) -> None:
        while session.is_attached(self.attachment):
            self._came.clear()
            data, self._untyped = b"".join(self._untyped), []
            self._went.set()
            if data:
                await loop.wait(session.write(data))
            else:
                await self._came.wait()

    async def _answer(self, **frame: Any) -> None:
        if not self._is_over:
            with contextlib.suppress(OSError, RuntimeError):
                await self._frame(**frame)

    # --- going

    async def websocket_disconnect(self, message: Json) -> None:
        self._is_over = True
        # A socket that was closed on purpose gave a reason, if only an empty one; a lost one gave none.
        is_leaving = "reason" in message and message.get("code") in _LEAVING
        if self._serving is not None:
            if not self._ready.is_set():
                # A shell that is being started is waited for: then it can be ended.
                self._left = asyncio.create_task(self._leave_later())
                raise StopConsumer
            self._serving.cancel()
        if message.get("code") == _STOPPING and self.session is not None:
            # The server waits for this a little.
            await loop.wait(self.session.close("shutdown"))
        else:
            self._leave(is_leaving)
        raise StopConsumer

    async def _leave_later(self) -> None:
        await self._ready.wait()
        assert self._serving is not None
        self._serving.cancel()
        self._leave(is_leaving=True)

    def _leave(self, is_leaving: bool) -> None:
        session = self.session
        if session is None or not session.is_attached(self.attachment):
            return
        if is_leaving:
            loop.submit(session.close("left"))
        else:
            loop.submit(_detach(session, self.attachment))


async def _detach(session: TerminalSession, attachment: int) -> None:
    session.detach(attachment)


def read_frame(text: str | None) -> Json | None:
    try:
        frame = msgspec.json.decode(text or "")
    except (msgspec.DecodeError, UnicodeError):
        return None
    return frame if isinstance(frame, dict) else None


def input_of(frame: Json) -> bytes | None:
    """The keys as bytes: of `data`, or of `base64` for what is no text."""
    if isinstance(frame.get("base64"), str):
        try:
            return base64.b64decode(frame["base64"], validate=True)
        except (binascii.Error, ValueError):
            return None
    data = frame.get("data")
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else None


def visit_of(admission: Admission, where: Container, ident: str, shell: str, at: datetime) -> Visit:
    resource = admission.resource
    return Visit(
        session=ident,
        workspace=admission.workspace,
        cluster_id=resource.cluster_id,
        cluster=admission.cluster,
        resource_id=resource.pk,
        namespace=where.namespace,
        pod=where.pod,
        container=where.container,
        shell=shell,
        started_at=at,
    )
