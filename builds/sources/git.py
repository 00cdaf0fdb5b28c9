"""A commit of a repository, and nothing else of it: over HTTP(S) only, without hooks, filters or prompts, and without
submodules unless they are asked for; each of those passes the same rules as the repository itself.

The host is resolved once, checked, and the connection pinned to what was checked; redirects are not followed, so a
password goes to no other host. Credentials are in the environment of the process, never in its words.
https://git-scm.com/docs/git-config (http.*, protocol.*)
"""

import asyncio
import base64
import os
import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from builds import processes
from builds.sources.budget import Budget
from builds.sources.errors import SourceError
from builds.sources.submodules import DEEPEST, MOST, Entry, entries, links, list_of, submodules
from builds.sources.types import Fetched, GitSource
from clusters.kube.network import AddressRefused, Guard

OnLine = Callable[[str], None]
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_PORTS = {"https": 443, "http": 80}
_LOOK_SECONDS = 0.25
_FETCH_OPTIONS = ("--depth=1", "--no-tags", "--no-recurse-submodules", "--progress")
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO")
_MOST_LISTED = 64 * 2**20
# How git and curl say it, and how a person would.
_REASONS: tuple[tuple[str, str, str], ...] = (
    (r"authentication failed|could not read (?:username|password)|HTTP[^\n]* 40[13]", "git_unauthorized",
     "The repository wants a user and a token, or does not accept these; a private one is also said to be not there."),
    (r"couldn't find remote ref|not our ref|no such remote ref|remote ref HEAD", "unknown_ref",
     "The repository has no such branch, tag or commit."),
    (r"not found|HTTP[^\n]* 404", "git_not_found", "There is no such repository, or it is private."),
    (r"unable to update url base from redirection|HTTP[^\n]* 30\d", "git_redirected",
     "The repository has moved: its host answers with another address. Use that one."),
    (r"certificate|ssl", "git_tls", "The certificate of the repository's host is not trusted."),
    (r"connection refused|failed to connect|timed out|could not resolve", "git_unreachable",
     "The repository's host does not answer."),
)  # fmt: skip


async def fetch_git(source: GitSource, into: Path, *, budget: Budget, guard: Guard, on_line: OnLine) -> Fetched:
    """Below `into`, without `.git`. Raises SourceError."""
    git = shutil.which("git")
    if git is None:
        raise SourceError("git_missing", "git is not installed where builds run.")
    home = into.parent / "git-home"
    home.mkdir(exist_ok=True)
    fetcher = _Fetcher(git, home, into, budget, guard, on_line)
    revision = await fetcher.bring(source, into, 0)
    return Fetched(_below(into, source.subdirectory), revision, budget.bytes, budget.files)


class _Fetcher:
    """Brings a repository, and its submodules where `source` asks for them, with one budget for all."""

    def __init__(self, git: str, home: Path, root: Path, budget: Budget, guard: Guard, on_line: OnLine) -> None:
        self._git, self._home, self._root = git, home, root
        self._budget, self._guard, self._on_line = budget, guard, on_line
        self._count = 0

    async def bring(self, source: GitSource, into: Path, depth: int) -> str:
        """The commit that is in `into` now."""
        work = _Git(self._git, into, await _environment(source, self._home, self._guard), self._budget, self._on_line)
        self._on_line(f"Fetching {source.ref or 'the default branch'} of {source.url}")
        await work.run("init", "--quiet", "--template=")
        await work.run("fetch", *_FETCH_OPTIONS, "--", source.url, source.ref or "HEAD")
        revision = (await work.run("rev-parse", "--verify", "FETCH_HEAD^{commit}", is_read=True)).strip()
        if not _COMMIT.fullmatch(revision):
            raise SourceError("unknown_ref", "The repository has no such branch, tag or commit.")
        tree = await work.weigh(revision)
        await work.run("checkout", "--quiet", "--detach", revision)
        listed = ""
        if source.submodules and links(tree):
            listed = await work.run(
                "config", "--no-includes", "--blob", list_of(tree).object, "--list", "-z", is_read=True
            )
        await asyncio.to_thread(shutil.rmtree, into / ".git")
        self._on_line(f"Commit {revision}")
        if listed:
            await self._submodules(source, tree, listed, into, depth + 1)
        return revision

    async def _submodules(self, source: GitSource, tree: list[Entry], listed: str, into: Path, depth: int) -> None:
        found = submodules(tree, listed, source)
        self._count += len(found)
        if self._count > MOST:
            raise SourceError("submodules_too_many", f"The repository has more than {MOST} submodules.")
        if depth > DEEPEST:
            raise SourceError("submodules_too_deep", f"The submodules lie more than {DEEPEST} deep in each other.")
        for path, child in found:
            folder = into / path
            # git made the empty folder; whatever else stands there was put there to lead elsewhere.
            if folder.resolve() != folder.absolute() or not folder.is_dir() or any(folder.iterdir()):
                raise SourceError("submodule_refused", f"The submodule {path[:100]} has no folder of its own.")
            await self.bring(replace(child, submodules=True), folder, depth)


