"""What crosses the border of registries."""

from dataclasses import dataclass

from clusters.registries.distribution.tokens import Login

__all__ = ["Found", "FoundTags", "Given", "Login", "PullSecret"]


@dataclass(frozen=True, slots=True)
class Given:
    """What a person sent of where a registry is and as whom; None for what was not sent, which stays."""

    url: str | None = None
    username: str | None = None
    password: str | None = None
    ca_data: str | None = None

    def __repr__(self) -> str:
        return f"Given(url={self.url!r})"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking a registry. `reason` is empty when it went well; `is_authenticated` is False where nobody
    is asked for a password, so that ours could not be wrong."""

    reason: str = ""
    error: str = ""
    is_authenticated: bool = False

    @property
    def is_healthy(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class FoundTags:
    """The tags of an image's repository, in the registry's own order; `reason` says why there are none."""

    tags: tuple[str, ...] = ()
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class PullSecret:
    """What somebody's images need to be pulled. `images` are those of them that need it, as they were written.

    `reference` stands for the content of the secret wherever something is stored: it names registries, and
    `services.docker_config` turns it into the content, with the passwords as they are at that moment.
    """

    reference: str
    images: frozenset[str]
