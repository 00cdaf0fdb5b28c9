"""Which parts of a source are built into an image: Dockerfiles, and folders of a language that is known. Pure."""

import posixpath
import re
from collections.abc import Iterator, Mapping

import msgspec

from builds.detect import Detection, detect_files, telling_files

# Those whose folder is built even where no Dockerfile says how; pages only where there is nothing else.
_MANIFESTS = ("requirements.txt", "pyproject.toml", "package.json", "go.mod")
_PAGES = "index.html"
_ASIDE = re.compile(
    r"(?:\A|/)(?:tests?|testing|e2e|examples?|samples?|docs?|fixtures|benchmarks?|ci|hack|\.[^/]+)(?:/|\Z)",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"(?:dev|devel|development|test|tests|testing|ci|debug|local|e2e|lint|docs|windows|arm\w*|alpine|slim|base|builder)",
    re.IGNORECASE,
)


class Part(msgspec.Struct, frozen=True):
    """`file` says that it is built: a Dockerfile, or the manifest of a language. `is_usual` when it is run rather than
    used for development, tests or examples."""

    file: str
    is_dockerfile: bool
    is_usual: bool

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.file)

    @property
    def variant(self) -> str:
        """`worker` of Dockerfile.worker and worker.Dockerfile."""
        base = posixpath.basename(self.file)
        if not self.is_dockerfile or base.lower() == "dockerfile":
            return ""
        return re.sub(r"(?:\A|[.-])dockerfile(?:[.-]|\Z)", "", base, flags=re.IGNORECASE)


def is_dockerfile(name: str) -> bool:
    base = posixpath.basename(name).lower()
    return base == "dockerfile" or base.startswith("dockerfile.") or base.endswith(".dockerfile")


def parts_in(files: Mapping[str, bytes]) -> list[Part]:
    """Dockerfiles first, each by their paths; the nearest to the top first."""
    dockerfiles = sorted((name for name in files if is_dockerfile(name) and not _is_ignore(name)), key=_nearness)
    found = [_dockerfile(name) for name in dockerfiles]
    return [*found, *_known_folders(files, {part.folder for part in found if part.is_usual})]


def detection_of(part: Part, files: Mapping[str, bytes]) -> Detection | None:
    prefix = f"{part.folder}/" if part.folder else ""
    inside = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
    return detect_files(inside)


def _dockerfile(name: str) -> Part:
    part = Part(name, True, True)
    is_aside = _ASIDE.search(part.folder) or _VARIANT.fullmatch(part.variant)
    return Part(name, True, not is_aside)


def _known_folders(files: Mapping[str, bytes], taken: set[str]) -> Iterator[Part]:
    """A folder with a manifest, unless it is in or above one that has its Dockerfile, or in another such folder: then
    it is a library or the workspace of several."""
    chosen: list[str] = []
    told = telling_files()
    for name in sorted((name for name in files if _is_telling(name, told)), key=_nearness):
        folder = posixpath.dirname(name)
        if folder in chosen or any(_is_near(folder, other) for other in taken):
            continue
        if any(_is_below(folder, other) for other in chosen) or _ASIDE.search(folder):
            continue
        part = Part(name, False, True)
        if detection_of(part, files) is not None:
            chosen.append(folder)
            yield part
    if not chosen and not taken and _PAGES in files:
        yield Part(_PAGES, False, True)


def _is_telling(name: str, told: tuple[str, ...]) -> bool:
    base = posixpath.basename(name)
    return base in _MANIFESTS or base in told


def _is_near(folder: str, other: str) -> bool:
    return folder == other or _is_below(folder, other) or _is_below(other, folder)


def _is_below(folder: str, other: str) -> bool:
    return folder != other and (other == "" or folder.startswith(f"{other}/"))


def _nearness(name: str) -> tuple[int, str]:
    return name.count("/"), name


def _is_ignore(name: str) -> bool:
    return name.lower().endswith(".dockerignore")
