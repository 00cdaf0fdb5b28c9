"""A Kubernetes API over plain HTTP, the same for the practice cluster and a real one."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

Json = Any
JSON, MERGE, STRATEGIC = (
    "application/json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
PATCH, APPLY = "application/json-patch+json", "application/apply-patch+yaml"


@dataclass
class Answer:
    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else ""

    def __getitem__(self, key: str) -> Json:
        return self.body[key]


class Kube:
    """One cluster; `root` is the server's URL with its path prefix."""

    def __init__(self, root: str, context: ssl.SSLContext, headers: dict[str, str], *, is_real: bool = False) -> None:
        self.root, self.context, self.is_real = root, context, is_real
        self.session = aiohttp.ClientSession(headers={"User-Agent": "Python/3 parity", **headers})

    async def __aenter__(self) -> Kube:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        query: dict[str, str] | list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        data: bytes | None = None
        if body is not None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            sent.setdefault("Content-Type", JSON)
        skip = ["Content-Type"] if sent.get("Content-Type") == "" else []
        if skip:
            del sent["Content-Type"]
        async with self.session.request(
            method, self.root + path, data=data, params=query, headers=sent, ssl=self.context, skip_auto_headers=skip
        ) as response:
            raw = await response.read()
            return Answer(
                response.status,
                _decoded(raw, response.content_type),
                dict(response.headers),
                response.headers.getall("Warning", []),
            )

    async def get(self, path: str, **query: str) -> Answer:
        return await self.call("GET", path, query=query)

    async def post(self, path: str, body: Json, **query: str) -> Answer:
        return await self.call("POST", path, body, query=query)

    async def put(self, path: str, body: Json, **query: str) -> Answer:
        return await self.call("PUT", path, body, query=query)

    async def patch(self, path: str, body: Json, kind: str = MERGE, **query: str) -> Answer:
        return await self.call("PATCH", path, body, query=query, headers={"Content-Type": kind})

    async def apply(self, path: str, body: Json, manager: str = "one", **query: str) -> Answer:
        return await self.patch(path, body, APPLY, fieldManager=manager, **query)

    async def delete(self, path: str, body: Json = None, **query: str) -> Answer:
        return await self.call("DELETE", path, body, query=query)

    async def watch(
        self, path: str, seconds: float = 10, *, headers: dict[str, str] | None = None, **query: str
    ) -> AsyncIterator[Json]:
        """The events of a watch, until the server or the time ends it."""
        query = {"watch": "true", **query}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self.session.get(
                self.root + path, params=query, ssl=self.context, timeout=timeout, headers=headers
            ) as response:
                if response.status != 200:
                    raise AssertionError(f"{response.status}: {await response.text()}")
                async for line in response.content:
                    yield json.loads(line)
        except TimeoutError:
            return

    async def eventually(self, path: str, is_good: Callable[[Json], Any], seconds: float = 20, **query: str) -> Json:
        """Polls until the answer is as wanted; fails with the last answer."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            found = await self.get(path, **query)
            if is_good(found.body):
                return found.body
            if loop.time() > end:
                raise AssertionError(f"{path} did not become as wanted: {json.dumps(found.body)[:3000]}")
            await asyncio.sleep(0.05)


def _decoded(raw: bytes, content_type: str) -> Json:
    if not raw:
        return None
    text = raw.decode()
    if "json" in content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def from_kubeconfig(path: Path) -> Kube:
    """A client by the current context of a kubeconfig with a token or a client certificate."""
    config = yaml.safe_load(path.read_text())
    chosen = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], chosen["cluster"])["cluster"]
    user = _named(config["users"], chosen["user"])["user"]
    context = ssl.create_default_context(cadata=_text(cluster, "certificate-authority", path))
    headers = {}
    if user.get("token"):
        headers["Authorization"] = f"Bearer {user['token']}"
    elif "client-certificate-data" in user or "client-certificate" in user:
        with tempfile.TemporaryDirectory() as folder:
            cert, key = Path(folder, "cert"), Path(folder, "key")
            cert.write_text(_text(user, "client-certificate", path))
            key.write_text(_text(user, "client-key", path))
            context.load_cert_chain(cert, key)
    return Kube(cluster["server"], context, headers, is_real=True)


def _named(items: list[Json], name: str) -> Json:
    return next(i for i in items if i["name"] == name)


def _text(section: Json, name: str, path: Path) -> str:
    if f"{name}-data" in section:
        return base64.b64decode(section[f"{name}-data"]).decode()
    return (path.parent / section[name]).read_text()
