"""Where a key of a report stands in its file, and what is written there. Pure."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import yaml
from yaml import CSafeLoader
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from imports.conversion import Spot

Place = tuple[str, int]
Span = tuple[str, int, int]
_MERGE = "<<"


class Lines:
    """The files of an input in the order in which they override each other; bounded before by whoever read them."""

    def __init__(
        self, files: Mapping[str, bytes], names: Iterable[str], spots: Mapping[str, Spot] | None = None
    ) -> None:
        """With `spots` a path begins with one of them, and is looked for there alone."""
        self._spots = spots or {}
        self._texts = {name: files[name].decode(errors="replace") for name in names if name in files}
        self._keys: dict[int, dict[str, tuple[int, Node]]] = {}

    @cached_property
    def _roots(self) -> dict[str, list[Node]]:
        found = {}
        for name, text in self._texts.items():
            try:
                found[name] = [node for node in yaml.compose_all(text, Loader=CSafeLoader) if node is not None]
            except yaml.YAMLError:
                found[name] = []
        return found

    def find(self, path: str) -> Place | None:
        """File and line (from 1) of `services.web.ports.0`, or of as much of it as is written down; the last file
        that says it, because that one counts."""
        spot = self._spots.get(path)
        if spot is not None and spot.line:
            return spot.file, spot.line
        best: tuple[int, Place] | None = None
        for name, root, rest in self._places(path):
            depth, line, _, _ = self._descend(root, rest)
            if depth and (best is None or depth >= best[0]):
                best = depth, (name, line + 1)
        return best[1] if best else None

    def _places(self, path: str) -> Iterable[tuple[str, Node, str]]:
        """File, document and the path in it, wherever the path may be written."""
        if not self._spots:
            yield from ((name, root, path) for name, roots in self._roots.items() for root in roots)
            return
        head = path
        while head not in self._spots:
            head, dot, _ = head.rpartition(".")
            if not dot:
                return
        spot = self._spots[head]
        roots = self._roots.get(spot.file, [])
        if spot.document < len(roots):
            rest = path[len(head) + 1 :]
            yield spot.file, roots[spot.document], ".".join(part for part in (spot.inner, rest) if part)

    def spans(self, path: str) -> list[Span]:
        """File, first and last position of the texts at and below the path, in every file that says it to its end.
        Of `- NAME=value` it is the value."""
        found: list[Span] = []
        for name, root, inner in self._places(path):
            _, _, node, rest = self._descend(root, inner)
            if not rest:
                found += [(name, *ends) for ends in _texts(node, inner)]
        return found

    def _descend(self, root: Node, path: str) -> tuple[int, int, Node, str]:
        """How many steps of the path there are, the line of the last, its node, and the rest of the path."""
        node, line, depth, rest = root, 0, 0, path
        while rest:
            step = self._step(node, rest)
            if step is None:
                break
            node, line, rest = step
            depth += 1
        return depth, line, node, rest

    def _step(self, node: Node, rest: str) -> tuple[Node, int, str] | None:
        if isinstance(node, SequenceNode):
            return _item(node, rest)
        if not isinstance(node, MappingNode):
            return None
        keys = self._keys_of(node)
        name = rest
        while name not in keys:  # A key may hold dots itself.
            name, dot, _ = name.rpartition(".")
            if not dot:
                return self._merged(node, rest)
        line, value = keys[name]
        return value, line, rest[len(name) + 1 :]

    def _keys_of(self, node: MappingNode) -> dict[str, tuple[int, Node]]:
        """By their names, so that a thousand services are not looked through for each key of each. The nodes live as
        long as this, so their identities stay theirs."""
        found = self._keys.get(id(node))
        if found is None:
            found = {
                key.value: (key.start_mark.line, value) for key, value in node.value if isinstance(key, ScalarNode)
            }
            self._keys[id(node)] = found
        return found

    def _merged(self, node: MappingNode, rest: str) -> tuple[Node, int, str] | None:
        """What came by a merge key (`<<: *defaults`) stands where it was written."""
        _, value = self._keys_of(node).get(_MERGE, (0, None))
        sources = value.value if isinstance(value, SequenceNode) else [value]
        for source in sources:
            found = self._step(source, rest) if isinstance(source, MappingNode) else None
            if found is not None:
                return found
        return None


def _item(node: SequenceNode, rest: str) -> tuple[Node, int, str] | None:
    """By its number, or by its name where a list says what a mapping could: `- NAME=value`, `- name`."""
    head, _, tail = rest.partition(".")
    if head.isdigit() and int(head) < len(node.value):
        item = node.value[int(head)]
        return item, item.start_mark.line, tail
    for item in node.value:
        if isinstance(item, ScalarNode) and rest in (item.value, item.value.partition("=")[0]):
            return item, item.start_mark.line, ""
    return None


def _texts(node: Node, path: str) -> Iterable[tuple[int, int]]:
    if isinstance(node, ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        name, separator, _ = node.value.partition("=")
        # Only in a list: the value of a mapping may hold the sign itself.
        if separator and name and (path == name or path.endswith(f".{name}")):
            start += len(name) + 1 + (node.style in ("'", '"'))
        yield start, end
        return
    parts = (value for _, value in node.value) if isinstance(node, MappingNode) else node.value
    for part in parts:
        yield from _texts(part, "")
