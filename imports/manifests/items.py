"""One object on its way from a manifest to a node, and what is said of its keys. Pure."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from imports.conversion import Spot
from imports.manifests.paths import MISSING, value_at
from imports.report import Verdict
from plugins.sdk.fields import Json

KEPT, MAPPED, APPROXIMATED, REFUSED = Verdict.KEPT, Verdict.MAPPED, Verdict.APPROXIMATED, Verdict.REFUSED


class Said(NamedTuple):
    """The verdict on one key, and on all below it."""

    verdict: Verdict
    message: str
    target: str = ""


@dataclass(eq=False)
class Item:
    """`written` is the object as it was sent, `body` what of it is wanted in a cluster, with all that a node would
    write into it; `plain` is the same without that. `is_rough`: not made as its kind says.

    `said` has the keys whose verdict is known from the start, `used` the field of the node that a key became; both by
    the path inside the object, as a tuple of keys and positions.
    """

    written: Json
    body: Json
    spot: Spot
    plain: Json = field(default_factory=dict)
    is_live: bool = False
    is_rough: bool = False
    type: str = ""
    data: Json = field(default_factory=dict)
    node_id: str = ""
    path: str = ""
    said: dict[tuple[Any, ...], Said] = field(default_factory=dict)
    used: dict[tuple[Any, ...], str] = field(default_factory=dict)
    absorbed: list["Item"] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def group(self) -> str:
        return str(self.body["apiVersion"]).rpartition("/")[0]

    @property
    def metadata(self) -> Json:
        found: Json = self.body["metadata"]
        return found

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        return str(self.metadata.get("namespace") or "")

    @property
    def labels(self) -> dict[str, str]:
        return self.metadata.get("labels") or {}

    @property
    def target(self) -> str:
        return f"{self.type}/{self.name}"

    @property
    def spec(self) -> Json:
        found = self.body.get("spec")
        return found if isinstance(found, dict) else {}

    def drop(self, path: tuple[Any, ...], message: str, verdict: Verdict = KEPT) -> None:
        """Takes a key out of what is wanted, and says why."""
        holder: Any = self.body
        for step in path[:-1]:
            holder = holder[step]
        if path[-1] in holder:
            del holder[path[-1]]
            self.said[path] = Said(verdict, message)

    def drop_if_there(self, path: tuple[Any, ...], message: str, verdict: Verdict = KEPT) -> None:
        if value_at(self.body, path) is not MISSING:
            self.drop(path, message, verdict)
