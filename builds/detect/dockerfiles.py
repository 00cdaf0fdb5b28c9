"""The Dockerfiles that are written for sources without one: few layers, caches where they pay, not as root. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

_USER = 10001


@dataclass(frozen=True, slots=True)
class Bases:
    """What images are built on. `pages` serves files as nginx does, `bare` runs a program without a runtime."""

    python: str = "python:3.13-slim"
    node: str = "node:22-slim"
    go: str = "golang:1.25"
    pages: str = "nginx:1.29-alpine"
    bare: str = "debian:13-slim"


def python(bases: Bases, manifest: str, command: Sequence[str], port: int) -> str:
    install = "-r requirements.txt" if manifest == "requirements.txt" else "."
    files = "requirements.txt ./" if manifest == "requirements.txt" else ". ."
    return f"""\
FROM {bases.python} AS packages
WORKDIR /app
COPY {files}
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir {install}

FROM {bases.python}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
USER {_USER}
EXPOSE {port}
CMD {_words(command)}
"""


def node(bases: Bases, has_lock: bool, has_build: bool, command: Sequence[str], port: int) -> str:
    build = "RUN npm run build\n" if has_build else ""
    return f"""\
FROM {bases.node} AS packages
WORKDIR /app
{_npm(has_lock)}COPY . .
{build}RUN npm prune --omit=dev

FROM {bases.node}
ENV NODE_ENV=production PORT={port}
WORKDIR /app
COPY --from=packages /app .
USER {_USER}
EXPOSE {port}
CMD {_words(command)}
"""


def node_pages(bases: Bases, has_lock: bool) -> str:
    """What the build leaves in `dist` or `build` is served."""
    return f"""\
FROM {bases.node} AS pages
WORKDIR /app
{_npm(has_lock)}COPY . .
RUN npm run build && mv "$(ls -d dist build out 2>/dev/null | head -n 1)" /pages

{_served(bases, "--from=pages /pages")}"""


def go(bases: Bases) -> str:
    return f"""\
FROM {bases.go} AS program
WORKDIR /src
COPY go.* ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /program .

FROM {bases.bare}
COPY --from=program /program /program
USER {_USER}
EXPOSE 8080
CMD ["/program"]
"""


def pages(bases: Bases, folder: str) -> str:
    return _served(bases, folder)


def _served(bases: Bases, source: str) -> str:
    return f"""\
FROM {bases.pages}
RUN sed -i 's/listen  *80;/listen 8080;/' /etc/nginx/conf.d/default.conf \\
 && sed -i 's|^pid .*|pid /tmp/nginx.pid;|; /^user /d' /etc/nginx/nginx.conf \\
 && chown -R {_USER} /var/cache/nginx
COPY {source} /usr/share/nginx/html
USER {_USER}
EXPOSE 8080
"""


def _npm(has_lock: bool) -> str:
    return "COPY package*.json ./\n" + ("RUN npm ci\n" if has_lock else "RUN npm install\n")


def _words(command: Sequence[str]) -> str:
    return json.dumps(list(command))
