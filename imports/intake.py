"""What was sent: the kinds of input in it, and which of several projects is meant. Pure."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from imports.compose import compose_names
from imports.compose.loading.entry import ENDINGS, STEMS
from imports.compose.loading.files import Files
from imports.report import Choice, Option
from imports.repository.parts import is_dockerfile, parts_in
from plugins.sdk.names import short_hash
from plugins.sdk.yaml import Limits, YamlError, load_all

# The question's name among the choices.
PROJECT = "source.project"
_LIMITS = Limits(characters=2 * 1024 * 1024, depth=40, nodes=120_000, aliases=2_000, documents=500)
_YAML = (".yml", ".yaml", ".json")
_COMPOSE_KEYS = frozenset({"services", "include"})
# At the top and in the usual style, so that most files need not be parsed just to be told apart.
_COMPOSE_TOP = re.compile(rb"^(?:services|include) *:", re.MULTILINE)
_KUBERNETES_TOP = re.compile(rb"^apiVersion *:", re.MULTILINE)
_KIND_TOP = re.compile(rb"^kind *:", re.MULTILINE)
_TELLING = re.compile(rb"services|include|apiVersion")
_BUILD = re.compile(rb"^[ \t]+[\"']?build[\"']?[ \t]*:|[{,][ \t]*[\"']?build[\"']?[ \t]*:", re.MULTILINE)
_STANDARD = re.compile(rf"(?:{'|'.join(STEMS)})\.(?:{'|'.join(ENDINGS)})")
_VARIANT = re.compile(rf"(?:{'|'.join(STEMS)})[.-](?!override\.)[\w.-]+\.(?:{'|'.join(ENDINGS)})")
# More than these a person does not read, and nobody has.
_MOST_ASKED = 40
_MOST_NAMED, _MOST_SHOWN = 6, 3


class Kind(StrEnum):
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    DOCKERFILE = "dockerfile"


class Unclear(ValueError):
    """None of the kinds. One sentence that says what was looked for."""


class Project(msgspec.Struct, frozen=True):
    """One thing that the files may be meant as: the files that say what there is, in their order; the others are read
    by them. `is_usual` when it is what Compose itself would take."""

    kind: Kind
    names: tuple[str, ...]
    is_usual: bool = False

    @property
    def value(self) -> str:
        """An answer to the question which is meant; of many files it has the first, and a digest of all."""
        if len(self.names) <= _MOST_NAMED:
            return f"{self.kind.value}:{' + '.join(self.names)}"
        return f"{self.kind.value}:{self.names[0]} + {len(self.names) - 1} ({short_hash(' '.join(self.names))})"

    @property
    def label(self) -> str:
        """As a person reads it."""
        if self.kind is Kind.COMPOSE:
            return ", then ".join(self.names)
        rest = len(self.names) - _MOST_SHOWN
        return ", ".join(self.names[:_MOST_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def projects_in(files: Mapping[str, bytes], within: str = "") -> list[Project]:
    """The likeliest first, of those in the folder `within`, or of that file. Raises `Unclear` where there is none."""
    found = _within(files, within)
    if found and found[0].kind is Kind.COMPOSE and any(_BUILD.search(files[name]) for name in found[0].names):
        found = [project for project in found if project.kind is not Kind.DOCKERFILE]
    unique = list({project.value: project for project in found if not _is_read_by(found[0], project, files)}.values())
    if unique:
        return unique
    if not files:
        raise Unclear("Nothing was sent; choose a Compose file or manifests.")
    count = "The file is" if len(files) == 1 else f"None of the {len(files)} files is"
    kind = "no Compose file and no manifest" if len(files) == 1 else "a Compose file or a manifest"
    raise Unclear(f"{count} {kind}: one has services at its top, the other apiVersion and kind.")


def _within(files: Mapping[str, bytes], within: str) -> list[Project]:
    if not within:
        return [*_compose(files), *_others(files)]
    if within in files:
        kind = kind_of(within, files[within]) or (Kind.DOCKERFILE if parts_in({within: files[within]}) else None)
        return [Project(kind, (within,))] if kind else []
    inside = {name: content for name, content in files.items() if name.startswith(f"{within}/")}
    return [*_in_folder(inside), *_others(inside)]


def question(projects: Sequence[Project], chosen: Project) -> tuple[Choice, ...]:
    """Which is meant, where there are several."""
    if len(projects) < 2:
        return ()
    options = tuple(Option(each.value, each.label) for each in projects[:_MOST_ASKED])
    return (Choice(PROJECT, "Which files make the project", chosen.value, options=options),)


def kind_of(name: str, content: bytes, *, is_one_of_many: bool = False) -> Kind | None:
    """By what is in it; an unreadable file that is called like a Compose file is taken for one, for its reader says
    what is wrong with it. Among many files it has to be one."""
    base = posixpath.basename(name).lower()
    if is_dockerfile(name):
        return Kind.DOCKERFILE
    if (not base.endswith(_YAML) and "." in base) or (is_one_of_many and _is_tools_own(name, content)):
        return None
    is_template = is_one_of_many and b"{{" in content
    if not is_template and (plain := _plain_kind(content)) is not None:
        return plain
    try:
        documents = load_all(content.decode(), limits=_LIMITS, octal=True, tags=(("!reset", str), ("!override", _any)))
    except (UnicodeDecodeError, YamlError):
        if is_template:
            return None
        if _KUBERNETES_TOP.search(content):
            return Kind.KUBERNETES
        return Kind.COMPOSE if base.endswith((".yml", ".yaml")) and not is_one_of_many else None
    first = next((each for each in documents if isinstance(each, dict)), {})
    if "apiVersion" in first and "kind" in first:
        return Kind.KUBERNETES
    return Kind.COMPOSE if _COMPOSE_KEYS & first.keys() else None


def _plain_kind(content: bytes) -> Kind | None:
    """Of a file in the usual style, by its lines alone: a thousand files are told apart without being parsed."""
    if _KUBERNETES_TOP.search(content):
        return Kind.KUBERNETES if _KIND_TOP.search(content) and not _COMPOSE_TOP.search(content) else None
    return Kind.COMPOSE if _COMPOSE_TOP.search(content) else None


def _compose(files: Mapping[str, bytes]) -> Iterator[Project]:
    """What Compose would take, then each such file in other folders, then each with one of its variants
    (`compose.prod.yaml`)."""
    named = compose_names(Files(files))
    if named and any(kind_of(name, files[name]) is not Kind.KUBERNETES for name in named):
        yield Project(Kind.COMPOSE, tuple(named), is_usual=True)
    yield from _in_folder(files)


def _in_folder(files: Mapping[str, bytes]) -> Iterator[Project]:
    standard = [name for name in files if _STANDARD.fullmatch(posixpath.basename(name))]
    folders = sorted({posixpath.dirname(name) for name in standard}, key=lambda folder: (folder.count("/"), folder))
    bases = {folder: _below(files, folder) for folder in folders}
    for names in bases.values():
        yield Project(Kind.COMPOSE, tuple(names))
    for name in sorted(files):
        folder, base = posixpath.split(name)
        if _VARIANT.fullmatch(base):
            yield Project(Kind.COMPOSE, (*bases[folder][:1], name) if folder in bases else (name,))


def _below(files: Mapping[str, bytes], folder: str) -> list[str]:
    depth = f"{folder}/" if folder else ""
    inside = {name.removeprefix(depth): b"" for name in files if name.startswith(depth)}
    return [f"{depth}{name}" for name in compose_names(Files(inside))]


def _is_read_by(first: Project, other: Project, files: Mapping[str, bytes]) -> bool:
    """Whether it is a part of the likeliest one, by `include` or `extends`."""
    if other is first or other.kind is not Kind.COMPOSE or len(other.names) > 1:
        return False
    parts = other.names[0].split("/")
    # The usual names are in many a comment.
    name = "/".join(parts[-2:] if _STANDARD.fullmatch(parts[-1]) else parts[-1:]).encode()
    return other.names[0] in first.names or any(name in files[each] for each in first.names)


def _others(files: Mapping[str, bytes]) -> Iterator[Project]:
    """Manifests and Dockerfiles belong together; Compose files of other names stand each for themselves."""
    kinds: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for name in sorted(files):
        base = posixpath.basename(name)
        if _STANDARD.fullmatch(base) or _VARIANT.fullmatch(base) or base.startswith(_OVERRIDES):
            continue
        kind = kind_of(name, files[name], is_one_of_many=len(files) > 1)
        if kind is not None and kind is not Kind.DOCKERFILE:
            kinds[kind].append(name)
    yield from (Project(Kind.COMPOSE, (name,)) for name in kinds[Kind.COMPOSE])
    kinds[Kind.DOCKERFILE] = [part.file for part in parts_in(files)]
    for kind in (Kind.KUBERNETES, Kind.DOCKERFILE):
        if kinds[kind]:
            yield Project(kind, tuple(kinds[kind]))
    yield from _by_folder(kinds[Kind.KUBERNETES])


def _by_folder(names: Sequence[str]) -> Iterator[Project]:
    """Manifests of one folder alone: those for development and for production may not be meant together."""
    folders = dict.fromkeys(posixpath.dirname(name) for name in names)
    if len(folders) > 1:
        for folder in folders:
            yield Project(Kind.KUBERNETES, tuple(name for name in names if posixpath.dirname(name) == folder))


_OVERRIDES = tuple(f"{stem}.override." for stem in STEMS)


def _is_tools_own(name: str, content: bytes) -> bool:
    """Whether it cannot be meant: the settings of a CI have services and includes too. Most files are told apart
    without being parsed."""
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    return is_hidden or _TELLING.search(content) is None


def _any(value: Any) -> Any:
    return value
