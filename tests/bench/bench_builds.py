"""Two people who queue ten builds each on a real Docker Engine: whose turn it is, and what the API's other requests
take meanwhile, against what they take when nothing is built.

The product is a process of its own, as `make run` starts it. Idle and busy are measured in alternation, because others
use the machine, too. Nothing where there is no engine.
"""

import asyncio
import contextlib
import os
import statistics
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.bench.bench_sse import PASSWORD, PATIENCE, percentile, product, row

BUILDS, ROUNDS, IDLE_SECONDS = 10, 2, 6.0
PAUSE = 0.02
TIMES, APART = 2.0, 2.0
REGISTRY = os.environ.get("SAILCLOTH_TEST_REGISTRY", "127.0.0.1:5000")
PATHS = ("/workflows?limit=20", "/builds?limit=20", "/dashboard/stats")
# A step that reads, computes and writes for a moment, never from the cache.
STEP = "head -c 3000000 /dev/urandom | gzip | sha256sum"


@dataclass
class Found:
    """Milliseconds of requests, and of each round whose builds began in which order."""

    idle: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    turns: list[list[str]] = field(default_factory=list)


def measure() -> list[dict[str, Any]]:
    if not has_engine():
        return []
    word = f"bench{uuid4().hex[:8]}"
    try:
        with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as (_, port):
            found = asyncio.run(watch(port, word))
    finally:
        remove_images(word)
    idle, busy = (percentile(sorted(each), 0.95) for each in (found.idle, found.busy))
    name = f"2 people, {BUILDS} builds each"
    return [
        row(f"{name}: turns apart at most", max(map(furthest_apart, found.turns)), "builds", APART),
        row(f"{name}: requests when idle, median", statistics.median(found.idle), "ms", None),
        row(f"{name}: requests meanwhile, median", statistics.median(found.busy), "ms", None),
        row(f"{name}: requests when idle, p95", idle, "ms", None),
        row(f"{name}: requests meanwhile, p95", busy, "ms", None),
        row(f"{name}: requests meanwhile, p95 against idle", busy / idle, "×", TIMES),
    ]


def has_engine() -> bool:
    if not Path("/var/run/docker.sock").exists():
        return False
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://{REGISTRY}/v2/", timeout=2).close()
        return True
    return False


async def watch(port: int, word: str) -> Found:
    found = Found()
    root = await signed_in(port, "/auth/login", {"email": "admin@sailcloth.local", "password": PASSWORD})
    people = [
        await signed_in(port, "/auth/register", {"email": f"{name}@example.com", "name": name, "password": PASSWORD})
        for name in ("one", "two")
    ]
    registry = {"name": "bench", "type": "generic", "url": f"http://{REGISTRY}", "is_default": True}
    await posted(root, "/admin/registries", registry)
    # What is filled by the first requests and the first build belongs to neither.
    await wait_for(people, [await start(people[0], word)])
    await ask_for(root, IDLE_SECONDS / 3, [])
    for _ in range(ROUNDS):
        await ask_for(root, IDLE_SECONDS, found.idle)
        builds = [await start(person, word) for person in people for _ in range(BUILDS)]
        asking = asyncio.create_task(ask_for(root, PATIENCE, found.busy))
        await wait_for(people, builds)
        asking.cancel()
        found.turns.append(await begun(people, set(builds)))
    for each in (root, *people):
        await each.aclose()
    return found


async def signed_in(port: int, path: str, body: dict[str, str]) -> httpx.AsyncClient:
    rest = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1/api", timeout=PATIENCE)
    rest.headers["Authorization"] = f"Bearer {(await posted(rest, path, body))['token']}"
    return rest


async def start(person: httpx.AsyncClient, word: str) -> str:
    text = f"FROM busybox:1\nENV ROUND={uuid4().hex}\nRUN {STEP}\n"
    return str((await posted(person, "/builds/start", {"dockerfile": text, "image": f"{word}/app"}))["id"])


async def posted(rest: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await rest.post(path, json=body)
    if answer.is_error:
        raise RuntimeError(f"{path}: {answer.text}")
    return dict(answer.json())


async def ask_for(rest: httpx.AsyncClient, seconds: float, times: list[float]) -> None:
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        began = time.perf_counter()
        (await rest.get(PATHS[number % len(PATHS)])).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
        number += 1
        await asyncio.sleep(PAUSE)


async def wait_for(people: list[httpx.AsyncClient], builds: list[str]) -> None:
    """Asks seldom, and for little: what it asks is not what is measured."""
    deadline = time.monotonic() + PATIENCE
    under_way = {"status": "queued,fetching,building,pushing", "limit": 1}
    while time.monotonic() < deadline:
        left = [(await person.get("/builds", params=under_way)).json()["total"] for person in people]
        if not any(left):
            break
        await asyncio.sleep(1)
    rows = [each for each in await listed(people) if each["id"] in set(builds)]
    failed = [each["error"] or each["status"] for each in rows if each["status"] != "succeeded"]
    if failed or len(rows) != len(builds):
        raise RuntimeError(f"builds failed: {failed[:3]}")


async def begun(people: list[httpx.AsyncClient], builds: set[str]) -> list[str]:
    """Whose builds they were, in the order in which they began."""
    rows = [each for each in await listed(people) if each["id"] in builds]
    return [str(each["started_by"]) for each in sorted(rows, key=lambda each: each["started_at"])]


async def listed(people: list[httpx.AsyncClient]) -> list[dict[str, Any]]:
    answers = [await person.get("/builds", params={"limit": 100}) for person in people]
    return [each for answer in answers for each in answer.json()["builds"]]


def furthest_apart(turns: list[str]) -> float:
    """By how many builds one was ahead of the other, at most, while both had some to come."""
    ahead = [abs(2 * turns[:number].count(turns[0]) - number) for number in range(1, len(turns) - 1)]
    return float(max(ahead))


def remove_images(word: str) -> None:
    names = ["/usr/bin/docker", "images", "--quiet", "--filter", f"reference=*/{word}/*"]
    found = subprocess.run(names, capture_output=True, text=True, check=False).stdout.split()
    if found:
        subprocess.run(["/usr/bin/docker", "rmi", "--force", *set(found)], capture_output=True, check=False)
