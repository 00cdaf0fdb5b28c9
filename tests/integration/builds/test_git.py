"""Fetching from a real git server: what comes, what is refused, and what nobody gets to know."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builds.sources import fetch
from builds.sources.errors import SourceError
from builds.sources.types import Fetched, GitSource, Limits
from clusters.kube.network import Guard
from tests.integration.builds.git_server import TOKEN, USER, Repositories, git, serving

pytestmark = pytest.mark.enable_socket
LOOPBACK = ("127.0.0.0/8",)
LIMITS = Limits(seconds=30, bytes=4 * 2**20, files=50)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    with serving(tmp_path_factory.mktemp("repositories")) as found:
        yield found


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    return make


@pytest.fixture(scope="module")
def commit(server: Repositories) -> str:
    server.make("private", {"Dockerfile": "FROM scratch\n"})
    server.make("large", {"large.bin": os.urandom(3 * 2**20).hex()})
    server.make("many", {f"f{number}": "" for number in range(60)})
    server.make("odd", {"a": "a"}, links={"outside": "/etc", "sub": "../.."})
    return server.make(
        "app", {"Dockerfile": "FROM scratch\n", "service/main.py": "print()\n"}, links={"link": "service"}
    )


def bring(server: Repositories, folder: Path, repository: str, limits: Limits = LIMITS, **more: Any) -> Fetched:
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


# --- submodules -------------------------------------------------------------------------------------------


def gitlink(server: Repositories, name: str, links: dict[str, str], modules: str, **more: str) -> None:
    """A repository whose commit refers to others; `modules` is its .gitmodules."""
    server.make(name, {"a": "a", ".gitmodules": modules, **more})
    work = server.folder / f"{name}-work"
    for path, revision in links.items():
        git(work, "update-index", "--add", "--cacheinfo", f"160000,{revision},{path}")
    git(work, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=two")
    git(work, "push", "--quiet", "--force", str(server.folder / f"{name}.git"), "main")


def module(path: str, url: str, name: str = "") -> str:
    return f'[submodule "{name or path}"]\n\tpath = {path}\n\turl = {url}\n'


def deep(server: Repositories, folder: Path, repository: str, **more: Any) -> Fetched:
    return bring(server, folder, repository, submodules=True, **more)


def test_submodules_are_left_out_unless_they_are_asked_for(
    server: Repositories, commit: str, tmp_path: Path, make_folder: Callable[[str], Path]
) -> None:
    absolute = module("other/app", f"{server.url}/app.git", name="with.dots")
    gitlink(server, "outer", {"lib/app": commit, "other/app": commit}, module("lib/app", "../app.git") + absolute)
    assert list((bring(server, make_folder("plain"), "outer").root / "lib/app").iterdir()) == []
    found = deep(server, make_folder("deep"), "outer")
    for path in ("lib/app", "other/app"):
        assert (found.root / path / "service/main.py").read_text() == "print()\n"
        assert not (found.root / path / ".git").exists()
    assert found.files == 4 + 3 + 3  # with both references


def test_submodules_of_submodules_have_an_end(
    server: Repositories, commit: str, make_folder: Callable[[str], Path]
) -> None:
    inner = commit
    for depth in range(1, 5):
        gitlink(
            server, f"level-{depth}", {"in": inner}, module("in", f"../{'app' if depth == 1 else f'level-{depth - 1}'}")
        )
        inner = git(server.folder / f"level-{depth}.git", "rev-parse", "main").strip()
    assert (deep(server, make_folder("three"), "level-3").root / "in/in/in/Dockerfile").is_file()
    with pytest.raises(SourceError) as caught:
        deep(server, make_folder("four"), "level-4")
    assert caught.value.code == "submodules_too_deep"


def test_a_password_goes_to_the_host_that_it_is_for(
    server: Repositories, commit: str, tmp_path: Path, make_folder: Callable[[str], Path]
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    with serving(other) as stranger:
        foreign = stranger.make("lib", {"x": "x"})
        private = git(server.folder / "private.git", "rev-parse", "main").strip()
        modules = module("lib", f"{stranger.url}/lib.git") + module("own", "../private.git")
        gitlink(server, "private-outer", {"lib": foreign, "own": private}, modules)
        found = deep(server, make_folder("a"), "private-outer", username=USER, token=TOKEN)
        assert [path.name for path in (found.root / "lib").iterdir()] == ["x"]
        assert [path.name for path in (found.root / "own").iterdir()] == ["Dockerfile"]
        assert stranger.seen and not any("Authorization" in headers for headers in stranger.seen)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc", "submodule_refused"),
        ("/etc", "submodule_refused"),
        ("ext::sh -c touch% /tmp/x", "submodule_refused"),
        ("-u./payload", "submodule_refused"),
        ("--upload-pack=touch", "submodule_refused"),
        ("git@github.com:team/lib.git", "submodule_refused"),
        ("ssh://-oProxyCommand=touch/x", "submodule_refused"),
        ("https://user:pass@example.com/lib.git", "submodule_refused"),
        ("../../../../lib.git", "submodule_refused"),
        ("http://169.254.169.254/latest", "host_refused"),
        ("http://[::ffff:169.254.169.254]/x", "host_refused"),
        ("http://10.0.0.1/lib.git", "host_refused"),
    ],
    ids=[
        "file",
        "path",
        "ext",
        "option",
        "long option",
        "scp",
        "ssh option",
        "credentials",
        "above the host",
        "metadata",
        "metadata in disguise",
        "private",
    ],
)
def test_hostile_addresses_of_submodules(
    url: str, code: str, server: Repositories, commit: str, make_folder: Callable[[str], Path], request: Any
) -> None:
    name = f"hostile-{abs(hash(url))}"
    gitlink(server, name, {"lib": commit}, module("lib", url))
    with pytest.raises(SourceError) as caught:
        deep(server, make_folder("a"), name)
    assert caught.value.code == code, caught.value.message
    assert "user:pass" not in caught.value.message


@pytest.mark.parametrize(
    ("links", "modules", "code"),
    [
        ({"lib": 1}, module("other", "../app.git"), "submodule_unknown"),
        ({"lib": 1}, "[include]\n\tpath = /etc/passwd\n" + module("x", "../app.git"), "submodule_unknown"),
        ({"lib": 1}, "[submodule \"x\"]\n\tpath = lib\n\tupdate = !touch /tmp/x\n", "submodule_unknown"),
        ({"lib": 1}, "\0\xff[[[", "git_failed"),
        ({"lib": 1}, "#" * 70_000, "submodule_unknown"),
        ({f"lib{number}": 1 for number in range(21)}, "".join(
            module(f"lib{number}", "../app.git") for number in range(21)
        ), "submodules_too_many"),
    ],
    ids=["not listed", "include", "command", "garbage", "large", "many"],
)  # fmt: skip
def test_hostile_lists_of_submodules(
    links: dict[str, int],
    modules: str,
    code: str,
    server: Repositories,
    commit: str,
    make_folder: Callable[[str], Path],
    request: pytest.FixtureRequest,
) -> None:
    name = f"list-{request.node.callspec.id.replace(' ', '-')}"
    gitlink(server, name, dict.fromkeys(links, commit), modules)
    with pytest.raises(SourceError) as caught:
        deep(server, make_folder("a"), name)
    assert caught.value.code == code, caught.value.message


def test_a_list_of_submodules_that_is_a_link(
    server: Repositories, commit: str, make_folder: Callable[[str], Path]
) -> None:
    server.make("linked", {"a": "/etc/passwd"})
    work = server.folder / "linked-work"
    # git itself would not add such a thing.
    link = git(work, "hash-object", "-w", "a").strip()
    (work / "tree").write_bytes(f"120000 blob {link}\t.gitmodules\n160000 commit {commit}\tlib\n".encode())
    with (work / "tree").open() as listed:
        words = ["git", "mktree", "--missing"]
        tree = subprocess.run(words, cwd=work, stdin=listed, check=True, capture_output=True, text=True).stdout.strip()
    as_somebody = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    made = git(work, *as_somebody, "commit-tree", tree, "-m", "two").strip()
    git(work, "push", "--quiet", "--force", str(server.folder / "linked.git"), f"{made}:main")
    with pytest.raises(SourceError) as caught:
        deep(server, make_folder("a"), "linked")
    assert caught.value.code in ("submodule_unknown", "git_failed")
    assert "root:" not in caught.value.message
