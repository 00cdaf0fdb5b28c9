"""The Dockerfiles that are written for sources without one: few layers, caches where they pay, not as root. Pure."""

import json
from collections.abc import Sequence

PYTHON, NODE, GO, PAGES, BARE = "python:3.13-slim", "node:22-slim", "golang:1.25", "nginx:1.29-alpine", "debian:13-slim"
_USER = 10001


def python(manifest: str, command: Sequence[str], port: int) -> str:
    install = "-r requirements.txt" if manifest == "requirements.txt" else "."
    files = "requirements.txt ./" if manifest == "requirements.txt" else ". ."
    return f"""\
FROM {PYTHON} AS packages
WORKDIR /app
COPY {files}
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir {install}

FROM {PYTHON}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
USER {_USER}
EXPOSE {port}
CMD {_words(command)}
"""


def node(has_lock: bool, has_build: bool, command: Sequence[str], port: int) -> str:
    build = "RUN npm run build\n" if has_build else ""
    return f"""\
FROM {NODE} AS packages
WORKDIR /app
{_npm(has_lock)}COPY . .
{build}RUN npm prune --omit=dev

FROM {NODE}
ENV NODE_ENV=production PORT={port}
WORKDIR /app
COPY --from=packages /app .
USER {_USER}
EXPOSE {port}
CMD {_words(command)}
"""


def node_pages(has_lock: bool) -> str:
    """What the build leaves in `dist` or `build` is served."""
    return f"""\
FROM {NODE} AS pages
WORKDIR /app
{_npm(has_lock)}COPY . .
RUN npm run build && mv "$(ls -d dist build out 2>/dev/null | head -n 1)" /pages

{_served("--from=pages /pages")}"""


def go() -> str:
    return f"""\
FROM {GO} AS program
WORKDIR /src
COPY go.* ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /program .

FROM {BARE}
COPY --from=program /program /program
USER {_USER}
EXPOSE 8080
CMD ["/program"]
"""


def pages(folder: str) -> str:
    return _served(folder)


def _served(source: str) -> str:
    return f"""\
FROM {PAGES}
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
