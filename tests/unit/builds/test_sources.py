"""Archives onto the disk, folders into a context, and the Dockerfile of a source that has none."""

import asyncio
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from builds.detect import detect
from builds.detect.dockerfiles import Bases
from builds.dockerfiles import instructions, read_references
from builds.engines.packing import pack
from builds.sources import fetch
from builds.sources.errors import SourceError
from builds.sources.types import Fetched, InlineSource, Limits, UploadSource
from clusters.kube.network import Guard

LIMITS = Limits(seconds=10, bytes=1_000_000, files=20)


def zipped(*members: tuple[str, bytes], mode: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w:gz", kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def brought(folder: Path, archive: bytes) -> Fetched:
    path, into = folder / "upload", folder / "source"
    path.write_bytes(archive)
    into.mkdir()
    return asyncio.run(fetch(UploadSource(path), into, limits=LIMITS, guard=Guard(()), on_line=lambda _: None))


@pytest.mark.parametrize(
    "archive",
    [zipped(("a/b.txt", b"x")), *(tarred(("a/b.txt", b"x"), mode=f"w:{kind}") for kind in ("", "gz", "bz2", "xz"))],
    ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"],
)
def test_every_kind(archive: bytes, tmp_path: Path) -> None:
    found = brought(tmp_path, archive)
    assert ((found.root / "a/b.txt").read_bytes(), found.files, found.bytes) == (b"x", 1, 1)


def test_programs_stay_programs_and_links_stay_inside(tmp_path: Path) -> None:
    found = brought(tmp_path, zipped(("run.sh", b"#!"), mode=0o100755))
    assert (found.root / "run.sh").stat().st_mode & 0o111
    other = tmp_path / "other"
    other.mkdir()
    assert brought(other, tarred(("link", b""), kind=tarfile.SYMTYPE, link="there")).files == 1


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip slip": (lambda: zipped(("../x", b"")), "bad_archive"),
    "zip absolute": (lambda: zipped(("/etc/x", b"")), "bad_archive"),
    "zip symlink": (lambda: zipped(("x", b"/etc"), mode=0o120777), "bad_archive"),
    "zip bomb": (lambda: zipped(("x", b"0" * 2_000_000)), "source_too_large"),
    "zip of many": (lambda: zipped(*((f"f{number}", b"") for number in range(21))), "source_too_many_files"),
    "tar slip": (lambda: tarred(("../x", b"")), "bad_archive"),
    "tar symlink out": (lambda: tarred(("x", b""), kind=tarfile.SYMTYPE, link="../../etc"), "bad_archive"),
    "tar hard link": (lambda: tarred(("x", b""), kind=tarfile.LNKTYPE, link="y"), "bad_archive"),
    "tar device": (lambda: tarred(("x", b""), kind=tarfile.CHRTYPE), "bad_archive"),
    "tar bomb": (lambda: tarred(("x", b"0" * 2_000_000)), "source_too_large"),
    "tar of many": (lambda: tarred(*((f"f{number}", b"") for number in range(21))), "source_too_many_files"),
    "half": (lambda: tarred(("x", bytes(range(256)) * 100))[:40], "bad_archive"),
    "garbage": (lambda: b"PK\x03\x04" + b"\xff" * 50, "bad_archive"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives(name: str, tmp_path: Path) -> None:
    make, code = HOSTILE[name]
    with pytest.raises(SourceError) as caught:
        brought(tmp_path, make())
    assert caught.value.code == code, caught.value.message
    assert not (tmp_path / "x").exists()


def test_headers_are_counted_too(tmp_path: Path) -> None:
    """A tar of nothing but headers unpacks to nothing, and yet has no end."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x")
        info.pax_headers = {"comment": "0" * 30_000_000}
        archive.addfile(info, io.BytesIO(b""))
    with pytest.raises(SourceError, match="MiB"):
        brought(tmp_path, buffer.getvalue())


def test_files_by_name(tmp_path: Path) -> None:
    source = InlineSource({"a/Dockerfile": b"FROM scratch"})
    asyncio.run(fetch(source, tmp_path, limits=LIMITS, guard=Guard(()), on_line=lambda _: None))
    assert (tmp_path / "a/Dockerfile").read_bytes() == b"FROM scratch"
    for name in ("../x", "/x"):
        with pytest.raises(SourceError):
            asyncio.run(
                fetch(InlineSource({name: b""}), tmp_path, limits=LIMITS, guard=Guard(()), on_line=lambda _: None)
            )


def packed(root: Path, dockerfile: str = "Dockerfile", text: str | None = None) -> dict[str, tarfile.TarInfo]:
    data = b"".join(pack(root, dockerfile, dockerfile_text=text))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {member.name: member for member in archive.getmembers()}


def test_a_context_leaves_out_what_is_to_be_ignored(tmp_path: Path) -> None:
    for name in ("Dockerfile", ".env", "src/a.py", "src/a.pyc", "logs/x.log", "logs/keep.log", "node_modules/m/i.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (tmp_path / ".dockerignore").write_text(
        "# all of these\n.env\n**/*.pyc\nlogs\n!logs/keep.log\nnode_modules/\nDockerfile\n"
    )
    (tmp_path / "out").symlink_to("/etc")
    members = packed(tmp_path)
    assert set(members) == {".dockerignore", "Dockerfile", "src", "src/a.py", "logs/keep.log", "out"}
    assert members["out"].issym(), "and nothing of what it leads to"
    assert {member.uid for member in members.values()} == {0}
    assert ".sailcloth" in packed(tmp_path, ".sailcloth", "FROM scratch\n")


@pytest.mark.parametrize(
    ("files", "language", "command"),
    [
        ({"requirements.txt": "Django\n", "manage.py": ""}, "Python", "manage.py"),
        ({"pyproject.toml": "dependencies = ['fastapi']", "app.py": ""}, "Python", "app:app"),
        ({"requirements.txt": "flask\n", "main.py": ""}, "Python", "flask"),
        ({"requirements.txt": "", "app.py": ""}, "Python", "app.py"),
        ({"package.json": '{"scripts": {"start": "x", "build": "y"}}', "package-lock.json": ""}, "Node.js", "npm"),
        ({"package.json": '{"scripts": {"build": "vite build"}}'}, "Node.js", ""),
        ({"package.json": '{"main": "server.js"}'}, "Node.js", "server.js"),
        ({"go.mod": "module x"}, "Go", "/program"),
        ({"public/index.html": ""}, "HTML", ""),
    ],
    ids=["django", "fastapi", "flask", "script", "node", "pages of node", "node main", "go", "pages"],
)
def test_a_dockerfile_is_written(files: dict[str, str], language: str, command: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = detect(tmp_path)
    assert found is not None
    assert found.language == language
    found_instructions = list(instructions(found.dockerfile_text))
    assert ("EXPOSE", str(found.port)) in found_instructions
    assert any(name == "USER" for name, _ in found_instructions), "not as root"
    assert command in dict(found_instructions).get("CMD", "")
    assert read_references(found.dockerfile_text, {}).unknown == ()


@pytest.mark.parametrize(
    ("files", "bases"),
    [
        ({"main.py": "", "requirements.txt": ""}, {"mirror/python"}),
        ({"package.json": "{}"}, {"mirror/node"}),
        ({"package.json": '{"scripts": {"build": "x"}}'}, {"mirror/node", "mirror/pages"}),
        ({"go.mod": ""}, {"mirror/go", "mirror/bare"}),
        ({"index.html": ""}, {"mirror/pages"}),
    ],
    ids=["python", "node", "pages of node", "go", "pages"],
)
def test_it_is_built_on_what_the_settings_say(files: dict[str, str], bases: set[str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    own = Bases(*(f"mirror/{name}" for name in ("python", "node", "go", "pages", "bare")))
    found = detect(tmp_path, own)
    assert found is not None
    assert {text.split()[0] for name, text in instructions(found.dockerfile_text) if name == "FROM"} == bases


@pytest.mark.parametrize("files", [{}, {"package.json": "no json"}, {"README.md": ""}], ids=["none", "broken", "other"])
def test_nothing_that_is_known(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert detect(tmp_path) is None
