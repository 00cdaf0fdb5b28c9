"""What a plugin is: one value that names everything it brings. The contract is versioned.

A Python package publishes one under the entry point group `sailcloth.plugins`; a folder with a `plugin.yaml` becomes
one without code. Pure: knows neither Django nor a cluster client.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from plugins.sdk.diagnosis import Check, Fix
from plugins.sdk.health import HealthStatus
from plugins.sdk.nodetype import Connection, NodeType
from plugins.sdk.requirement import Requirement
from plugins.sdk.stack import Stack
from plugins.sdk.webhook import BadTarget, WebhookTarget

# A plugin written for 1.n works with every later 1.m; another first number is another contract.
# 1.1 brought webhook targets.
API_VERSION = (1, 1)
ENTRY_POINTS = "sailcloth.plugins"
ID = re.compile(r"[a-z][a-z0-9-]{1,47}")
_VERSION = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?")


class BadPlugin(Exception):
    """The plugin cannot be used; the message is one sentence for whoever looks at it."""


class HealthRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How objects of a kind fare, by conditions and by words in one field of the status.

    `ready` and `failed` name condition types that are good, or bad, when True. `phase` is a path such as
    `status.phase`, whose values are told apart in the three lists; what is in none of them counts as on its way.
    """

    group: str = ""
    kind: str = ""
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    phase: str = ""
    healthy: tuple[str, ...] = ()
    progressing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    def status_of(self, word: str) -> HealthStatus | None:
        """None for a word that the rule does not know."""
        lists = (
            (self.healthy, HealthStatus.HEALTHY),
            (self.progressing, HealthStatus.PROGRESSING),
            (self.degraded, HealthStatus.DEGRADED),
        )
        return next((status for words, status in lists if word in words), None)


class ImportHint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the report of an import says of services whose image's repository is, or ends in, one of `images`."""

    images: tuple[str, ...]
    message: str

    def is_for(self, image: str) -> bool:
        head, slash, last = image.partition("@")[0].rpartition("/")
        repository = f"{head}{slash}{last.partition(':')[0]}"
        return any(repository == name or repository.endswith(f"/{name}") for name in self.images)


class BuildDetector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Recognises a source without a Dockerfile by the `files` that all lie at its root, and says how it is built.
    `name` is that of a language or framework, as a person would say it."""

    name: str
    files: tuple[str, ...]
    dockerfile: str
    port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """`name` is its id. Its node types are called `<id>.<something>`, so that no two plugins meet in a name.

    Whoever does not choose gets what `is_default` says.
    """

    name: str
    display_name: str
    description: str
    category: str
    version: str = "0"
    api_version: str = "1.0"
    icon: str = "package"
    author: str = ""
    homepage: str = ""
    is_default: bool = True
    requirements: tuple[Requirement, ...] = ()
    node_types: tuple[NodeType[Any], ...] = ()
    connections: tuple[Connection, ...] = ()
    stacks: tuple[Stack, ...] = ()
    checks: tuple[Check, ...] = ()
    fixes: tuple[Fix, ...] = ()
    health: tuple[HealthRule, ...] = ()
    import_hints: tuple[ImportHint, ...] = ()
    build_detectors: tuple[BuildDetector, ...] = ()
    webhook_targets: tuple[WebhookTarget, ...] = ()
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def check(self) -> None:
        """Raises BadPlugin when it does not keep to the contract."""
        if not ID.fullmatch(self.name):
            raise BadPlugin(f"Its id {self.name[:60]!r} is not 2 to 48 lower-case letters, digits and dashes.")
        check_version(self.api_version)
        for text_name in ("display_name", "category"):
            if not str(getattr(self, text_name)).strip():
                raise BadPlugin(f"It has no {text_name}; give it one.")
        seen: set[str] = set()
        for each in self.node_types:
            if not each.name.startswith(f"{self.name}.") or each.name in seen:
                raise BadPlugin(f"Its node type {each.name!r} must be called {self.name}.<name>, and be there once.")
            seen.add(each.name)
        for name in (*(check.name for check in self.checks), *(fix.fix_type for fix in self.fixes)):
            if not name.startswith(f"{self.name}.") or name in seen:
                raise BadPlugin(f"Its check or fix {name!r} must be called {self.name}.<name>, and be there once.")
            seen.add(name)
        self._check_classes()
        self._check_targets()

    def _check_classes(self) -> None:
        """Its code is in functions that are called one by one, not in classes of its own that are used everywhere."""
        for point, kind in EXTENSION_POINTS.items():
            for each in getattr(self, point):
                if type(each) is not kind:
                    raise BadPlugin(f"Its {point} must be of {kind.__module__}.{kind.__name__} itself.")
        if any(type(each) is not Requirement for each in self.requirements):
            raise BadPlugin("Its requirements must be of plugins.sdk.requirement.Requirement itself.")
        connections = (*self.connections, *(each for item in self.node_types for each in item.connections))
        for data in (*(each.data for each in self.node_types), *(each.data for each in connections)):
            if hasattr(data, "__post_init__"):
                raise BadPlugin(f"Its data {data.__name__} has a __post_init__; let check say what is wrong.")

    def _check_targets(self) -> None:
        if len({each.name for each in self.webhook_targets}) < len(self.webhook_targets):
            raise BadPlugin("Two of its webhook targets have the same name.")
        for each in self.webhook_targets:
            try:
                each.check()
            except BadTarget as error:
                raise BadPlugin(f"Its webhook target {each.name[:60]} cannot be used: {error}.") from None


# The lists that a plugin may fill, and of what; frozen, so that they can be listed and documented.
EXTENSION_POINTS: Mapping[str, type] = MappingProxyType(
    {
        "node_types": NodeType,
        "connections": Connection,
        "stacks": Stack,
        "checks": Check,
        "fixes": Fix,
        "health": HealthRule,
        "import_hints": ImportHint,
        "build_detectors": BuildDetector,
        "webhook_targets": WebhookTarget,
    }
)


def check_version(text: str) -> None:
    """A plugin for a later contract than ours, or for another one, is refused."""
    match = _VERSION.fullmatch(str(text))
    if match is None:
        raise BadPlugin(f"Its api_version {str(text)[:20]!r} is not a version such as 1.0.")
    major, minor = int(match[1]), int(match[2] or 0)
    if major != API_VERSION[0] or minor > API_VERSION[1]:
        ours = ".".join(str(part) for part in API_VERSION)
        raise BadPlugin(f"It is written for api_version {text}, and this product has {ours}; use another release.")
