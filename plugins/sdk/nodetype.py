"""What a plugin writes to add a node type, and how the two ends of an edge are joined.

A node type is one module: a `Data` struct for what a person fills in, the connections it takes part in,
and a `compile` that turns a typed node into Kubernetes objects. The rest (labels, namespace, overrides,
references, order, duplicates) is the compiler's business, so that no type can forget it.

Pure: knows neither Django nor a cluster client.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from plugins.sdk.fields import Data, Json
from plugins.sdk.problems import Problem, Severity
from plugins.sdk.requirement import Requirement

if TYPE_CHECKING:
    from plugins.sdk.context import CompileContext

D = TypeVar("D", bound=Data)

AFTER = "after"


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """What an edge writes into the object of one of its ends (`into`: source or target), at a dotted path.

    In `value` a text such as `$name` stands for a fact of the other end, and `$data.host` for a word of the edge;
    `plugins.declared.fills` lists the facts. With `append` the value is added to a list.
    """

    at: str
    value: Any
    into: str = "source"
    append: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """A variable that the target, a workload, gets from an edge: a key of a secret or config map that the source's
    controller makes, or a text. `name` follows a prefix; `$name` in the others is the source's name."""

    name: str
    secret: str = ""
    config_map: str = ""
    key: str = ""
    value: str = ""


class NoData(Data):
    """An edge that needs no words."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One legal kind of edge. `sources` and `targets` name types or roles; either end may declare it.

    `excluded` takes (source, target) pairs out again that a role would bring in; "*" is any type.
    `same_namespace` says that Kubernetes cannot join the two across namespaces.
    """

    meaning: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    data: type[Data] = NoData
    description: str = ""
    excluded: tuple[tuple[str, str], ...] = ()
    same_namespace: bool = False
    fills: tuple[Fill, ...] = ()
    supplies: tuple[Supply, ...] = ()


class TypedNode(Generic[D]):
    """A node whose data has been read: what every check and every `compile` works on."""

    __slots__ = ("data", "id", "name", "namespace", "type")

    def __init__(self, id: str, type: "NodeType[D]", data: D, namespace: str) -> None:
        self.id = id
        self.type = type
        self.data = data
        self.name: str = getattr(data, "name", "") or ""
        self.namespace: str = getattr(data, "namespace", None) or namespace

    @property
    def label(self) -> str:
        """How a sentence calls this node: by its kind and name, or its id while it has no name."""
        return f'{self.type.display_name} "{self.name or self.id}"'

    @property
    def is_existing(self) -> bool:
        """Only referred to: someone else made the object."""
        return getattr(self.data, "existing", None) is True

    def problem(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        edge_id: str | None = None,
        severity: Severity = Severity.ERROR,
        is_fatal: bool = False,
    ) -> Problem:
        """`message` is the rest of a sentence that begins with this node's label."""
        return Problem(
            message=f"{self.label}: {message.rstrip('.')}.",
            code=code,
            node_id=self.id,
            edge_id=edge_id,
            field=field,
            severity=severity,
            is_fatal=is_fatal,
        )

    def warning(self, code: str, message: str, *, field: str | None = None, edge_id: str | None = None) -> Problem:
        return self.problem(code, message, field=field, edge_id=edge_id, severity=Severity.WARNING)


AnyNode = TypedNode[Any]


class Link(NamedTuple):
    """An edge whose meaning is known: the typed nodes at its ends and its typed data."""

    id: str
    connection: Connection
    data: Any
    source: AnyNode
    target: AnyNode
    meaning: str


class Wiring:
    """Who is joined to whom. Links come sorted by edge id, so that no order of drawing shows.

    `memo` keeps what follows from a node and its links, under (topic, node id): a graph does not change
    while it is looked at.
    """

    __slots__ = ("_incoming", "_outgoing", "links", "memo", "nodes")

    def __init__(self, nodes: dict[str, AnyNode], links: list[Link]) -> None:
        self.nodes = nodes
        self.links = links
        self.memo: dict[tuple[str, str], Any] = {}
        self._incoming: dict[str, list[Link]] = {}
        self._outgoing: dict[str, list[Link]] = {}
        for link in links:
            self._incoming.setdefault(link.target.id, []).append(link)
            self._outgoing.setdefault(link.source.id, []).append(link)

    def incoming(self, node: AnyNode, meaning: str | None = None) -> list[Link]:
        links = self._incoming.get(node.id, [])
        return links if meaning is None else [link for link in links if link.meaning == meaning]

    def outgoing(self, node: AnyNode, meaning: str | None = None) -> list[Link]:
        links = self._outgoing.get(node.id, [])
        return links if meaning is None else [link for link in links if link.meaning == meaning]

    def sources(self, node: AnyNode, meaning: str) -> list[AnyNode]:
        """The nodes that point at `node` with this meaning, each once."""
        return list({link.source.id: link.source for link in self.incoming(node, meaning)}.values())

    def targets(self, node: AnyNode, meaning: str) -> list[AnyNode]:
        """The nodes that `node` points at with this meaning, each once."""
        return list({link.target.id: link.target for link in self.outgoing(node, meaning)}.values())


def compile_nothing(node: AnyNode, context: "CompileContext") -> Iterable[Json]:
    """For what is only for the eye."""
    return ()


def check_nothing(node: AnyNode, wiring: Wiring) -> Iterator[Problem]:
    """For types whose fields' descriptions say it all."""
    return iter(())


@dataclass(frozen=True, slots=True, eq=False)
class NodeType(Generic[D]):
    """One kind of box. `kind` and `api_versions` (our preference first) name the main object it makes.

    `compile` yields bodies with at least apiVersion, kind and metadata.name; `check` yields problems that
    a field's description cannot express. `roles` lets connections speak of "workload" instead of a list.
    `requirement` says what makes a cluster serve the kind.
    """

    name: str
    display_name: str
    description: str
    icon: str
    category: str
    data: type[D]
    compile: "Callable[[TypedNode[D], CompileContext], Iterable[Json]]" = compile_nothing
    check: Callable[[TypedNode[D], Wiring], Iterable[Problem]] = check_nothing
    kind: str = ""
    api_versions: tuple[str, ...] = ()
    defaults: Json = field(default_factory=dict)
    connections: tuple[Connection, ...] = ()
    roles: frozenset[str] = frozenset()
    # The form, where the struct does not say it all: a kind that is described by a schema.
    schema: Json | None = None
    requirement: Requirement | None = None
    is_cluster_wide: bool = False

    @property
    def group(self) -> str:
        """The API group of the main object; "" for core."""
        return self.api_versions[0].rpartition("/")[0] if self.api_versions else ""

    @property
    def is_namespaced(self) -> bool:
        return not self.is_cluster_wide and self.kind not in CLUSTER_KINDS


CLUSTER_KINDS = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"})
