"""Packing a folder as the context of a build: what `.dockerignore` leaves in, as the engine's own client reads it.

BuildKit applies the file only to folders that it reads itself; what comes as a tar is taken as it is.
https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

import io
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 256 * 1024
_IGNORE = ".dockerignore"
_MOST_PATTERNS = 1024 * 1024


def pack(root: Path, dockerfile: str = "Dockerfile", *, dockerfile_text: str | None = None) -> Iterator[bytes]:
    """A tar of what is below `root`, in blocks. Links stay links; whoever unpacks it keeps them inside."""
    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name in _names(root, dockerfile):
                archive.add(root / name, name, recursive=False, filter=_plain)
            if dockerfile_text is not None:
                content = dockerfile_text.encode()
                info = tarfile.TarInfo(dockerfile)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _names(root: Path, dockerfile: str) -> list[str]:
    from docker.utils.build import exclude_paths

    return sorted(exclude_paths(str(root), _patterns(root), dockerfile=dockerfile))


def _patterns(root: Path) -> list[str]:
    path = root / _IGNORE
    if path.is_symlink() or not path.is_file():
        return []
    with path.open("rb") as file:
        text = file.read(_MOST_PATTERNS).decode(errors="replace").removeprefix("\ufeff")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Files, folders and links, with nobody's name on them: the same content gives the same layers."""
    if not (info.isreg() or info.isdir() or info.issym()):
        return None
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
