"""What crosses the border of builds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Consumer:
    """For whom an image is built: a kind that an app registered, and its own id for it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class GivenSource:
    """Where a build's source is; exactly one of `git_url`, `upload` and `files`.

    `files` maps relative paths to text. `submodules` brings those of the repository as well.
    `username` and `token` are for Git and are never shown again.
    """

    git_url: str = ""
    ref: str = ""
    subdirectory: str = ""
    username: str = ""
    token: str = field(default="", repr=False)
    upload: str = ""
    files: Mapping[str, str] | None = None
    submodules: bool = False


@dataclass(frozen=True, slots=True)
class GivenBuild:
    """Everything that somebody asks of a build. Values in `secrets` reach the build as files that leave no trace;
    those in `build_args` stay readable in the image's history, so the ones that look like secrets are given as such."""

    source: GivenSource
    image: str
    tag: str = ""
    dockerfile: str = ""
    registry_id: str = ""
    # One of `configuration.engine_names`; the usual one where none is named.
    engine: str = ""
    target: str = ""
    platforms: tuple[str, ...] = ()
    build_args: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Names of build arguments that are secrets, and of those that are none although they look like one.
    secret_args: frozenset[str] = frozenset()
    plain_args: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FinishedBuild:
    """How a build ended. `image` has its host and no tag; `digest` is empty unless it succeeded."""

    id: str
    workspace: str
    status: str
    image: str
    tag: str
    digest: str
    consumer_kind: str
    consumer_id: str
    error: str

    @property
    def by_digest(self) -> str:
        """What a workload uses: exactly this image."""
        return f"{self.image}@{self.digest}"
