"""Archives that strangers send: what is in them, and what is refused at once."""

import io
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from imports.archives import MAX_FILE, ArchiveError, is_archive, unpack

COMPOSE = b"services: {}\n"


def zipped(*members: tuple[str, bytes], mode: int = 0, compress: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            if mode:
                info.external_attr = mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, link: str = "", mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
def test_files_by_their_path(pack: Callable[..., bytes]) -> None:
    content = pack(("shop/compose.yaml", COMPOSE), ("shop/conf/a.conf", b"a"))
    assert is_archive("x", content)
    assert unpack("x", content) == {"compose.yaml": COMPOSE, "conf/a.conf": b"a"}


def test_a_plain_tar_and_no_root() -> None:
    content = tarred(("./compose.yaml", COMPOSE), ("conf/a", b"a"), mode="w:")
    assert is_archive("x.tar", content)
    assert unpack("x.tar", content) == {"compose.yaml": COMPOSE, "conf/a": b"a"}
    assert not is_archive("compose.yaml", COMPOSE)


def test_names_of_another_alphabet() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        archive.addfile(tarfile.TarInfo("Überblick.txt"))
        archive.addfile(tarfile.TarInfo("compose.yaml"))
    assert list(unpack("x.tar", buffer.getvalue())) == ["?berblick.txt", "compose.yaml"]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip slip": (lambda: zipped(("../../etc/passwd", b"x")), "leads out of the archive"),
    "zip slip backslash": (lambda: zipped(("..\\..\\x", b"x")), "leads out of the archive"),
    "zip absolute": (lambda: zipped(("/etc/passwd", b"x")), "leads out of the archive"),
    "zip drive": (lambda: zipped(("C:/x", b"x")), "leads out of the archive"),
    "zip symlink": (lambda: zipped(("a", b"/etc/passwd"), mode=0o120777), "is a link or device"),
    "tar slip": (lambda: tarred(("../x", b"x")), "leads out of the archive"),
    "tar symlink": (lambda: tarred(("a", b""), kind=tarfile.SYMTYPE, link="/etc/passwd"), "is a link or device"),
    "tar hard link": (lambda: tarred(("a", b""), kind=tarfile.LNKTYPE, link="b"), "is a link or device"),
    "tar device": (lambda: tarred(("a", b""), kind=tarfile.CHRTYPE), "is a link or device"),
    "twice": (lambda: zipped(("a", b"1"), ("./a", b"2")), "holds a twice"),
    "many files": (lambda: zipped(*((f"f{number}", b"") for number in range(2_001))), "more than 2,000 files"),
    "a bomb": (lambda: zipped(("a", b"0" * (MAX_FILE + 1)), compress=True), "is larger than 8 MiB"),
    "a bomb of many": (
        lambda: zipped(*((f"f{number}", b"0" * MAX_FILE) for number in range(5)), compress=True),
        "unpacks to more than 32 MiB",
    ),
    "half of one": (lambda: tarred(("a", b"x" * 50_000))[:60], "cannot be read"),
    "garbage": (lambda: b"PK\x03\x04" + b"\xff" * 100, "cannot be read"),
    "zstd": (lambda: b"\x28\xb5\x2f\xfd" + b"\x00" * 20, "compressed with zstd"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_at_once(name: str) -> None:
    make, words = HOSTILE[name]
    content = make()
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(ArchiveError, match=words):
        unpack("upload", content)
    seconds, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2, "a loaded machine that traces memory takes ten times as long as it needs"
    assert peak < 80 * 2**20
