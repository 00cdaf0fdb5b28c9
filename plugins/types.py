"""What other apps see of plugins."""

from dataclasses import dataclass
from enum import StrEnum

from plugins.loading.finding import Found
from plugins.loading.guard import failure_of, stopped_at
from plugins.sdk.requirement import Requirement
from plugins.sdk.webhook import WebhookTarget


class Scope(StrEnum):
    USER = "user"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SeenPlugin:
    """A plugin as somebody sees it. `is_off_for_all` says that their own choice does not count."""

    found: Found
    is_enabled: bool
    is_off_for_all: bool

    @property
    def id(self) -> str:
        return self.found.id

    @property
    def display_name(self) -> str:
        return self.found.plugin.display_name if self.found.plugin else self.found.id

    @property
    def category(self) -> str:
        return self.found.plugin.category if self.found.plugin else BROKEN

    @property
    def error(self) -> str:
        """Why it cannot be used, or what went wrong in it; empty when all is well."""
        return self.found.error or failure_of(self.found.id)

    @property
    def is_stopped(self) -> bool:
        """Its code did not come back and is not called until it is turned on anew."""
        return stopped_at(self.found.id) is not None


@dataclass(frozen=True, slots=True)
class MetRequirement:
    """`is_met` is None where no cluster was asked."""

    requirement: Requirement
    missing: tuple[str, ...] = ()
    is_met: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenTarget:
    """A webhook target by the id that a webhook keeps, `<plugin>.<name>`."""

    id: str
    target: WebhookTarget


BROKEN = "broken"
