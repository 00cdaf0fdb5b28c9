"""What a cluster serves, as the compiler sees it: a pure value made from discovery."""

from collections.abc import Iterable

import msgspec


class ServedKind(msgspec.Struct, frozen=True):
    """One kind in one version; `resource` is the plural in its URL."""

    group: str
    version: str
    kind: str
    resource: str
    namespaced: bool
    verbs: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


class Capabilities(msgspec.Struct, frozen=True):
    """`kinds` in the order of the cluster's own preference; `version` such as `v1.36.2`, "" if unknown."""

    version: str
    kinds: tuple[ServedKind, ...]

    def find(self, group: str, kind: str, version: str | None = None) -> ServedKind | None:
        """The served kind in `version`, or in the version that the cluster prefers."""
        for served in self.kinds:
            if served.group == group and served.kind == kind and version in (None, served.version):
                return served
        return None

    def pick(self, kind: str, api_versions: Iterable[str]) -> ServedKind | None:
        """The first of `api_versions` (our preference first) in which the cluster serves `kind`."""
        for api_version in api_versions:
            group, _, version = api_version.rpartition("/")
            served = self.find(group, kind, version)
            if served is not None:
                return served
        return None

    @property
    def minor(self) -> int:
        """The minor version (36 for v1.36.2); 0 when unknown."""
        parts = self.version.lstrip("v").split(".")
        digits = "".join(ch for ch in parts[1] if ch.isdigit()) if len(parts) > 1 else ""
        return int(digits or 0)
