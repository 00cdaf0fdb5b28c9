"""The files of a fetched repository that say what it runs: few and small, whatever else it holds."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_FILES, MAX_BYTES, MAX_FILE = 2_000, 8 * 2**20, 2**20
MAX_DEPTH = 16
# Sources of a program that nothing mounts; large ones only cost memory.
_MAX_OTHER = 128 * 1024
_SKIPPED = frozenset(
    {".git", "node_modules", "vendor", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache", ".terraform", "target"}
)
_TELLING = re.compile(
    r"(?:.*[.-])?dockerfile(?:[.-].*)?|(?:docker-)?compose[\w.-]*\.ya?ml|\.env[\w.-]*|[\w.-]*\.env|requirements\.txt|"
    r"pyproject\.toml|package(?:-lock)?\.json|go\.mod|manage\.py|main\.py|app\.py|wsgi\.py|index\.html",
    re.IGNORECASE,
)
_MANIFEST = (".yml", ".yaml", ".json")
# What is neither telling nor a manifest, and how much later comes what lies outside of the wanted folder.
_OTHER, _FAR = 2, 3


class Gathered(NamedTuple):
    """`left_out` counts the files that were not taken for their size or number."""

    files: dict[str, bytes]
    left_out: int


class _Found(NamedTuple):
    rank: int
    depth: int
    name: str
    size: int


def gather(root: Path, wanted: str = "") -> Gathered:
    """By their paths below `root`; what lies in `wanted` and what is telling first. Links are not followed."""
    found = sorted(_files(root, wanted))
    files: dict[str, bytes] = {}
    total = 0
    for each in found:
        limit = _MAX_OTHER if each.rank % _FAR == _OTHER else MAX_FILE
        if len(files) >= MAX_FILES or each.size > limit or total + each.size > MAX_BYTES:
            continue
        content = _read(root / each.name)
        if content is not None:
            files[each.name] = content
            total += len(content)
    return Gathered(dict(sorted(files.items())), len(found) - len(files))


def _files(root: Path, wanted: str) -> Iterator[_Found]:
    waiting: list[tuple[Path, str, int]] = [(root, "", 0)]
    while waiting:
        folder, prefix, depth = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = f"{prefix}{entry.name}"
                if entry.is_symlink() or not _is_text(entry.name):
                    continue
                if entry.is_dir():
                    if entry.name not in _SKIPPED and depth < MAX_DEPTH:
                        waiting.append((Path(entry.path), f"{name}/", depth + 1))
                elif entry.is_file():
                    yield _Found(_rank(name, entry.name, wanted), depth, name, entry.stat().st_size)


def _rank(name: str, base: str, wanted: str) -> int:
    rank = 0 if _TELLING.fullmatch(base) else 1 if base.lower().endswith(_MANIFEST) else _OTHER
    return rank if not wanted or name == wanted or name.startswith(f"{wanted}/") else rank + _FAR


def _is_text(name: str) -> bool:
    """A name that JSON and a database can hold."""
    return name.isprintable() and not any("\ud800" <= ch <= "\udfff" for ch in name)


def _read(path: Path) -> bytes | None:
    """None for what cannot be read as text, such as a picture."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_FILE + 1)
    return None if b"\x00" in content[:8000] or len(content) > MAX_FILE else content
