"""Files and folders as the server's import takes them: paths below the folder, bounded before anything is sent."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.errors import BadUsage

MOST_FILES = 500
MOST_BYTES = 32 * 1024 * 1024
# What no import reads, and what may be endless.
_LEFT_OUT = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})


def read_uploads(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """(path, content) of each file. Of one folder the paths are those below it; links are not followed."""
    found: list[tuple[str, bytes]] = []
    size = 0
    for path in paths:
        for name, file in _files(path, is_alone=len(paths) == 1):
            content = _read(file)
            size += len(content)
            if len(found) >= MOST_FILES:
                raise BadUsage(f"That is more than {MOST_FILES} files; name the ones that are needed.")
            if size > MOST_BYTES:
                raise BadUsage(f"That is more than {MOST_BYTES // 2**20} MiB; name the files that are needed.")
            found.append((name, content))
    if not found:
        raise BadUsage("There is no file in what you named.")
    return found


def _files(path: Path, *, is_alone: bool) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    base = path if is_alone else path.parent
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(base).as_posix(), file


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadUsage(f"{file} cannot be read: {os.strerror(error.errno or 0)}.") from None
