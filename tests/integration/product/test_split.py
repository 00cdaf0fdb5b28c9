"""The same code as separate processes: web, worker and watcher on PostgreSQL and Redis, a real cluster behind them."""

import base64
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = secrets.token_urlsafe(12)
PATIENCE = 60

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.kube]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database of its own."""
    import psycopg

    url = os.environ["SAILCLOTH_TEST_DATABASE_URL"]
    name = f"split_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield re.sub(r"/[^/]*$", f"/{name}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def product(database: str, tmp_path: Path) -> Iterator[str]:
    """The base URL of an installation of three processes."""
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": os.environ["SAILCLOTH_TEST_REDIS_URL"],
        "SAILCLOTH_SECRET_KEYS": secrets.token_urlsafe(32),
        "SAILCLOTH_DATA_DIR": str(tmp_path),
        "SAILCLOTH_PORT": str(port),
        "SAILCLOTH_ADMIN_PASSWORD": PASSWORD,
        "SAILCLOTH_ALLOWED_NETWORKS": "127.0.0.0/8",
    }

    def start(command: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{command}.log").open("wb")
        return subprocess.Popen(
            [sys.executable, "manage.py", command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )

    assert start("setup").wait(PATIENCE) == 0, (tmp_path / "setup.log").read_text()
    processes = [start(command) for command in ("web", "work", "watch")]
    try:
        wait_for(lambda: "Sailcloth is ready at" in (tmp_path / "web.log").read_text())
        yield f"http://127.0.0.1:{port}"
        for process in processes:
            process.terminate()
        codes = [process.wait(20) for process in processes]
        assert codes == [0, 0, 0], [(tmp_path / f"{name}.log").read_text()[-2000:] for name in ("web", "work", "watch")]
        for name in ("web", "work", "watch"):
            assert "Traceback" not in (tmp_path / f"{name}.log").read_text()
    finally:
        for process in processes:
            process.kill()


def wait_for(condition: Any, seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.2)


def call(url: str, method: str, path: str, token: str = "", body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{url}/v1/api{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error


def real_cluster() -> dict[str, Any]:
    """The fields of POST /clusters for the cluster of the tests."""
    config = yaml.safe_load(Path(os.environ["SAILCLOTH_TEST_KUBECONFIG"]).read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]

    def pem(value: str) -> str:
        return base64.b64decode(value).decode()

    return {
        "name": "real",
        "server": cluster["server"],
        "auth_type": "client_certificate",
        "ca_data": pem(cluster["certificate-authority-data"]),
        "client_certificate_data": pem(user["client-certificate-data"]),
        "client_key_data": pem(user["client-key-data"]),
    }


def test_deploy_change_and_remove(product: str) -> None:
    token = call(product, "POST", "/auth/login", body={"email": "admin@sailcloth.local", "password": PASSWORD})["token"]
    cluster = call(product, "POST", "/clusters", token, real_cluster())
    assert (cluster["status"], cluster["version"][:5]) == ("connected", "v1.20")
    namespace = f"split-{secrets.token_hex(3)}"
    nodes = [
        {"id": "settings", "type": "configmap", "data": {"name": "settings", "data": {"GREETING": "hello"}}},
        {
            "id": "web",
            "type": "deployment",
            "data": {
                "name": "web",
                "image": "busybox:1",
                "command": ["sleep", "3600"],
                "ports": [{"port": 80}],
                "termination_grace_seconds": 0,
            },
        },
        {"id": "front", "type": "service", "data": {"name": "front"}},
    ]
    edges = [
        {"id": "e1", "source": "settings", "target": "web"},
        {"id": "e2", "source": "front", "target": "web"},
    ]
    body = {"name": "Split", "cluster": "real", "namespace": namespace, "nodes": nodes, "edges": edges}
    workflow = call(product, "POST", "/workflows", token, body)["id"]

    def finished(run: dict[str, Any]) -> dict[str, Any]:
        return dict(
            wait_for(
                lambda: (got := call(product, "GET", f"/runs/{run['run_id']}", token))["status"] != "deploying" and got
            )
        )

    def states() -> dict[str, str]:
        found = call(product, "GET", f"/workflows/{workflow}/status", token)["nodes"]
        return {node["node_id"]: node["state"] for node in found}

    first = finished(call(product, "POST", f"/workflows/{workflow}/run", token, {}))
    assert first["status"] == "succeeded", first
    # By the watcher, a process of its own.
    wait_for(lambda: set(states().values()) == {"healthy"})

    call(product, "POST", f"/workflows/{workflow}/save", token, {"nodes": nodes[:2], "edges": edges[:1]})
    plan = call(product, "POST", f"/workflows/{workflow}/plan", token, {})["plan"]
    assert plan["summary"]["delete"] == 1
    assert finished(call(product, "POST", f"/workflows/{workflow}/run", token, {}))["status"] == "succeeded"

    target = call(product, "GET", f"/workflows/{workflow}/targets", token)["targets"][0]["id"]
    gone = finished(call(product, "POST", f"/targets/{target}/undeploy", token, {}))
    assert gone["status"] == "succeeded", gone
