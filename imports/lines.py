"""Where a key of a report stands in its file. Pure."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import yaml
from yaml import CSafeLoader
from yaml.nodes import MappingNode, Node, SequenceNode

Place = tuple[str, int]


class Lines:
    """The files of an input in the order in which they override each other; bounded before by whoever read them."""

    def __init__(self, files: Mapping[str, bytes], names: Iterable[str]) -> None:
        self._texts = {name: files[name].decode(errors="replace") for name in names if name in files}

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
        best: tuple[int, Place] | None = None
        for name, roots in self._roots.items():
            for root in roots:
                depth, line = _descend(root, path)
                if depth and (best is None or depth >= best[0]):
                    best = depth, (name, line)
        return best[1] if best else None


def _descend(root: Node, path: str) -> tuple[int, int]:
    """How many steps of the path there are, and the line of the last. A key may hold dots itself."""
    node, line, depth = root, 0, 0
    rest = path
    while rest:
        step = _step(node, rest)
        if step is None:
            break
        node, line, rest = step
        depth += 1
    return depth, line + 1


def _step(node: Node, rest: str) -> tuple[Node, int, str] | None:
    if isinstance(node, SequenceNode):
        head, _, tail = rest.partition(".")
        if not head.isdigit() or int(head) >= len(node.value):
            return None
        item = node.value[int(head)]
        return item, item.start_mark.line, tail
    if not isinstance(node, MappingNode):
        return None
    fitting = [
        (str(key.value), key.start_mark.line, value)
        for key, value in node.value
        if rest == key.value or rest.startswith(f"{key.value}.")
    ]
    if not fitting:
        return _merged(node, rest)
    name, line, value = max(fitting, key=lambda each: len(each[0]))
    return value, line, rest[len(name) + 1 :]


def _merged(node: MappingNode, rest: str) -> tuple[Node, int, str] | None:
    """What came by a merge key (`<<: *defaults`) stands where it was written."""
    for key, value in node.value:
        if key.value == "<<":
            sources = value.value if isinstance(value, SequenceNode) else [value]
            for source in sources:
                found = _step(source, rest) if isinstance(source, MappingNode) else None
                if found is not None:
                    return found
    return None
