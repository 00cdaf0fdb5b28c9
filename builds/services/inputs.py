"""What somebody asks of a build, checked: each field bounded, and nothing that an engine could take for an option."""

import re
from collections.abc import Mapping

from builds.configuration import engine_names
from builds.dockerfiles import MOST_BYTES
from builds.errors import BadBuild
from builds.models import SourceKind
from builds.sources.addresses import git_fault, is_relative
from builds.sources.types import GitSource
from builds.types import GivenBuild, GivenSource
from clusters.registries.errors import BadImage
from clusters.registries.models import Registry
from clusters.registries.references import BadReference, is_below, is_path, parse_reference
from clusters.registries.selectors import find_registry, get_default_registry, get_registry
from core.principal import Principal

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_SECRET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_STAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\Z")
_PLATFORM = re.compile(r"[a-z0-9]{1,20}/[a-z0-9_]{1,20}(?:/v[0-9]{1,2})?\Z")
# Names whose values nobody wants to find in the image's history.
_SECRET_NAME = re.compile(
    r"(?:\A|_)(?:token|pass|password|passwd|passphrase|secret|secrets|credentials?|private_?key|api_?key|access_?key)"
    r"(?:_|\Z)",
    re.IGNORECASE,
)
MOST_ARGUMENTS, MOST_SECRETS, MOST_PLATFORMS, MOST_FILES = 64, 32, 8, 200
_VALUE = 32 * 1024
_SECRET_VALUE = 64 * 1024


def check_given(given: GivenBuild) -> None:
    """Raises the 400 for the first field that is wrong."""
    check_source(given.source)
    _check_dockerfile(given)
    if given.tag and not _TAG.match(given.tag):
        raise BadBuild("tag", "A tag has 1 to 128 letters, digits, dots, dashes and underscores, no dot or dash first.")
    if given.target and not _STAGE.match(given.target):
        raise BadBuild("target", "A target is the name or number of a stage of the Dockerfile.")
    if len(given.platforms) > MOST_PLATFORMS or not all(_PLATFORM.match(each) for each in given.platforms):
        raise BadBuild("platforms", "Platforms are written like linux/amd64; at most 8 of them.")
    _check_values("build_args", given.build_args, _ARGUMENT, MOST_ARGUMENTS, _VALUE)
    _check_values("secrets", given.secrets, _SECRET, MOST_SECRETS, _SECRET_VALUE)


def check_engine(field: str, name: str) -> None:
    """Raises the 400 for an engine that is not there."""
    names = engine_names()
    if name not in names:
        raise BadBuild(field, f"There is no such engine here; choose {' or '.join(names) or 'none'}.")


def split_arguments(given: GivenBuild) -> tuple[dict[str, str], dict[str, str]]:
    """(build arguments, secrets). An argument that is marked as secret, or looks like one and is not marked otherwise,
    is given as a secret: the values of arguments stay readable in the image's history."""
    hidden = {
        name
        for name in given.build_args
        if name in given.secret_args or (_SECRET_NAME.search(name) and name not in given.plain_args)
    }
    plain = {name: value for name, value in given.build_args.items() if name not in hidden}
    return plain, {**{name: given.build_args[name] for name in hidden}, **given.secrets}


def kind_of(source: GivenSource) -> SourceKind:
    if source.git_url:
        return SourceKind.GIT
    return SourceKind.UPLOAD if source.upload else SourceKind.INLINE


def stored_source(source: GivenSource) -> dict[str, object]:
    """What is kept of it in the open."""
    if source.git_url:
        place = {"git_url": source.git_url, "ref": source.ref, "subdirectory": source.subdirectory}
        return place | ({"submodules": True} if source.submodules else {})
    return {"upload": source.upload} if source.upload else {"files": dict(source.files or {})}


