"""Looking at a source before it is built: the Dockerfile that it has, or the one that would be written for it."""

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from builds.configuration import bases, fetch_limits
from builds.contexts import read_inside
from builds.detect import detect
from builds.dockerfiles import instructions
from builds.errors import BadBuild, NoPreview, PreviewsBusy
from builds.logins import with_kept_login
from builds.selectors import get_upload
from builds.services.inputs import check_source
from builds.services.uploads import write_upload
from builds.sources import Source, fetch
from builds.sources.addresses import is_relative
from builds.sources.errors import SourceError
from builds.sources.types import GitSource, UploadSource
from builds.types import GivenSource
from clusters.kube.network import Guard
from core.principal import Principal

# Somebody waits for the answer, and a request's thread with them.
_SECONDS = 40.0
_AT_ONCE = 3
_LEFT_SECONDS = 600.0
_places = threading.BoundedSemaphore(_AT_ONCE)
_USUAL = "Dockerfile"


@dataclass(frozen=True, slots=True)
class Preview:
    """`text` is empty where there is no Dockerfile and none can be written; then `reason` says so. `path` is empty
    for one that would be written; `stages` are the names of its stages, `port` is what it listens on where known."""

    text: str
    path: str = ""
    language: str = ""
    reason: str = ""
    port: int | None = None
    stages: tuple[str, ...] = ()
    revision: str = ""


def preview_source(*, source: GivenSource, dockerfile: str, actor: Principal) -> Preview:
    """Fetch `source` now, within bounds, and look. Nothing of it is kept. Raises BadBuild, UploadNotFound, NoPreview
    where it cannot be fetched, and PreviewsBusy."""
    check_source(source)
    if source.files is not None:
        raise BadBuild("source", "Text is built as it is; only a repository or an upload can be looked at.")
    if dockerfile and not is_relative(dockerfile):
        raise BadBuild("dockerfile", "It is a path in the source, without .. and no slash in front.")
    if source.upload:
        get_upload(upload_id=source.upload, actor=actor)
    with _place(), tempfile.TemporaryDirectory(prefix="preview-", dir=_folder()) as name:
        folder = Path(name)
        try:
            root, revision = _fetched(with_kept_login(source, actor.workspace), folder)
            return replace(_look(root, dockerfile), revision=revision)
        except SourceError as error:
            raise NoPreview(error.code, error.message) from None


def _look(root: Path, dockerfile: str) -> Preview:
    if dockerfile or (root / _USUAL).exists():
        path = dockerfile or _USUAL
        text = read_inside(root, path)
        return Preview(text, path, stages=_stages(text))
    found = detect(root, bases())
    if found is None or not found.dockerfile_text:
        return Preview(
            "", reason="There is no Dockerfile, and what lies there is in no language for which one is written."
        )
    text = found.dockerfile_text
    return Preview(text, "", found.language, found.reason, found.port, _stages(text))


def _stages(text: str) -> tuple[str, ...]:
    """FROM image AS name."""
    words = (rest.split() for name, rest in instructions(text) if name == "FROM")
    named = ([word for word in each if not word.startswith("--")] for each in words)
    return tuple(each[2] for each in named if len(each) > 2 and each[1].upper() == "AS")


def _fetched(source: GivenSource, folder: Path) -> tuple[Path, str]:
    into = folder / "source"
    into.mkdir()
    limits = fetch_limits()
    limits = replace(limits, seconds=min(limits.seconds, _SECONDS))
    guard = Guard(settings.ALLOWED_NETWORKS)
    found = asyncio.run(fetch(_source(source, folder), into, limits=limits, guard=guard, on_line=lambda _: None))
    return found.root, found.revision


def _source(source: GivenSource, folder: Path) -> Source:
    if source.git_url:
        place = (source.git_url, source.ref, source.subdirectory)
        return GitSource(*place, source.username, source.token, submodules=source.submodules)
    path = folder / "upload"
    if not write_upload(source.upload, path):
        raise SourceError("upload_expired", "The uploaded archive has expired. Upload it again.")
    return UploadSource(path)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise PreviewsBusy
    try:
        yield
    finally:
        _places.release()


def _folder() -> Path:
    place = Path(settings.DATA_DIR) / "previews"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Of processes that ended in the middle.
    for left in place.iterdir():
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    return place
