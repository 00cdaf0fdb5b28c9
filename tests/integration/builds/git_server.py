"""A real git server on loopback: git's own `http-backend` behind a small HTTP server, with a password where wanted."""

import base64
import contextlib
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

USER, TOKEN = "reader", "a-canary-of-git"


class Repositories:
    """`seen` are the headers of every request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[dict[str, str]] = []
        self.moved_to = ""
        # Requests wait until it is set.
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.url = ""

    def make(self, name: str, files: dict[str, str], links: dict[str, str] | None = None) -> str:
        """A bare repository of one commit on `main`, tagged v1; its commit."""
        work = self.folder / f"{name}-work"
        work.mkdir()
        for path, text in files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        for path, where in (links or {}).items():
            (work / path).symlink_to(where)
        git(work, "init", "--quiet", "--initial-branch=main")
        git(work, "add", "--all")
        git(work, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=one")
        git(work, "tag", "v1")
        git(self.folder, "clone", "--quiet", "--bare", str(work), f"{name}.git")
        git(self.folder / f"{name}.git", "config", "uploadpack.allowAnySHA1InWant", "true")
        return git(work, "rev-parse", "HEAD").strip()


def git(folder: Path, *words: str) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True).stdout


@contextmanager
def serving(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[Repositories]:
    repositories = Repositories(folder)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            repositories.seen.append(dict(self.headers))
            repositories.may_answer.wait(30)
            path, _, query = self.path.partition("?")
            if repositories.moved_to:
                self.send_response(302)
                self.send_header("Location", repositories.moved_to + self.path)
                self.end_headers()
                return
            wanted = "Basic " + base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
            if "private" in path and self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            env = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            answer = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True).stdout
            head, _, rest = answer.partition(b"\r\n\r\n")
            lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
            status = next((value for name, value in lines if name == "Status"), "200 OK")
            self.send_response(int(status.split()[0]))
            for name, value in lines:
                if name not in ("Status", "Content-Length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # Whoever asked may have gone.
                self.wfile.write(rest)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    repositories.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield repositories
    finally:
        server.shutdown()
        server.server_close()
