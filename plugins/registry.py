"""All node types that this installation knows, and which edges between them are legal.

Keys are frozen once the registry is built, so that extension points can be listed. Knows no Django:
which plugins are enabled is decided elsewhere and handed in as a list of types.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from types import MappingProxyType
from typing import Any

from plugins.core import ALL
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import Connection, NodeType
from plugins.sdk.schema import form_schema, ui_hints

AnyType = NodeType[Any]


class UnknownType(KeyError):
    """No node type of this name is registered."""


class NodeTypes:
    """The types by name. An edge may be declared by either end; two meanings for one pair are an error."""

    def __init__(self, types: Iterable[AnyType]) -> None:
        by_name: dict[str, AnyType] = {}
        for item in types:
            if item.name in by_name:
                raise ValueError(f"two node types are called {item.name}")
            by_name[item.name] = item
        self._types = MappingProxyType(by_name)
        self._connections = MappingProxyType(self._join())
        self._templates: list[Json] | None = None

    def _join(self) -> dict[tuple[str, str], Connection]:
        joined: dict[tuple[str, str], Connection] = {}
        declared = dict.fromkeys(connection for item in self for connection in item.connections)
        for connection in declared:
            for source in self._expand(connection.sources):
                for target in self._expand(connection.targets):
                    if {(source, target), ("*", target), (source, "*")} & set(connection.excluded):
                        continue
                    other = joined.setdefault((source, target), connection)
                    if other is not connection:
                        raise ValueError(
                            f"an edge {source} -> {target} is both {other.meaning} and {connection.meaning}"
                        )
        return joined

    def _expand(self, ends: tuple[str, ...]) -> list[str]:
        """Names as they are, roles as all types that have them; what is not installed is left out."""
        return [item.name for item in self if any(end == item.name or end in item.roles for end in ends)]

    def __iter__(self) -> Iterator[AnyType]:
        return iter(self._types.values())

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __len__(self) -> int:
        return len(self._types)

    def names(self) -> list[str]:
        return list(self._types)

    def find(self, name: str) -> AnyType | None:
        return self._types.get(name)

    def get(self, name: str) -> AnyType:
        found = self._types.get(name)
        if found is None:
            raise UnknownType(name)
        return found

    def connection(self, source: str, target: str) -> Connection | None:
        """What an edge between these two types means; None when there is no such edge."""
        return self._connections.get((source, target))

    def extended(self, types: Iterable[AnyType]) -> "NodeTypes":
        """A new registry with the types of a plugin added; this one stays as it is."""
        return NodeTypes([*self, *types])

    def templates(self) -> list[Json]:
        """What `GET /templates` says of each type."""
        if self._templates is None:
            self._templates = [self._template(item) for item in self]
        return self._templates

    def _template(self, item: AnyType) -> Json:
        schema = form_schema(item.data)
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
                "sources": list(dict.fromkeys(source for source, _ in found)),
                "targets": list(dict.fromkeys(target for _, target in found)),
                "schema": form_schema(connection.data),
            }
            for connection, found in pairs.items()
        ]


@cache
def core_types() -> NodeTypes:
    """The node types of Kubernetes itself."""
    return NodeTypes(ALL)
