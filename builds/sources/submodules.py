"""What a commit says of its submodules, and where each of them really is. Pure.

https://git-scm.com/docs/gitmodules
"""

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from builds.sources.addresses import git_fault, host_of, is_relative
from builds.sources.errors import SourceError
from builds.sources.types import GitSource

FILE = ".gitmodules"
MOST, DEEPEST = 20, 3
MOST_BYTES = 64 * 1024
_LINK, _PLAIN = "160000", "100"
_SHOWN = 100
_CREDENTIALS = re.compile(r"//[^/@]*@")


class Entry(NamedTuple):
    """One entry of a commit's tree; the size only where it has one."""

    mode: str
    object: str
    size: int
    path: str


class Submodule(NamedTuple):
    path: str
    source: GitSource


def entries(listed: str) -> list[Entry]:
    """Of `git ls-tree -r -l -z`."""
    found = []
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        mode, _, name, size = head.split()
        found.append(Entry(mode, name, int(size) if size.isdigit() else 0, path))
    return found


def links(tree: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in tree if entry.mode == _LINK]


def list_of(tree: Sequence[Entry]) -> Entry:
    """The file that says where they are; a link in its place could lead anywhere."""
    entry = next((entry for entry in tree if entry.path == FILE and entry.mode.startswith(_PLAIN)), None)
    if entry is None:
        raise SourceError("submodule_unknown", "The repository has submodules, and no .gitmodules that says where.")
    if entry.size > MOST_BYTES:
        raise SourceError("submodule_unknown", "The .gitmodules of the repository is too large to be one.")
    return entry


def submodules(tree: Sequence[Entry], settings: str, parent: GitSource) -> list[Submodule]:
    """`settings` are those of `.gitmodules`, as `git config --list -z` prints them."""
    urls = _urls(settings)
    return [_submodule(entry, urls, parent) for entry in links(tree)]


def _urls(settings: str) -> dict[str, str]:
    """Where each path is from."""
    found: dict[str, dict[str, str]] = {}
    for setting in settings.split("\0"):
        key, _, value = setting.partition("\n")
        section, _, rest = key.partition(".")
        name, _, field = rest.rpartition(".")
        if section == "submodule" and name and field in ("path", "url"):
            found.setdefault(name, {})[field] = value
    return {each["path"]: each["url"] for each in found.values() if len(each) == 2}


def _submodule(entry: Entry, urls: dict[str, str], parent: GitSource) -> Submodule:
    shown = entry.path[:_SHOWN]
    if not is_relative(entry.path):
        raise SourceError("submodule_refused", f"The submodule {shown!r} leads out of the repository.")
    if entry.path not in urls:
        raise SourceError("submodule_unknown", f"The .gitmodules does not say where the submodule {shown} is from.")
    url = resolved(urls[entry.path], parent.url)
    source = GitSource(url, entry.object)
    if not source.url or git_fault(source) is not None:
        said = _CREDENTIALS.sub("//", "".join(ch for ch in urls[entry.path][:_SHOWN] if ch.isprintable()))
        raise SourceError(
            "submodule_refused",
            f"The submodule {shown} is from {said}, and only addresses like https://github.com/team/app are fetched.",
        )
    if host_of(url) == host_of(parent.url):
        source = GitSource(url, entry.object, "", parent.username, parent.token)
    return Submodule(entry.path, source)


def resolved(url: str, parent: str) -> str:
    """A relative address begins at the repository that names it; empty where it leads above its host."""
    if not url.startswith(("./", "../")):
        return url
    parts = urlsplit(parent)
    path = [part for part in parts.path.split("/") if part]
    for part in url.split("/"):
        if part == "..":
            if not path:
                return ""
            path.pop()
        elif part not in ("", "."):
            path.append(part)
    return urlunsplit((parts.scheme, parts.netloc, posixpath.join("/", *path), "", ""))
