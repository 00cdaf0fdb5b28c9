"""Unpacking an uploaded archive onto the disk: within bounds, and nothing outside of its folder.

Sizes that an archive claims are not believed: what is written is counted, and so is what is decompressed.
"""

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from builds.sources.budget import Budget
from builds.sources.errors import SourceError

_BLOCK = 256 * 1024
# Headers and padding of a tar file come on top of what is in it.
_OVERHEAD_OF_FILE, _OVERHEAD = 2_048, 16 * 2**20
_Opener = Callable[[IO[bytes]], IO[bytes]]
_OPENERS: tuple[tuple[bytes, _Opener], ...] = (
    (b"\x1f\x8b", lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file))),
    (b"BZh", lambda file: cast(IO[bytes], bz2.BZ2File(file))),
    (b"\xfd7zXZ\x00", lambda file: cast(IO[bytes], lzma.LZMAFile(file))),  # noqa: SIM115
)


def unpack(archive: Path, into: Path, budget: Budget) -> None:
    """The files of a zip, tar, tar.gz, tar.bz2 or tar.xz. Raises SourceError."""
    try:
        with archive.open("rb") as file:
            head = file.read(6)
            file.seek(0)
            if head.startswith(b"PK"):
                _unzip(file, into, budget)
            else:
                opener = next((make for magic, make in _OPENERS if head.startswith(magic)), None)
                _untar(opener(file) if opener else file, into, budget)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, RuntimeError) as error:
        why = "a member leads out of it" if isinstance(error, tarfile.FilterError) else "it is damaged"
        raise SourceError("bad_archive", f"The archive cannot be unpacked: {why}. Pack it again.") from None
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise SourceError("bad_archive", "The archive cannot be unpacked: it is damaged. Pack it again.") from None
        raise


class _Counted:
    """A decompressed stream that ends when it has grown beyond all that the budget allows."""

    def __init__(self, inner: IO[bytes], budget: Budget) -> None:
        self._inner = inner
        limits = budget.limits
        self._left = limits.bytes + limits.files * _OVERHEAD_OF_FILE + _OVERHEAD
        self._budget = budget

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(size)
        self._left -= len(data)
        if self._left < 0:
            self._budget.add_bytes(self._budget.limits.bytes + 1)
        self._budget.add_bytes(0)
        return data


def _untar(stream: IO[bytes], into: Path, budget: Budget) -> None:
    with tarfile.open(fileobj=cast(Any, _Counted(stream, budget)), mode="r|") as archive:
        for member in archive:
            if member.isdir():
                archive.extract(member, into, filter="data")
                continue
            if not (member.isreg() or member.issym()):
                raise _refused(member.name, "is no file, folder or link")
            budget.add_file()
            if member.isreg():
                budget.add_bytes(member.size)
            # The filter refuses what leads out of the folder, and links that do.
            archive.extract(member, into, filter="data")


def _unzip(file: IO[bytes], into: Path, budget: Budget) -> None:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
                raise _refused(member.filename, "leads out of the archive")
            target = into.joinpath(*path.parts)
            if member.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            mode = member.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise _refused(member.filename, "is no file or folder")
            budget.add_file()
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("xb") as written:
                while block := source.read(_BLOCK):
                    budget.add_bytes(len(block))
                    written.write(block)
            if mode & 0o111:
                target.chmod(0o755)


def _refused(name: str, why: str) -> SourceError:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
    return SourceError("bad_archive", f"{shown} {why}; pack it again without it.")
