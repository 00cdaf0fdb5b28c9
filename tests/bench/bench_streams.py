"""How long a key takes from a terminal to the container and back, and how fast logs come."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

KEYS = 200
ECHO_MS = 100
FIRST_LINE_MS = 300
LINES = 45
READS = 20


def measure() -> list[dict[str, Any]]:
    """The product's own server, sockets and loops, before the practice cluster over TLS."""
    from django.conf import settings

    from tests.integration.streams_pods.ground import Ground, PracticeThread, WebServer

    settings.ALLOWED_HOSTS = ["*"]
    with tempfile.TemporaryDirectory() as folder:
        practice, web = PracticeThread(Path(folder)), WebServer()
        ground = Ground.make(web, practice, "")
        try:
            echoes, firsts = sorted(echo(ground)), sorted(first_lines(ground))
        finally:
            ground.stop()
            web.stop()
            practice.stop()
    return [
        row("terminal echo, median", statistics.median(echoes), None),
        row(f"terminal echo of {KEYS} keys, p95", percentile(echoes, 0.95), ECHO_MS),
        row("first line of a log, median", statistics.median(firsts), FIRST_LINE_MS),
    ]


def echo(ground: Any) -> list[float]:
    """Each key is sent when the one before has come back."""
    terminal = ground.terminal(ground.pod("typist"))
    terminal.ready()
    terminal.type("echo rea''dy\r")
    terminal.until("ready\r\n")
    terminal.until("# ")
    delays = []
    for number in range(KEYS):
        key = "abcdefghijklmnopqrstuvwxyz"[number % 26]
        began = time.perf_counter()
        terminal.type(key)
        terminal.until(key)
        delays.append((time.perf_counter() - began) * 1000)
    return delays


def first_lines(ground: Any) -> list[float]:
    script = "; ".join(f"echo {number}" for number in range(LINES)) + "; sleep 3600"
    resource = ground.pod("writer", script=script)
    delays = []
    for _ in range(READS):
        reader = ground.logs(resource)
        reader.lines(1)
        delays.append(reader.first_line * 1000)
        reader.close()
    return delays


def row(name: str, value: float, limit: float | None) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "ms", "limit": limit}


def percentile(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
