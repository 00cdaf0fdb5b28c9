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
# The role of custom resources, and what stands for those that no plugin describes.
CUSTOM_ROLE = "custom"
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
        found = [item.name for item in self if any(end == item.name or end in item.roles for end in ends)]
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
        return self._connections.get((self._known(source), self._known(target)))

    def _known(self, name: str) -> str:
        return name if name in self._types or self._otherwise is None else ANY_CUSTOM

    def extended(
        self,
        types: Iterable[AnyType],
        connections: Iterable[Connection] = (),
        otherwise: Callable[[str], AnyType | None] | None = None,
    ) -> "NodeTypes":
        """A new registry with the types of a plugin added; this one stays as it is."""
        return NodeTypes([*self, *types], [*self._beside, *connections], otherwise or self._otherwise)

    def without(self, names: Collection[str]) -> "NodeTypes":
        """A new registry that does not know these types."""
        return NodeTypes((item for item in self if item.name not in names), self._beside, self._otherwise)

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
        pairs: dict[Connection, list[tuple[str, str]]] = {}
        for pair, connection in self._connections.items():
            if name in pair:
                pairs.setdefault(connection, []).append(pair)
        return [
            {
                "meaning": connection.meaning,
                "title": connection.title,
                "description": connection.description,
                "sources": list(dict.fromkeys(source for source, _ in found if source != ANY_CUSTOM)),
                "targets": list(dict.fromkeys(target for _, target in found if target != ANY_CUSTOM)),
                "schema": form_schema(connection.data),
            }
            for connection, found in pairs.items()
        ]


@cache
def core_types() -> NodeTypes:
    """The node types of Kubernetes itself."""
    return NodeTypes(ALL)
