"""Reading an object key by key: what a node has a field for is taken, and noted as such. Pure."""

from collections.abc import Mapping
from typing import Any

from imports.manifests.paths import Path
from plugins.sdk.fields import Json

Table = Mapping[str, str]


class Words:
    """One object inside of a manifest. `used` is shared with all that it was opened from."""

    def __init__(self, body: Any, used: dict[Path, str], path: Path = (), field: str = "") -> None:
        self.body: Json = body if isinstance(body, dict) else {}
        self.used = used
        self.path = path
        self.field = field

    def __contains__(self, key: str) -> bool:
        return key in self.body

    def at(self, key: str, field: str = "") -> "Words":
        """An object below; empty where there is none."""
        return Words(self.body.get(key), self.used, (*self.path, key), self._named(field))

    def each(self, key: str, field: str) -> list["Words"]:
        """The objects of a list below; none when it holds anything else."""
        items = self.body.get(key)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return []
        name = self._named(field)
        return [Words(item, self.used, (*self.path, key, index), f"{name}.{index}") for index, item in enumerate(items)]

    def take(self, key: str, field: str) -> Any:
        """The value, which becomes the field; None when it is not there."""
        value = self.body.get(key)
        if value is not None:
            self.used[(*self.path, key)] = self._named(field)
        return value

    def fields(self, table: Table) -> Json:
        """All that the table names and that is there."""
        return {field: self.take(key, field) for key, field in table.items() if self.body.get(key) is not None}

    def _named(self, field: str) -> str:
        return ".".join(part for part in (self.field, field) if part)
