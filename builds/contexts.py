"""From a fetched source to the context of a build: which Dockerfile, and the tar that has it."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from builds.detect import detect
from builds.detect.dockerfiles import Bases
from builds.dockerfiles import MOST_BYTES, References, read_references
from builds.engines.packing import pack
from builds.sources.errors import SourceError

_WRITTEN = ".sailcloth.Dockerfile"


@dataclass(frozen=True, slots=True)
class Context:
    """`chunks` gives the tar anew each time; `dockerfile` is a name in it."""

    chunks: Callable[[], Iterable[bytes]]
    dockerfile: str


@dataclass(frozen=True, slots=True)
class FoundDockerfile:
    """`reason` says why it looks so, where it was written by us."""

    text: str
    context: Context
    is_detected: bool = False
    reason: str = ""

    def references(self, build_args: Mapping[str, str]) -> References:
        """Raises SourceError where it fetches something whose name only the engine would know."""
        found = read_references(self.text, build_args)
        if found.unknown:
            raise SourceError(
                "unknown_base_image",
                f"FROM {found.unknown[0]}: give a build argument for it, or a default with ARG before the first FROM.",
            )
        if found.unknown_urls:
            raise SourceError(
                "unknown_address",
                f"ADD {found.unknown_urls[0][:200]}: only the engine would know what that is. Give the variable a "
                "value with ARG or ENV in the same stage, or use COPY.",
            )
        return found


def find_dockerfile(root: Path, path: str, text: str, bases: Bases) -> FoundDockerfile:
    """The text that was given, else the file that was named, else `Dockerfile`, else one for what is found there."""
    if text:
        return _written(root, text)
    if path or (root / "Dockerfile").exists():
        name = path or "Dockerfile"
        content = read_inside(root, name)
        return FoundDockerfile(content, Context(lambda: pack(root, name), name))
    detection = detect(root, bases)
    if detection is None or not detection.dockerfile_text:
        raise SourceError(
            "no_dockerfile",
            "There is no Dockerfile in the source, and its language is not one that we know. Add a Dockerfile.",
        )
    found = _written(root, detection.dockerfile_text)
    return FoundDockerfile(found.text, found.context, is_detected=True, reason=detection.reason)


def _written(root: Path, text: str) -> FoundDockerfile:
    return FoundDockerfile(text, Context(lambda: pack(root, _WRITTEN, dockerfile_text=text), _WRITTEN))


def read_inside(root: Path, name: str) -> str:
    """A text file below `root`; a link that leads out of it is as good as none."""
    place = (root / name).resolve()
    if not place.is_relative_to(root.resolve()) or not place.is_file():
        raise SourceError("no_dockerfile", f"There is no file {name} in the source.")
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise SourceError("dockerfile_too_large", f"{name} has more than 1 MiB.")
    return data.decode(errors="replace")