def _below(into: Path, subdirectory: str) -> Path:
    """A link may stand in its way, so where it leads is what counts."""
    root = (into / subdirectory).resolve()
    if not root.is_relative_to(into.resolve()) or not root.is_dir():
        raise SourceError("unknown_subdirectory", f"The repository has no folder {subdirectory[:200]}.")
    return root


class _Git:
    """git in one folder."""

    def __init__(self, command: str, folder: Path, env: dict[str, str], budget: Budget, on_line: OnLine) -> None:
        self._words = (command, "-C", str(folder))
        self._folder, self._env, self._budget, self._on_line = folder, env, budget, on_line

    async def run(self, *words: str, is_read: bool = False) -> str:
        """What it said. Its folder is weighed while it runs."""
        said = bytearray()

        def on_output(data: bytes) -> None:
            said.extend(data)
            if len(said) > _MOST_LISTED:
                raise SourceError("source_too_many_files", "The repository has too many files.")
            if not is_read:
                for line in re.split(rb"[\r\n]+", data):
                    if line.strip():
                        self._on_line(line.decode(errors="replace"))

        running = asyncio.create_task(processes.run([*self._words, *words], env=self._env, on_output=on_output))
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=_LOOK_SECONDS)
                if not running.done() and await asyncio.to_thread(_size_of, self._folder) > self._budget.limits.bytes:
                    self._budget.add_bytes(self._budget.limits.bytes + 1)
            code = await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        text = said.decode(errors="replace")
        if code != 0:
            raise _reason(text)
        return text

    async def weigh(self, revision: str) -> list[Entry]:
        """What will be written, before it is."""
        found = entries(await self.run("ls-tree", "-r", "-l", "-z", "--full-tree", revision, is_read=True))
        self._budget.add_file(len(found))
        self._budget.add_bytes(sum(entry.size for entry in found))
        return found


def _reason(said: str) -> SourceError:
    for pattern, code, message in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return SourceError(code, message)
    last = next((line.strip() for line in reversed(re.split(r"[\r\n]+", said)) if line.strip()), "it said nothing")
    return SourceError("git_failed", f"git could not fetch it: {last[:300]}")


async def _environment(source: GitSource, home: Path, guard: Guard) -> dict[str, str]:
    """All that git knows of this machine."""
    parts = urlsplit(source.url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    if not port:
        raise SourceError("git_scheme", "The address of a repository begins with https://.")
    config = {
        "core.hooksPath": os.devnull,
        "core.fsmonitor": "false",
        "credential.helper": "",
        "protocol.allow": "never",
        f"protocol.{parts.scheme}.allow": "always",
        "http.followRedirects": "false",
        "http.curloptResolve": f"{host}:{port}:{','.join(await _addresses(host, port, guard))}",
        "http.proxy": "",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "60",
    }
    if source.token:
        pair = base64.b64encode(f"{source.username or 'git'}:{source.token}".encode()).decode()
        config[f"http.{parts.scheme}://{parts.netloc}/.extraHeader"] = f"Authorization: Basic {pair}"
    names = {f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(config)}
    values = {f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(config.values())}
    trust = {
        name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO") if name in os.environ
    }
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_CONFIG_COUNT": str(len(config)),
        **names,
        **values,
        **trust,
    }


async def _addresses(host: str, port: int, guard: Guard) -> list[str]:
    try:
        found = await guard.addresses(host, port)
    except socket.gaierror:
        raise SourceError("unknown_host", f"The host {host} cannot be found. Check how it is written.") from None
    except (AddressRefused, TimeoutError) as error:
        raise SourceError("host_refused", f"The repository's host is not used: {error}.") from None
    return [f"[{address}]" if ":" in address else address for address in found]


def _size_of(folder: Path) -> int:
    """What it takes on the disk; files come and go meanwhile."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size  # noqa: PTH118 - a hundred thousand times
            except OSError:
                continue
    return total
