"""Resident memory of everything that `make run` starts, after the demo has been deployed."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MIB = 400
PATIENCE = 90
PASSWORD = secrets.token_urlsafe(12)


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        first = start(folder)
        try:
            url, seconds = wait_until_ready(first)
            token = sign_in(url, PASSWORD)
            deploy_demo(url, token)
            time.sleep(3)
            resident = sum(memory(pid) for pid in processes(first.process.pid))
        finally:
            first.stop()
        again = start(folder)
        try:
            _, second_seconds = wait_until_ready(again)
        finally:
            again.stop()
    return [
        {"name": "memory of the whole product after the demo", "value": resident, "unit": "MiB", "limit": LIMIT_MIB},
        {"name": "first start, empty folder", "value": seconds, "unit": "s", "limit": None},
        {"name": "second start", "value": second_seconds, "unit": "s", "limit": 10},
    ]


class Product:
    """`manage.py up` on a port and folder of its own."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                **{key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")},
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "SAILCLOTH_DATA_DIR": folder,
                "SAILCLOTH_PORT": str(port),
                "SAILCLOTH_ADMIN_PASSWORD": PASSWORD,
            },
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def start(folder: str) -> Product:
    return Product(folder)


def wait_until_ready(product: Product) -> tuple[str, float]:
    assert product.process.stdout
    for line in product.process.stdout:
        found = re.search(r"Sailcloth is ready at (\S+)", line)
        if found:
            return found[1], time.monotonic() - product.started
    raise RuntimeError("the product ended before it was ready")


def call(url: str, method: str, path: str, token: str = "", body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{url}/v1/api{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def sign_in(url: str, password: str) -> str:
    body = {"email": "admin@sailcloth.local", "password": password}
    return str(call(url, "POST", "/auth/login", body=body)["token"])


def deploy_demo(url: str, token: str) -> None:
    demo = call(url, "GET", "/workflows", token)["workflows"][0]
    run = call(url, "POST", f"/workflows/{demo['id']}/run", token, {"namespace": "demo"})
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status = call(url, "GET", f"/runs/{run['run_id']}", token)["status"]
        if status != "deploying":
            assert status == "succeeded", status
            return
        time.sleep(0.5)
    raise RuntimeError("the demo was not deployed in time")


def processes(pid: int) -> list[int]:
    """`pid` and all below it."""
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(below for child in children for below in processes(child))]


def memory(pid: int) -> float:
    """MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
