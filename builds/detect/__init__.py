"""A Dockerfile for a source that has none, by what lies in it: Python, Node.js, Go, or a folder of pages. Pure but for
reading. What it writes is shown, so that it can be kept and changed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from builds.detect import dockerfiles
from builds.detect.dockerfiles import Bases
from plugins.loading.installed import installed

_MOST = 256 * 1024
USUAL = Bases()


@dataclass(frozen=True, slots=True)
class Detection:
    """`reason` says by what it was found; `port` is what the image listens on."""

    kind: str
    language: str
    dockerfile_text: str
    port: int | None
    reason: str


class Folder(Protocol):
    """What lies in a source, by paths below it."""

    def has(self, name: str) -> bool: ...

    def read(self, name: str) -> str: ...


def detect(root: Path, bases: Bases = USUAL) -> Detection | None:
    """The first that fits; None where nothing does."""
    return _detect(_OnDisk(root), bases)


def detect_files(files: Mapping[str, bytes]) -> Detection | None:
    """The same for files that are in memory, by their paths below the source."""
    return _detect(_InMemory(files), USUAL)


def telling_files() -> tuple[str, ...]:
    """The names of files in a folder by which plugins know that it is one that they can build."""
    files = (name for _, detector in installed().of("build_detectors") for name in detector.files if "/" not in name)
    return tuple(dict.fromkeys(files))


def _detect(root: Folder, bases: Bases) -> Detection | None:
    known = (found for look in _LOOKS if (found := look(root, bases)) is not None)
    return next(known, None) or _by_plugins(root)


def _python(root: Folder, bases: Bases) -> Detection | None:
    manifest = next((name for name in ("requirements.txt", "pyproject.toml") if root.has(name)), None)
    if manifest is None:
        return None
    needs = root.read(manifest).lower()
    command, port = ["python", "main.py"], 8000
    if root.has("manage.py") and "django" in needs:
        command = ["python", "manage.py", "runserver", "0.0.0.0:8000"]
    elif "fastapi" in needs or "starlette" in needs:
        command = ["uvicorn", f"{_module(root)}:app", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104
    elif "flask" in needs:
        command = ["flask", "--app", _module(root), "run", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104
    elif not root.has("main.py") and root.has("app.py"):
        command = ["python", "app.py"]
    text = dockerfiles.python(bases, manifest, command, port)
    return Detection("python", "Python", text, port, f"it has {manifest}.")


def _module(root: Folder) -> str:
    return next((name for name in ("main", "app", "wsgi") if root.has(f"{name}.py")), "main")


def _node(root: Folder, bases: Bases) -> Detection | None:
    if not root.has("package.json"):
        return None
    try:
        package = json.loads(root.read("package.json"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(package, dict):
        return None
    named = package.get("scripts")
    scripts = named if isinstance(named, dict) else {}
    has_lock, has_build = root.has("package-lock.json"), "build" in scripts
    if "start" not in scripts and has_build:
        text = dockerfiles.node_pages(bases, has_lock)
        return Detection("node", "Node.js", text, 8080, "its package.json builds pages and starts nothing.")
    command = ["npm", "start"] if "start" in scripts else ["node", str(package.get("main") or "index.js")]
    text = dockerfiles.node(bases, has_lock, has_build, command, 3000)
    return Detection("node", "Node.js", text, 3000, "it has package.json.")


def _go(root: Folder, bases: Bases) -> Detection | None:
    if not root.has("go.mod"):
        return None
    return Detection("go", "Go", dockerfiles.go(bases), 8080, "it has go.mod.")


def _pages(root: Folder, bases: Bases) -> Detection | None:
    folder = next((name for name in ("", "public/", "dist/") if root.has(f"{name}index.html")), None)
    if folder is None:
        return None
    return Detection("static", "HTML", dockerfiles.pages(bases, folder or "."), 8080, f"it has {folder}index.html.")


def _by_plugins(root: Folder) -> Detection | None:
    for plugin, detector in installed().of("build_detectors"):
        if detector.files and all(root.has(name) for name in detector.files):
            reason = f"it has {' and '.join(detector.files)} (by the plugin {plugin.display_name})."
            return Detection(plugin.name, detector.name, detector.dockerfile, detector.port, reason)
    return None


_LOOKS: tuple[Callable[[Folder, Bases], Detection | None], ...] = (_python, _node, _go, _pages)


class _OnDisk:
    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str) -> bool:
        """A file of its own: a link may lead anywhere."""
        path = self._root / name
        return path.is_file() and path.resolve().is_relative_to(self._root.resolve())

    def read(self, name: str) -> str:
        with (self._root / name).open("rb") as file:
            return file.read(_MOST).decode(errors="replace")


class _InMemory:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def has(self, name: str) -> bool:
        return name in self._files

    def read(self, name: str) -> str:
        return self._files[name][:_MOST].decode(errors="replace")
