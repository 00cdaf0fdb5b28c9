"""`manage.py up` in a process of its own, as a person starts it, and what a script would do with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 90.0
# From the signal to the end of the process.
STOPS_WITHIN = 10.0
LOADED = 2.0  # A machine that does other things as well may take that many times as long.
PASSWORD = "correct horse battery"
Json = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """One process of `manage.py up`; everything that it says is in `output`."""

    def __init__(self, folder: Path, port: int, python: str = sys.executable, **more: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "SAILCLOTH_"))}
        environment = {
            **{name: value for name, value in kept.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "SAILCLOTH_DATA_DIR": str(folder),
            "SAILCLOTH_PORT": str(port),
            **more,
        }
        self.url = f"http://127.0.0.1:{port}/v1/api"
        self.output = ""
        self.token = ""
        self.process = subprocess.Popen(
            [python, "manage.py", "up"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, words: str) -> None:
        until(lambda: words in self.output or self.process.poll() is not None)
        assert words in self.output, self.output

    def end(self, *signals: signal.Signals, between: float = 0.3) -> int:
        """Send `signals`; the exit code, once all that it said was read."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(between)
        code = self.process.wait(PATIENCE)
        assert time.monotonic() - began < STOPS_WITHIN * LOADED
        self._reader.join(PATIENCE)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    # --- what a script would do

    def sign_in(self) -> None:
        answer = self.post("auth/login", {"email": "admin@sailcloth.local", "password": PASSWORD})
        self.token = answer["token"]

    def post(self, path: str, sent: Json) -> Json:
        return self._ask("POST", path, sent)

    def get(self, path: str) -> Json:
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, sent: Json | None) -> Json:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if sent is None else json.dumps(sent).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return dict(json.load(answer))


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)
    return value
