"""What is wrong with a graph, said to the person who drew it."""

from enum import StrEnum
from typing import Any

import msgspec

# The code of the problem of a workload whose image is still to come. Of a drawing that is no fault.
NOT_BUILT = "image_not_built"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, omit_defaults=False):
    """One sentence about one place. `field` is a path into the node's data, such as `ports.0.port`.

    `is_fatal` marks what cannot even be kept in a draft: unknown type or field, wrong JSON type,
    duplicate id, dangling or forbidden edge.
    """

    message: str
    code: str
    node_id: str | None = None
    edge_id: str | None = None
    field: str | None = None
    severity: Severity = Severity.ERROR
    is_fatal: bool = False


def kind_of(value: Any) -> str:
    """What a person would call a value that is not what was asked for."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
