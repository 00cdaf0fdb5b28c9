"""What crosses the border of imports."""

from dataclasses import dataclass
from typing import Any

import msgspec

from imports.merge import Note
from imports.origin import Repository

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where files came from. `name` is what a person reads: a file's name, an address. Of a repository also what was
    asked for, and in `revision` what came; of a cluster its id and the namespace."""

    type: str
    name: str
    ref: str = ""
    path: str = ""
    revision: str = ""
    cluster: str = ""
    namespace: str = ""
    submodules: bool = False

    def as_json(self) -> Json:
        more = {"ref": self.ref, "path": self.path, "revision": self.revision}
        more |= {"cluster": self.cluster, "namespace": self.namespace}
        said = {"type": self.type, "name": self.name, **{key: value for key, value in more.items() if value}}
        return said | ({"submodules": True} if self.submodules else {})


class Sent(msgspec.Struct):
    """All that an analysis is made of; the same gives the same. `notes` are told with it."""

    files: dict[str, bytes]
    profiles: list[str] = []
    variables: dict[str, str] = {}
    choices: dict[str, str] = {}
    repository: Repository | None = None
    notes: list[str] = []


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a workflow by an import."""

    workflow: Any
    report: list[Json]
    notes: tuple[Note, ...] = ()
