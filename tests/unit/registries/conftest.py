"""A small registry with a token service, as scripted as a test needs it, and clients that soon lose patience."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from clusters.registries.distribution import Login, RegistryClient
from clusters.registries.distribution.web import Timeouts

LOOPBACK = ("127.0.0.0/8", "::1/128")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOGIN = Login("deployer", "s3cret-canary")
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Scripted:
    """`seen` has each request that came: method, path with query, and the Authorization header."""

    port: int = 0
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    handlers: dict[str, Handler] = field(default_factory=dict)
    # What it wants: "none", "basic" or "bearer"; by whom its tokens are given, and for how long.
    wants: str = "none"
    realm: str = ""
    lifetime: Any = 300
    tokens: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put_manifest(self, tag: str, document: dict[str, Any], kind: str) -> str:
        content = json.dumps(document).encode()
        self.manifests[tag] = self.manifests[digest_of(content)] = (kind, content)
        return digest_of(content)

    def put_blob(self, content: bytes) -> str:
        self.blobs[digest_of(content)] = content
        return digest_of(content)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.seen]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        authorization = request.headers.get("Authorization", "")
        self.seen.append((request.method, str(request.rel_url), authorization))
        if request.path in self.handlers:
            return await self.handlers[request.path](request)
        if request.path == "/token":
            return self._token(request, authorization)
        if not self._is_known(authorization):
            return web.json_response({"errors": []}, status=401, headers={"WWW-Authenticate": self._challenge()})
        return self._content(request)

    def _challenge(self) -> str:
        if self.wants == "basic":
            return 'Basic realm="test"'
        return f'Bearer realm="{self.realm or self.url + "/token"}",service="test.example",scope="registry:catalog:*"'

    def _is_known(self, authorization: str) -> bool:
        if self.wants == "none":
            return True
        if self.wants == "basic":
            return authorization == LOGIN.header
        return authorization.removeprefix("Bearer ") in self.tokens

    def _token(self, request: web.Request, authorization: str) -> web.Response:
        if authorization != LOGIN.header:
            return web.json_response({"details": "incorrect username or password"}, status=401)
        token = base64.urlsafe_b64encode(f"{len(self.seen)}:{request.query.getall('scope', [])}".encode()).decode()
        self.tokens[token] = ",".join(request.query.getall("scope", []))
        return web.json_response({"access_token": token, "expires_in": self.lifetime})

    def _content(self, request: web.Request) -> web.Response:
        _, _, rest = request.path.partition("/v2/")
        if not rest:
            return web.json_response({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})
        if rest == "_catalog":
            return web.json_response({"repositories": self.repositories})
        *_, part, name = rest.split("/")
        if part == "tags":
            return self._tags(request)
        if part == "manifests" and name in self.manifests:
            kind, content = self.manifests[name]
            headers = {"Content-Type": kind, "Docker-Content-Digest": digest_of(content)}
            return web.Response(body=content, headers=headers)
        if part == "blobs" and name in self.blobs:
            return web.Response(body=self.blobs[name])
        return web.json_response({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, status=404)

    def _tags(self, request: web.Request) -> web.Response:
        count, last = int(request.query.get("n", 100)), request.query.get("last", "")
        rest = [tag for tag in self.tags if tag > last]
        page = rest[:count]
        headers = {}
        if len(rest) > count:
            headers["Link"] = f'<{request.path}?last={page[-1]}&n={count}>; rel="next"'
        return web.json_response({"name": "x", "tags": page}, headers=headers)


async def serve() -> AsyncIterator[Scripted]:
    scripted = Scripted()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", scripted.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.port = runner.addresses[0][1]
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def registry() -> AsyncIterator[Scripted]:
    async for scripted in serve():
        yield scripted


@pytest.fixture
async def elsewhere() -> AsyncIterator[Scripted]:
    """Another host, as far as ports tell hosts apart."""
    async for scripted in serve():
        yield scripted


@pytest.fixture
async def client_of() -> AsyncIterator[Callable[..., RegistryClient]]:
    opened: list[RegistryClient] = []

    def make(url: str, login: Login | None = LOGIN, **more: Any) -> RegistryClient:
        settings = {"allowed_networks": LOOPBACK, "timeouts": Timeouts(1.0, 1.0, 3.0), **more}
        opened.append(RegistryClient(url, login, **settings))
        return opened[-1]

    yield make
    for client in opened:
        await client.close()
