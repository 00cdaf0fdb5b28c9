"""The practice server: TLS, tenants by path, tokens, loading and unloading.

Must not know the API itself; `api` does.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import pathlib
import re
import secrets
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from . import certs, errors, wire
from .api import Api
from .store import Limits
from .tenant import Tenant

log = logging.getLogger(__name__)
TENANT = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$")
IDLE_SECONDS = 15 * 60.0
SWEEP_SECONDS = 30.0


class PracticeServer:
    """Serves one isolated simulated cluster per tenant under /u/<tenant>/."""

    def __init__(
        self,
        *,
        data_dir: pathlib.Path,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        limits: Limits | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.data_dir, self.host, self.speed = pathlib.Path(data_dir), host, speed
        self.port = port
        self.ca_pem = ""
        self.limits = limits or Limits()
        self.idle_seconds = idle_seconds
        self._asked_port = port
        self._key = b""
        self._tenants: dict[str, Tenant] = {}
        self._runner: web.AppRunner | None = None
        self._sweeper: asyncio.Task[None] | None = None

    # --- what the product uses

    async def start(self) -> None:
        self._prepare_folder()
        self.ca_pem, context = certs.ensure(self.data_dir / "pki", self.host)
        app = web.Application(client_max_size=wire.MAX_BODY)
        app.router.add_route("*", "/u/{tenant}", self._handle)
        app.router.add_route("*", "/u/{tenant}/{path:.*}", self._handle)
        app.router.add_route("*", "/{path:.*}", self._handle_root)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        sock = self._bind()
        await web.SockSite(self._runner, sock, ssl_context=context).start()
        self.port = sock.getsockname()[1]
        (self.data_dir / "port").write_text(str(self.port))
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await asyncio.gather(*(t.stop() for t in self._tenants.values()))
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        # Requests that came in while the runner was closing may have written once more.
        for tenant in self._tenants.values():
            await tenant.stop()
        self._tenants.clear()

    def tenant_url(self, tenant: str) -> str:
        return f"https://127.0.0.1:{self.port}/u/{tenant}"

    def tenant_token(self, tenant: str) -> str:
        """The bearer token of a tenant: always the same for one data folder."""
        if not self._key:
            self._prepare_folder()
        return "practice-" + hmac.new(self._key, tenant.encode(), hashlib.sha256).hexdigest()

    # --- starting

    def _prepare_folder(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.data_dir / "token.key"
        with contextlib.suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(secrets.token_bytes(32))
        self._key = path.read_bytes()

    def _bind(self) -> socket.socket:
        remembered = 0
        if not self._asked_port:
            with contextlib.suppress(FileNotFoundError, ValueError):
                remembered = int((self.data_dir / "port").read_text())
        for port in dict.fromkeys((self._asked_port or remembered, self._asked_port)):
            try:
                return self._listen(port)
            except OSError:
                if port == self._asked_port:
                    raise
                log.warning("the port %s of the practice cluster is taken, another is chosen", port)
        raise OSError("no port could be bound")

    def _listen(self, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((self.host, port))
        except BaseException:
            sock.close()
            raise
        return sock

    # --- requests

    async def _handle_root(self, request: web.Request) -> web.StreamResponse:
        if request.path in ("/healthz", "/readyz", "/livez"):
            return web.Response(text="ok")
        return wire.failure(errors.no_such_path())

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["tenant"]
        path = "/" + request.match_info.get("path", "")
        return await self._guarded(request, lambda: self._serve(request, name, path))

    async def _guarded(
        self, request: web.Request, serve: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Every failure becomes a Status object."""
        try:
            return await serve()
        except errors.ApiError as error:
            return wire.failure(error)
        except (asyncio.CancelledError, ConnectionError, web.HTTPException):
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            text = "Internal error occurred: the practice cluster failed on this request; see its log"
            return wire.failure(errors.ApiError(500, "InternalError", text, {}))

    async def _serve(self, request: web.Request, name: str, path: str) -> web.StreamResponse:
        if not TENANT.match(name):
            raise errors.no_such_path()
        self._check_token(request, name)
        tenant = await self._tenant(name)
        tenant.users += 1
        tenant.touch()
        try:
            return await Api(tenant, f"127.0.0.1:{self.port}").handle(request, path)
        finally:
            tenant.users -= 1
            tenant.touch()

    def _check_token(self, request: web.Request, name: str) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        good = hmac.compare_digest(token.strip().encode(), self.tenant_token(name).encode())
        if kind.lower() != "bearer" or not good:
            raise errors.unauthorized()

    async def _tenant(self, name: str) -> Tenant:
        while (found := self._tenants.get(name)) is not None and found.is_closing:
            if self._runner is None:
                raise errors.ApiError(503, "ServiceUnavailable", "the practice cluster is shutting down")
            await found.closed.wait()
            if self._tenants.get(name) is found:
                del self._tenants[name]
        if found is None:
            path = self.data_dir / "tenants" / f"{name}.json"
            found = Tenant(name, path, speed=self.speed, ca_pem=self.ca_pem, limits=self.limits)
            self._tenants[name] = found
            found.start()
        return found

    # --- idling

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, self.idle_seconds / 2))
            for name, tenant in list(self._tenants.items()):
                if tenant.users == 0 and loop.time() - tenant.last_used > self.idle_seconds:
                    # A request that comes now waits until the file is written, and loads it again.
                    await tenant.stop()
                    if self._tenants.get(name) is tenant:
                        del self._tenants[name]
