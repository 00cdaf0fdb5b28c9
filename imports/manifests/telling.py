"""The report of manifests: a row for each key, and its verdict from what the nodes really become. Pure."""

from collections.abc import Iterator
from typing import Any

from imports.manifests.exact import Compared
from imports.manifests.items import KEPT, MAPPED, REFUSED, Item, Said
from imports.manifests.paths import MISSING, Path, dotted, value_at
from imports.report import Row

_OVERRIDES = "In the overrides of the node, for it has no field of its own."
_AS_IT_IS = "As it is, in a manifest."


def rows_of(item: Item, compared: Compared) -> Iterator[Row]:
    """In the order in which it is written."""
    for each in (item, *item.absorbed):
        for path, said in _Told(each, item, compared).rows():
            where = f"{each.path}.{dotted(path)}"
            yield Row(where, str(path[-1]), said.verdict, said.target, said.message)


class _Told:
    def __init__(self, item: Item, node: Item, compared: Compared) -> None:
        self.item = item
        self.node = node
        self.plain = compared.plain.get(node.node_id)
        self.final = compared.final.get(node.node_id)
        known = (*item.said, *item.used)
        self.opened = {path[:count] for path in known for count in range(1, len(path))}

    def rows(self) -> Iterator[tuple[Path, Said]]:
        yield from self._below(self.item.written, ())

    def _below(self, value: Any, path: Path) -> Iterator[tuple[Path, Said]]:
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in steps:
            where = (*path, key)
            said = self._said(where)
            if said is not None:
                yield where, said
            is_open = where in self.opened or (said is None and where == ("metadata",))
            if isinstance(inner, dict | list) and inner and (is_open or said is None):
                yield from self._below(inner, where) if is_open else self._whole(where)
            elif said is None:
                yield from self._whole(where)

    def _said(self, path: Path) -> Said | None:
        said = self.item.said.get(path)
        if said is not None:
            return said
        return self._verdict(path, self.item.used[path]) if path in self.item.used else None

    def _whole(self, path: Path) -> Iterator[tuple[Path, Said]]:
        yield path, self._verdict(path, "")

    def _verdict(self, path: Path, field: str) -> Said:
        target = self.node.target
        if self.node.type == "secret":
            # What a target says after a dot is hidden where the source is shown: that is for values alone.
            target, field = ("secret" if "." in self.node.name else target), ""
        if self.item is not self.node:
            return Said(MAPPED, "The service account gives these rights.", f"{target}.rules")
        if self.node.type == "manifest":
            return Said(KEPT, _AS_IT_IS, target)
        if path in (("apiVersion",), ("kind",)):
            return Said(MAPPED, "", target)
        if self.plain is None:
            return Said(KEPT, "The secret in the cluster stays as it is.", target)
        if self._is_in(self.plain, path):
            return Said(MAPPED, "", f"{target}.{field}" if field else target)
        if self._is_in(self.final, path):
            return Said(KEPT, _OVERRIDES, target if self.node.type == "secret" else f"{target}.overrides")
        return Said(REFUSED, "No workflow may say it.")

    def _is_in(self, made: Any, path: Path) -> bool:
        wanted = value_at(self.item.body, path)
        if wanted is MISSING:
            return True
        found = value_at(made, path)
        if path[-1] in ("labels", "annotations") and isinstance(wanted, dict) and isinstance(found, dict):
            return wanted.items() <= found.items()
        return bool(found == wanted)
