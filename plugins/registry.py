"""All node types that this installation knows, and which edges between them are legal.

Keys are frozen once the registry is built, so that extension points can be listed. Knows no Django:
which plugins are enabled is decided elsewhere and handed in as a list of types.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from types import MappingProxyType
from typing import Any

from plugins.core import ALL
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AFTER, Connection, NodeType
from plugins.sdk.schema import form_schema, ui_hints

AnyType = NodeType[Any]
MOST_CHOICES = 64
# The role of custom resources, and what stands for all those that no plugin describes: a cluster may serve hundreds,
# and what goes for one of them goes for each.
CUSTOM_ROLE = "custom"
FAMILY = "crd:"
ANY_CUSTOM = "crd:*"


class UnknownType(KeyError):
    """No node type of this name is registered."""


class NodeTypes:
    """The types by name. An edge may be declared by either end; two meanings for one pair are an error."""

    def __init__(
        self,
        types: Iterable[AnyType],
        connections: Iterable[Connection] = (),
        otherwise: Callable[[str], AnyType | None] | None = None,
    ) -> None:
        """`connections` are edges beside those that the types declare. `otherwise` makes types of a family whose
        members nobody can list; each may stand wherever the role `custom` may."""
        by_name: dict[str, AnyType] = {}
        for item in types:
            if item.name in by_name:
                raise ValueError(f"two node types are called {item.name}")
            by_name[item.name] = item
        self._types = MappingProxyType(by_name)
        self._beside = tuple(connections)
        self._otherwise = otherwise
        self._connections = MappingProxyType(self._join())
        self._templates: list[Json] | None = None
        self._told: dict[str, list[Json]] = {}
        self._fewer: dict[frozenset[str], NodeTypes] = {}

    def _join(self) -> dict[tuple[str, str], Connection]:
        joined: dict[tuple[str, str], Connection] = {}
        declared = dict.fromkeys(connection for item in self for connection in item.connections)
        declared |= dict.fromkeys(self._beside)
        for connection in declared:
            for source in self._expand(connection.sources):
                for target in self._expand(connection.targets):
                    if {(source, target), ("*", target), (source, "*")} & set(connection.excluded):
                        continue
                    other = joined.setdefault((source, target), connection)
                    if other is not connection:
                        joined[source, target] = self._stronger(source, target, other, connection)
        return joined

    def _stronger(self, source: str, target: str, one: Connection, other: Connection) -> Connection:
        """Waiting is there for every custom kind, and gives way to what a plugin says of its own."""
        is_custom = any(CUSTOM_ROLE in self._types[end].roles for end in (source, target) if end in self._types)
        if not is_custom or AFTER not in (one.meaning, other.meaning):
            raise ValueError(f"an edge {source} -> {target} is both {one.meaning} and {other.meaning}")
        return other if one.meaning == AFTER else one

    def _expand(self, ends: tuple[str, ...]) -> list[str]:
        """Names as they are, roles as all types that have them; what is not installed is left out."""
        found = [
            item.name
            for item in self
            if item.name in ends or (not item.name.startswith(FAMILY) and any(end in item.roles for end in ends))
        ]
        return [*found, ANY_CUSTOM] if CUSTOM_ROLE in ends else found

    def __iter__(self) -> Iterator[AnyType]:
        return iter(self._types.values())

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __len__(self) -> int:
        return len(self._types)

    def names(self) -> list[str]:
        return list(self._types)

    def find(self, name: str) -> AnyType | None:
        found = self._types.get(name)
        return self._otherwise(name) if found is None and self._otherwise is not None else found

    def get(self, name: str) -> AnyType:
        found = self.find(name)
        if found is None:
            raise UnknownType(name)
        return found

    def connection(self, source: str, target: str) -> Connection | None:
        """What an edge between these two types means; None when there is no such edge."""
        exact = self._connections.get((source, target))
        return exact or self._connections.get((_family(source), _family(target)))

    def extended(
        self,
        types: Iterable[AnyType],
        connections: Iterable[Connection] = (),
        otherwise: Callable[[str], AnyType | None] | None = None,
    ) -> "NodeTypes":
        """A new registry with the types of a plugin added; this one stays as it is."""
        return NodeTypes([*self, *types], [*self._beside, *connections], otherwise or self._otherwise)

    def without(self, names: Collection[str]) -> "NodeTypes":
        """The registry that does not know these types; made once for each choice, of which there are few."""
        key = frozenset(name for name in names if name in self._types)
        found = self._fewer.get(key)
        if found is None:
            found = NodeTypes((item for item in self if item.name not in key), self._beside, self._otherwise)
            if len(self._fewer) >= MOST_CHOICES:
                self._fewer.clear()
            self._fewer[key] = found
        return found

    def templates(self) -> list[Json]:
        """What `GET /templates` says of each type."""
        if self._templates is None:
            self._templates = [self.template(item) for item in self]
        return self._templates

    def template(self, item: AnyType) -> Json:
        """What `templates` says of one of them."""
        schema = item.schema or form_schema(item.data)
        return {
            "type": item.name,
            "display_name": item.display_name,
            "description": item.description,
            "icon": item.icon,
            "category": item.category,
            "kind": item.kind or None,
            "schema": schema,
            "ui": ui_hints(schema),
            "defaults": item.defaults,
            "connections": self._connections_of(item.name),
        }

    def _connections_of(self, name: str) -> list[Json]:
        """Those of the family stand in for a member; the member is among the ends that it may be."""
        found = self._told_of(name)
        if _family(name) == name:
            return found
        return [*found, *(_with_member(connection, name) for connection in self._told_of(ANY_CUSTOM))]

    def _told_of(self, name: str) -> list[Json]:
        if name in self._told:
            return self._told[name]
        pairs: dict[Connection, list[tuple[str, str]]] = {}
        for pair, connection in self._connections.items():
            if name in pair:
                pairs.setdefault(connection, []).append(pair)
        self._told[name] = [
            {
                "meaning": connection.meaning,
                "title": connection.title,
                "description": connection.description,
                "sources": list(dict.fromkeys(source for source, _ in found)),
                "targets": list(dict.fromkeys(target for _, target in found)),
                "schema": form_schema(connection.data),
            }
            for connection, found in pairs.items()
        ]
        return self._told[name]


def _family(name: str) -> str:
    return ANY_CUSTOM if name.startswith(FAMILY) else name


def _with_member(connection: Json, name: str) -> Json:
    ends = {side: [name, *connection[side]] for side in ("sources", "targets") if ANY_CUSTOM in connection[side]}
    return {**connection, **ends}


@cache
def core_types() -> NodeTypes:
    """The node types of Kubernetes itself."""
    return NodeTypes(ALL)
