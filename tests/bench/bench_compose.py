"""Compose files to graph and report: a project of 50 services, one of 1,000, and input that means harm."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import process_time
from typing import Any

from imports.compose import ComposeError, convert

Json = dict[str, Any]
SERVICE = """
  svc{n}:
    image: acme/app{n}:1.{n}
    command: ["serve", "--port", "8080"]
    ports: ["{port}:8080"]
    environment: {{DB_HOST: db, LOG_LEVEL: info, API_TOKEN: tok{n}, URL: "http://svc{n}:8080/"}}
    volumes: ["data{n}:/data", "shared:/shared:ro"]
    healthcheck: {{test: ["CMD", "curl", "-f", "http://localhost:8080/"], interval: 10s, timeout: 3s, retries: 3}}
    deploy: {{replicas: 2, resources: {{limits: {{cpus: "0.5", memory: 256M}}, reservations: {{memory: 128M}}}}}}
    labels: {{com.example.team: a, com.example.tier: "{n}"}}
    networks: [front, back]
    restart: unless-stopped
"""


def measure() -> list[Json]:
    rows = [
        row("Compose, 50 services", fastest(lambda: convert(files(50)), 15), 60),
        row("Compose, 1,000 services", fastest(lambda: convert(files(1000)), 3), 1500),
    ]
    rows += [row(f"Compose, {name}, refused", fastest(partial(refuse, text), 3), 200) for name, text in HOSTILE.items()]
    return rows


def row(name: str, value: float, limit: float) -> Json:
    return {"name": name, "value": value, "unit": "ms", "limit": limit}


def fastest(work: Callable[[], Any], rounds: int) -> float:
    """Milliseconds of the processor, the best of some rounds: others share the machine."""
    times = []
    for _ in range(rounds):
        started = process_time()
        work()
        times.append((process_time() - started) * 1000)
    return min(times)


def files(count: int) -> dict[str, bytes]:
    services = "".join(SERVICE.format(n=number, port=10_000 + number) for number in range(count))
    volumes = "".join(f"  data{number}:\n" for number in range(count))
    text = f"services:\n{services}\nvolumes:\n  shared:\n{volumes}\nnetworks: {{front: , back: }}\n"
    return {"compose.yaml": text.encode()}


def refuse(content: bytes) -> None:
    with suppress(ComposeError):
        convert({"compose.yaml": content})
        raise AssertionError("this was accepted")


def _bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    return "\n".join([*lines, "services: {}"]).encode()


HOSTILE = {
    "an alias bomb": _bomb(),
    "4 kB of brackets": b"[" * 4096,
    "50 MB": b"x" * 50_000_000,
    "nested variables": b"services: {a: {image: '" + b"${A:-" * 50_000 + b"'}}",
}
