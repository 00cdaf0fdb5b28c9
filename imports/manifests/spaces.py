"""Which namespace the nodes name: none, where one run's namespace will do. Pure."""

from collections.abc import Sequence

from imports.manifests.items import MAPPED, Item, Said
from imports.report import Choice, Option

CHOICE = "namespace"
# Where no object says where it lives.
_NOWHERE = "namespace-of-the-run"


def settle_namespaces(items: Sequence[Item], choices: dict[str, str]) -> tuple[str, list[Choice]]:
    """Several stay as they are. One is left to the run, unless it is itself among the objects or a person keeps it.
    Returns where those live that name none, and what is asked."""
    spaces = {item.namespace for item in items if item.namespace}
    if len(spaces) != 1:
        return _NOWHERE, []
    (space,) = spaces
    is_made = any(item.kind == "Namespace" and item.name == space for item in items)
    default = "keep" if is_made else "run"
    answer = choices.get(CHOICE, default)
    value = answer if answer in ("keep", "run") else default
    if value == "run":
        for item in items:
            if item.namespace:
                item.drop(("metadata", "namespace"), "")
                item.said[("metadata", "namespace")] = Said(MAPPED, "The namespace of the run.", "")
    options = (Option("run", "The namespace of each run"), Option("keep", f"Always {space}"))
    return space, [Choice(CHOICE, "Where the objects live", value, options=options)]
