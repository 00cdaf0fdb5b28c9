"""A thousand open streams on the whole product in one process: what each costs, and how late an event is at the last
of them while the same process deploys a workflow and answers requests.

The product is a process of its own, as `make run` starts it. An event's age is the time from its row in the outbox to
its last byte here.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

STREAMS = 1000
AT_ONCE = 50
RUNS = 3
KIB_EACH = 64
EVENT_MS = 500
PATIENCE = 120
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "of-the-benchmark"


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as (process, port):
        found = asyncio.run(watch(process, port))
        ages = sorted(age * 1000 for age in found.ages(written_at(Path(folder))))
    name = f"{STREAMS} streams"
    return [
        row(f"{name}, memory of each", found.kib_each, "KiB", KIB_EACH),
        row(f"{name}, event of a run, median", statistics.median(ages), "ms", None),
        row(f"{name}, event of a run, p99", percentile(ages, 0.99), "ms", EVENT_MS),
        row(f"{name}, a page of workflows meanwhile, p95", percentile(sorted(found.requests), 0.95), "ms", None),
    ]


@dataclass
class Found:
    """`seen`: when which event (by its cursor) was read, once for each stream. `requests`: milliseconds each."""

    kib_each: float = 0.0
    seen: list[tuple[int, float]] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)

    def ages(self, written: dict[int, float]) -> list[float]:
        return [at - written[cursor] for cursor, at in self.seen]


@contextlib.contextmanager
def product(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "SAILCLOTH"))}
    environment |= {"SAILCLOTH_DATA_DIR": str(folder), "SAILCLOTH_PORT": str(port)}
    environment |= {"SAILCLOTH_ADMIN_PASSWORD": PASSWORD}
    command = [sys.executable, str(ROOT / "manage.py"), "up"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=ROOT) as process:
        try:
            wait_until_ready(port)
            yield process, port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the product did not become ready")


async def watch(process: subprocess.Popen[bytes], port: int) -> Found:
    found = Found()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1/api", timeout=PATIENCE) as rest:
        login = {"email": "admin@sailcloth.local", "password": PASSWORD}
        token = (await rest.post("/auth/login", json=login)).json()["token"]
        rest.headers["Authorization"] = f"Bearer {token}"
        workflow = (await rest.get("/workflows")).json()["workflows"][0]["id"]
        await run(rest, workflow)
        path = f"/v1/api/workflows/{workflow}/status/stream"
        # What is allocated once, by the first of them, belongs to none.
        readers = [await opened(port, path, token) for _ in range(AT_ONCE)]
        before = resident(process.pid)
        while len(readers) < AT_ONCE + STREAMS:
            readers += await asyncio.gather(*(opened(port, path, token) for _ in range(AT_ONCE)))
        found.kib_each = (resident(process.pid) - before) / STREAMS
        listening = [asyncio.create_task(listen(reader, found)) for reader in readers]
        asking = asyncio.create_task(ask(rest, found))
        for _ in range(RUNS):
            await run(rest, workflow)
        await asyncio.sleep(2)
        for task in (asking, *listening):
            task.cancel()
        await asyncio.gather(asking, *listening, return_exceptions=True)
    return found


async def opened(port: int, path: str, token: str) -> asyncio.StreamReader:
    """A stream whose snapshot has been read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head:
        raise ConnectionError(head.decode())
    await reader.readuntil(b"event: snapshot\n")
    await reader.readuntil(b"\n\n")
    reader._sailcloth_writer = writer  # type: ignore[attr-defined]  # Or it is closed when it is collected.
    return reader


async def listen(reader: asyncio.StreamReader, found: Found) -> None:
    while line := await reader.readline():
        if line.startswith(b"id: "):
            cursor = int(line[4:])
            await reader.readuntil(b"\n\n")
            found.seen.append((cursor, time.time()))


async def ask(rest: httpx.AsyncClient, found: Found) -> None:
    while True:
        began = time.perf_counter()
        (await rest.get("/workflows", params={"limit": 20})).raise_for_status()
        found.requests.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)


async def run(rest: httpx.AsyncClient, workflow: str) -> None:
    """A change, so that there is something to do, and its run to the end."""
    graph = (await rest.get(f"/workflows/{workflow}")).json()
    for node in graph["nodes"]:
        if node["type"] == "deployment":
            node["data"].setdefault("annotations", {})["changed"] = str(time.time_ns())
    (
        await rest.post(f"/workflows/{workflow}/save", json={"nodes": graph["nodes"], "edges": graph["edges"]})
    ).raise_for_status()
    answer = await rest.post(f"/workflows/{workflow}/run", json={})
    answer.raise_for_status()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state = (await rest.get(f"/runs/{answer.json()['run_id']}")).json()["status"]
        if state not in ("deploying", "cancelling"):
            if state != "succeeded":
                raise RuntimeError(f"the run {state}")
            return
        await asyncio.sleep(0.2)
    raise TimeoutError("the run did not end")


def resident(pid: int) -> float:
    """KiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("Rss:")))


def written_at(folder: Path) -> dict[int, float]:
    """When which event was written, by its cursor."""
    (path,) = folder.glob("*.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT cursor, created_at FROM realtime_event WHERE stream_id LIKE 'workflow:%'"
        ).fetchall()
    return {cursor: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for cursor, at in rows}


def row(name: str, value: float, unit: str, limit: float | None) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit}


def percentile(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
