"""What the parts of the mapping share: the drafts of workloads, the rows, the answers, and names.

Knows no key of Compose: each part of the mapping brings its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imports.compose.errors import Violation, joined
from imports.compose.loading.entry import Loaded
from imports.compose.loading.files import Files
from imports.compose.model import Project, Service
from imports.origin import Repository
from imports.report import Choice, ChoiceKind, Option, Row, Verdict
from plugins.sdk import names
from plugins.sdk.graph import Edge, Json, Node

KEPT, MAPPED, APPROXIMATED, REFUSED = Verdict.KEPT, Verdict.MAPPED, Verdict.APPROXIMATED, Verdict.REFUSED
_TEXT_LIMIT = 1000


class Rows:
    """The report as it grows: one row per path."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def add(
        self,
        path: str,
        verdict: Verdict,
        message: str,
        *,
        target: str = "",
        key: str = "",
        choices: Iterable[Choice] = (),
    ) -> None:
        key = key or next((part for part in reversed(path.split(".")) if not part.isdigit()), path)
        self._rows[path] = Row(path, key, verdict, target, message, tuple(choices))

    def has(self, path: str) -> bool:
        return path in self._rows

    def get(self, path: str) -> Row | None:
        return self._rows.get(path)

    def paths(self) -> set[str]:
        """Every path with a row, and all above them."""
        found: set[str] = set()
        for path in self._rows:
            while path and path not in found:
                found.add(path)
                path = path.rpartition(".")[0]
        return found

    def list(self) -> tuple[Row, ...]:
        return tuple(self._rows.values())


class Answers:
    """What a person has decided, and everything that they could decide."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.asked: dict[str, Choice] = {}
        self.questions: dict[str, Choice] = {}
        self.faults: list[Violation] = []

    def option(self, id: str, text: str, default: str, options: Iterable[tuple[str, str]]) -> Choice:
        known = tuple(Option(value, label) for value, label in options)
        value = self._given.get(id) or default
        if value not in {option.value for option in known}:
            listed = ", ".join(option.value for option in known)
            self.faults.append(Violation("", id, f"the answer '{value[:60]}' is none of {listed}; choose one."))
            value = default
        return self._asked(Choice(id, text, value, ChoiceKind.OPTION, known))

    def text(
        self,
        id: str,
        text: str,
        default: str = "",
        *,
        kind: ChoiceKind = ChoiceKind.TEXT,
        check: Callable[[str], str | None] | None = None,
    ) -> Choice:
        value = self._given.get(id) or default
        why = "must be shorter" if len(value) > _TEXT_LIMIT and kind is not ChoiceKind.SECRET else None
        why = why or (check(value) if check and value else None)
        if why is not None:
            self.faults.append(Violation("", id, f"the answer {why}; correct it."))
            value = default
        return self._asked(Choice(id, text, value, kind))

    def secret(self, id: str, text: str) -> str:
        """The value itself; the choice that is shown never holds it."""
        self.question(self._asked(Choice(id, text, "", ChoiceKind.SECRET)))
        return self._given.get(id, "")

    def question(self, choice: Choice) -> Choice:
        self.questions[choice.id] = choice
        return choice

    def unknown(self) -> list[str]:
        return sorted(set(self._given) - set(self.asked))

    def _asked(self, choice: Choice) -> Choice:
        self.asked[choice.id] = choice
        return choice


@dataclass
class Claim:
    """Storage that outlives pods, before it is known who mounts it."""

    key: str
    name: str
    path: str
    id: str
    existing: bool = False
    storage_class: str | None = None
    size: str = "1Gi"
    labels: dict[str, str] = field(default_factory=dict)
    uses: list[tuple["Draft", int, Json]] = field(default_factory=list)

    @property
    def users(self) -> dict[str, "Draft"]:
        return {draft.name: draft for draft, _, _ in self.uses}


@dataclass
class Draft:
    """One service on its way to a workload."""

    name: str
    service: Service
    path: str
    kube: str
    node_id: str
    kind: str = "deployment"
    labels: dict[str, str] = field(default_factory=dict)
    data: Json = field(default_factory=dict)
    ports: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    mounts: list[tuple[str, Json]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    replicas: int | None = None
    mentioned: str = ""
    volume_names: set[str] = field(default_factory=set)

    @property
    def target(self) -> str:
        return f"{self.kind}/{self.kube}"

    def at(self, *parts: str | int) -> str:
        return joined(self.path, *parts)

    def nested(self, key: str) -> Json:
        """A mapping inside of the node's data, made on first use."""
        found: Json = self.data.setdefault(key, {})
        return found

    def listed(self, key: str) -> list[Any]:
        found: list[Any] = self.data.setdefault(key, [])
        return found

    def add_volume(self, wanted: str, source: Json, mount: Json) -> None:
        name = names.dns_label(wanted, 50)
        if name in self.volume_names:
            name = f"{name[:40].rstrip('-')}-{len(self.volume_names)}"
        self.volume_names.add(name)
        self.listed("volumes").append({"name": name, "source": source})
        self.listed("mounts").append({"volume": name, **mount})


@dataclass
class Plan:
    """The whole mapping: what is read, what is said, and what is made."""

    loaded: Loaded
    project: Project
    active: Mapping[str, Service]
    files: Files
    answers: Answers
    repository: Repository | None = None
    rows: Rows = field(default_factory=Rows)
    drafts: dict[str, Draft] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    awaited: frozenset[str] = frozenset()
    env_files: dict[str, dict[str, str] | None] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def node(self, id: str, type: str, data: Json) -> Node:
        self.nodes[id] = Node(id=id, type=type, data={key: item for key, item in data.items() if item is not None})
        return self.nodes[id]

    def edge(self, source: str, target: str, data: Json | None = None, *, tag: str = "") -> None:
        id = f"{source}--{target}" + (f"--{tag}" if tag else "")
        self.edges[id] = Edge(id=id, source=source, target=target, data=data or {})

    def unique(self, kind: str, wanted: str, owner: str) -> str:
        """A name for an object of `kind` that no other has: `wanted` made fit, with a hash when it is taken."""
        name = kube_name(wanted)
        if self._names.setdefault((kind, name), owner) != owner:
            name = names.shortened(f"{name[:50].rstrip('-')}-{names.short_hash(owner, 6)}", 63)
            self._names[kind, name] = owner
        return name

    def is_taken(self, kind: str, name: str) -> bool:
        return (kind, name) in self._names


def kube_name(text: str) -> str:
    """A DNS label that begins with a letter."""
    name = names.dns_label(text, 50)
    return name if name[0].isalpha() else f"s-{name}"[:50].rstrip("-")


def whole_number(text: str, low: int, high: int) -> int | None:
    """The number that `text` writes in plain digits, when it lies between the two."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    return number if low <= number <= high else None


def port_number(text: str) -> int | None:
    return whole_number(text, 1, 65535)


_EXPANDED = re.compile(r"\$(?=[$(])")


def literal(text: str) -> str:
    """Kubernetes itself fills in `$(NAME)` in values and commands: what Compose took as it is stays so."""
    return _EXPANDED.sub("$$", text)


def config_key(text: str) -> str:
    """A file name as the key of a config map."""
    key = re.sub(r"[^-._a-zA-Z0-9]+", "_", text)[:200]
    return f"file{key}" if key in ("", ".", "..") else key
