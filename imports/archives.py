"""Uploaded archives as a mapping of files, read in memory within bounds. Nothing touches the disk, so nothing can
leave a folder; what tries to is refused all the same, because it was made to. Pure.
"""

import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO

MAX_FILES = 2_000
MAX_BYTES = 32 * 1024 * 1024
MAX_FILE = 8 * 1024 * 1024
_BLOCK = 64 * 1024
_NAME = 500
_TOO_MUCH = f"The archive unpacks to more than {MAX_BYTES // 2**20} MiB; send only what is needed."


class ArchiveError(ValueError):
    """The archive is not read. One sentence that says why and what to do."""


def is_archive(name: str, content: bytes) -> bool:
    """By what it begins with, or by how it is called where a tar file cannot be told by its beginning."""
    return (
        content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"))
        or content[257:262] == b"ustar"
        or name.lower().endswith((".tar", ".zip", ".tgz"))
    )


def unpack(name: str, content: bytes) -> dict[str, bytes]:
    """The regular files by their path. A folder that everything is in is left out, as archives of repositories
    have one."""
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        raise ArchiveError(f"{name} is compressed with zstd; send a zip, tar or tar.gz file.")
    files: dict[str, bytes] = {}
    total = 0
    try:
        for path, opened in _members(content):
            if len(files) >= MAX_FILES:
                raise ArchiveError(f"{name} holds more than {MAX_FILES:,} files; send only what is needed.")
            data = _read(opened(), path)
            total += len(data)
            if total > MAX_BYTES:
                raise ArchiveError(_TOO_MUCH)
            if path in files:
                raise ArchiveError(f"{name} holds {path} twice; pack it again.")
            files[path] = data
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        raise ArchiveError(f"{name} cannot be read as an archive; pack it again as zip or tar.gz.") from None
    return _without_root(files)


Opened = Callable[[], IO[bytes]]


def _members(content: bytes) -> Iterator[tuple[str, Opened]]:
    return _zipped(content) if content.startswith(b"PK") else _tarred(content)


def _zipped(content: bytes) -> Iterator[tuple[str, Opened]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        # As far as it is honest about it, nothing need be unpacked to know.
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise ArchiveError(_TOO_MUCH)
        for member in members:
            kind = stat.S_IFMT(member.external_attr >> 16)
            if member.is_dir():
                continue
            if kind not in (0, stat.S_IFREG):
                raise ArchiveError(f"{_shown(member.filename)} is a link or device; pack files only.")
            if member.flag_bits & 0x1:
                raise ArchiveError("The archive has a password; send one without.")
            if member.file_size > MAX_FILE:
                raise ArchiveError(_too_large(member.filename))
            yield _path(member.filename), lambda member=member: archive.open(member)  # type: ignore[misc]


def _tarred(content: bytes) -> Iterator[tuple[str, Opened]]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r|*") as archive:
        for member in archive:
            if member.isdir():
                continue
            if not member.isreg():
                raise ArchiveError(f"{_shown(member.name)} is a link or device; pack files only.")
            if member.size > MAX_FILE:
                raise ArchiveError(_too_large(member.name))
            found = archive.extractfile(member)
            if found is not None:
                yield _path(member.name), lambda found=found: found  # type: ignore[misc]


def _read(opened: IO[bytes], path: str) -> bytes:
    """What a header says of the size need not be true."""
    with opened:
        parts, size = [], 0
        while block := opened.read(_BLOCK):
            size += len(block)
            if size > MAX_FILE:
                raise ArchiveError(_too_large(path))
            parts.append(block)
    return b"".join(parts)


def _path(name: str) -> str:
    # Names need not be text; what is none of it is shown, and no more can be done with it.
    name = name.encode(errors="replace").decode()
    parts = PurePosixPath(name.replace("\\", "/")).parts
    clean = [part for part in parts if part != "."]
    if not clean or name.startswith(("/", "\\")) or ".." in clean or ":" in clean[0] or "\x00" in name:
        raise ArchiveError(f"{_shown(name)} leads out of the archive; pack it again with paths below one folder.")
    if len(name) > _NAME:
        raise ArchiveError(f"{_shown(name)} is too long a path.")
    return "/".join(clean)


def _without_root(files: dict[str, bytes]) -> dict[str, bytes]:
    roots = {path.partition("/")[0] for path in files}
    if len(roots) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: data for path, data in files.items()}


def _too_large(path: str) -> str:
    return f"{_shown(path)} is larger than {MAX_FILE // 2**20} MiB; leave it out."


def _shown(name: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in name)
    return text if len(text) <= 80 else f"{text[:79]}…"
