"""The stacks that come with the product, one YAML file each."""

from functools import cache
from pathlib import Path

from plugins.sdk.layout import layered, position
from plugins.sdk.stack import Stack, StackError, read_stack
from plugins.sdk.yaml import load

FOLDER = Path(__file__).parent


@cache
def shipped_stacks() -> tuple[Stack, ...]:
    """In the order of their titles."""
    return tuple(sorted(map(_read, FOLDER.glob("*.yaml")), key=lambda stack: stack.title))


def _read(path: Path) -> Stack:
    document = load(path.read_text())
    places = layered(
        [node["id"] for node in document["nodes"]],
        [(edge["source"], edge["target"]) for edge in document.get("edges", ())],
    )
    for node in document["nodes"]:
        node["position"] = position(places[node["id"]])
    stack = read_stack(document)
    if stack.id != path.stem:
        raise StackError(f"{path.name} holds the stack {stack.id}.")
    return stack
