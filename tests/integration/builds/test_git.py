"""Fetching from a real git server: what comes, what is refused, and what nobody gets to know."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builds.sources import fetch
from builds.sources.errors import SourceError
from builds.sources.types import Fetched, GitSource, Limits
from clusters.kube.network import Guard
from tests.integration.builds.git_server import TOKEN, USER, Repositories, serving

pytestmark = pytest.mark.enable_socket
LOOPBACK = ("127.0.0.0/8",)
LIMITS = Limits(seconds=30, bytes=4 * 2**20, files=50)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    with serving(tmp_path_factory.mktemp("repositories")) as found:
        yield found


@pytest.fixture(scope="module")
def commit(server: Repositories) -> str:
    server.make("private", {"Dockerfile": "FROM scratch\n"})
    server.make("large", {"large.bin": os.urandom(3 * 2**20).hex()})
    server.make("many", {f"f{number}": "" for number in range(60)})
    server.make("odd", {"a": "a"}, links={"outside": "/etc", "sub": "../.."})
    return server.make(
        "app", {"Dockerfile": "FROM scratch\n", "service/main.py": "print()\n"}, links={"link": "service"}
    )


def bring(server: Repositories, folder: Path, repository: str, limits: Limits = LIMITS, **more: str) -> Fetched:
    lines: list[str] = []
    into = folder / "source"
    into.mkdir()
    source = GitSource(f"{server.url}/{repository}.git", **more)
    try:
        return asyncio.run(fetch(source, into, limits=limits, guard=Guard(LOOPBACK), on_line=lines.append))
    finally:
        assert TOKEN not in "\n".join(lines)


@pytest.mark.parametrize("ref", ["", "main", "v1", "commit"], ids=["default", "branch", "tag", "commit"])
def test_a_commit_and_nothing_else(ref: str, server: Repositories, commit: str, tmp_path: Path) -> None:
    found = bring(server, tmp_path, "app", ref=commit if ref == "commit" else ref)
    assert (found.revision, found.files) == (commit, 3)
    assert sorted(path.name for path in found.root.iterdir()) == ["Dockerfile", "link", "service"]
    assert (found.root / "service/main.py").read_text() == "print()\n"


def test_a_folder_of_it(server: Repositories, commit: str, tmp_path: Path) -> None:
    assert [path.name for path in bring(server, tmp_path, "app", subdirectory="service").root.iterdir()] == ["main.py"]


def test_with_a_password(server: Repositories, commit: str, tmp_path: Path) -> None:
    assert bring(server, tmp_path, "private", username=USER, token=TOKEN).files == 1


@pytest.mark.parametrize(
    ("repository", "more", "code"),
    [
        ("absent", {}, "git_not_found"),
        ("private", {}, "git_unauthorized"),
        ("private", {"username": USER, "token": "wrong"}, "git_unauthorized"),
        ("app", {"ref": "no-such"}, "unknown_ref"),
        ("app", {"ref": "0" * 40}, "unknown_ref"),
        ("app", {"subdirectory": "absent"}, "unknown_subdirectory"),
        ("app", {"subdirectory": "Dockerfile"}, "unknown_subdirectory"),
        ("odd", {"subdirectory": "outside"}, "unknown_subdirectory"),
        ("odd", {"subdirectory": "sub"}, "unknown_subdirectory"),
        ("large", {}, "source_too_large"),
        ("many", {}, "source_too_many_files"),
    ],
    ids=[
        "no repository",
        "no password",
        "wrong password",
        "no branch",
        "no commit",
        "no folder",
        "a file",
        "a link out of it",
        "a link above it",
        "too large",
        "too many files",
    ],
)
def test_what_does_not_come(
    repository: str, more: dict[str, str], code: str, server: Repositories, commit: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught:
        bring(server, tmp_path, repository, **more)
    assert caught.value.code == code, caught.value.message
    assert TOKEN not in caught.value.message


def test_what_is_too_large_is_seen_while_it_comes(server: Repositories, commit: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        bring(server, tmp_path, "large", limits=Limits(seconds=30, bytes=100_000, files=50))
    assert caught.value.code == "source_too_large"


def test_another_host_gets_no_password(server: Repositories, commit: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with serving(other) as thief:
        server.moved_to = thief.url
        try:
            with pytest.raises(SourceError) as caught:
                bring(server, tmp_path, "private", username=USER, token=TOKEN)
        finally:
            server.moved_to = ""
        assert thief.seen == []
    assert caught.value.code == "git_redirected"


@pytest.mark.parametrize(
    "url",
    ["file:///etc", "ext::sh -c 'touch /tmp/x'", "ssh://host/x", "git://host/x", "-u./x", "https://"],
    ids=["file", "ext", "ssh", "git", "option", "no host"],
)
def test_other_ways_are_none(url: str, tmp_path: Path) -> None:
    source = GitSource(url)
    with pytest.raises(SourceError):
        asyncio.run(fetch(source, tmp_path, limits=LIMITS, guard=Guard(LOOPBACK), on_line=lambda _: None))


def test_private_addresses_are_not_asked(server: Repositories, tmp_path: Path) -> None:
    seen = len(server.seen)
    source = GitSource(f"{server.url}/app.git")
    with pytest.raises(SourceError) as caught:
        asyncio.run(fetch(source, tmp_path, limits=LIMITS, guard=Guard(()), on_line=lambda _: None))
    assert (caught.value.code, len(server.seen)) == ("host_refused", seen)


def test_cancelling_leaves_no_process(server: Repositories, commit: str, tmp_path: Path) -> None:
    async def cancelled() -> float:
        into = tmp_path / "source"
        into.mkdir()
        source = GitSource(f"{server.url}/large.git")
        task = asyncio.create_task(fetch(source, into, limits=LIMITS, guard=Guard(LOOPBACK), on_line=lambda _: None))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return time.monotonic() - began

    assert asyncio.run(cancelled()) < 5
    words = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(str(tmp_path).encode() in each for each in words)