def resolve_image(given: GivenBuild, actor: Principal) -> tuple[Registry, str, str]:
    """The registry, the image with host and path but no tag, and the tag. An image without a host goes to the named
    registry, else to the default one, below its path."""
    text = given.image.strip()
    try:
        reference = parse_reference(text)
    except BadReference as error:
        raise BadImage(f"image: {error}") from None
    if reference.digest:
        raise BadImage("image: A digest is what comes out of a build; name the image without one.")
    named = get_registry(registry_id=given.registry_id, actor=actor) if given.registry_id else None
    has_host = text.startswith(f"{reference.written_host}/")
    if has_host:
        registry = named or find_registry(image=text, actor=actor)[1]
        if registry is None:
            raise BadImage(f"image: No registry that you may use is at {reference.host}. Choose one of the list.")
        if registry.host != reference.host or not is_below(reference.repository, registry.path):
            raise BadImage(f"image: {reference.name} is not in the registry {registry.name}.")
        repository = reference.repository
    else:
        registry = named or get_default_registry(actor=actor)
        if registry is None:
            raise BadImage("image: There is no default registry. Name one by registry_id or in front of the image.")
        path = text.partition(":")[0]
        repository = f"{registry.path}/{path}" if registry.path and not is_below(path, registry.path) else path
    if not is_path(repository):
        raise BadImage("image: The name of an image has lower-case letters, digits, dots, dashes and slashes.")
    return registry, f"{registry.host}/{repository}", given.tag or _tag_of(text) or "latest"


def _tag_of(text: str) -> str:
    return text.rpartition("/")[2].partition(":")[2]


def check_source(source: GivenSource) -> None:
    """Raises the 400 for the first field of it that is wrong."""
    given = [bool(source.git_url), bool(source.upload), source.files is not None]
    if sum(given) != 1:
        raise BadBuild("source", "Say where the source is: exactly one of git_url, upload and files.")
    if source.git_url:
        _check_git(source)
    elif source.ref or source.subdirectory or source.username or source.token or source.submodules:
        raise BadBuild("source", "ref, subdirectory, submodules, username and token belong to a git_url.")
    if source.files is not None:
        _check_files(source.files)


def _check_git(source: GivenSource) -> None:
    fault = git_fault(GitSource(source.git_url, source.ref, source.subdirectory, source.username, source.token))
    if fault is not None:
        raise BadBuild(f"source.{fault[0]}", fault[1])


def _check_files(files: Mapping[str, str]) -> None:
    if not files or len(files) > MOST_FILES:
        raise BadBuild("source.files", f"Give 1 to {MOST_FILES} files.")
    if sum(len(text.encode()) for text in files.values()) > MOST_BYTES:
        raise BadBuild("source.files", "Together they have up to 1 MiB; upload an archive for more.")
    for path in files:
        if not is_relative(path):
            raise BadBuild("source.files", f"{path[:80]!r} is not a relative path.")


def _check_dockerfile(given: GivenBuild) -> None:
    """A path in the source, or the text itself, which has more than one line or is an instruction."""
    text = given.dockerfile
    if not text:
        return
    if is_dockerfile_text(text):
        if len(text.encode()) > MOST_BYTES or "\x00" in text:
            raise BadBuild("dockerfile", "A Dockerfile has up to 1 MiB of text.")
    elif not is_relative(text):
        raise BadBuild(
            "dockerfile", "It is a path in the source, without .. and no slash in front, or the text itself."
        )


def is_dockerfile_text(text: str) -> bool:
    """Rather than a path: it has lines, or is one instruction."""
    return "\n" in text or text.upper().startswith("FROM ")


def _check_values(field: str, values: Mapping[str, str], names: re.Pattern[str], most: int, longest: int) -> None:
    if len(values) > most:
        raise BadBuild(field, f"At most {most} of them.")
    for name, value in values.items():
        if not names.match(name):
            raise BadBuild(field, f"{name[:80]!r} cannot be a name: letters, digits and underscores, no digit first.")
        if len(value) > longest or "\x00" in value:
            raise BadBuild(field, f"The value of {name} is too long or has a character that no program takes.")
