"""How a node type describes one field of its data, for the form, the schema and the checks at once.

    name: Annotated[str, about("Name", "What the object is called.", required=True, format="dns-label")] = ""

Every field has a default, because a draft may be unfinished: `required` says what running needs.
The JSON type of a field is enforced on saving; `required`, `format`, `minimum`, `maximum` and `choices`
become problems that a person reads.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec


class Group(StrEnum):
    """The sections of a form, in the order in which they are shown."""

    BASIC = "basic"
    NETWORK = "network"
    CONFIG = "config"
    STORAGE = "storage"
    RESOURCES = "resources"
    HEALTH = "health"
    ROLLOUT = "rollout"
    SCHEDULING = "scheduling"
    SECURITY = "security"
    METADATA = "metadata"
    ADVANCED = "advanced"


def about(
    title: str = "",
    help: str = "",
    *,
    group: Group | None = None,
    required: bool = False,
    format: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[str] = (),
    keys: str | None = None,
    widget: str | None = None,
    placeholder: str | None = None,
    shape: str | None = None,
) -> msgspec.Meta:
    """The description of a field. `keys` is the format of a map's keys; `widget` and `placeholder` are
    hints for the form (`code`, `textarea`, `password`, `key-value`, `list`, `json`). `shape` says what of
    Kubernetes (`plugins.sdk.shapes`) the value, or each of its items, is in Kubernetes' own words."""
    extra: dict[str, Any] = {}
    if group is not None:
        extra["x-group"] = group.value
    if required:
        extra["x-required"] = True
    hints = {"format": format, "minimum": minimum, "maximum": maximum, "x-keys": keys}
    hints |= {"x-widget": widget, "x-placeholder": placeholder, "x-kubernetes": shape}
    extra |= {key: value for key, value in hints.items() if value is not None}
    if choices:
        extra["enum"] = list(choices)
    return msgspec.Meta(title=title or None, description=help or None, extra_json_schema=extra or None)


class Data(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The base of everything that a client writes: a field that is not declared is refused by name."""


Json = dict[str, Any]
Quantity = Annotated[str | int | float, about(format="quantity")]
EnvName = Annotated[str, about(format="env-name")]
Port = Annotated[int, about(format="port")]
PortOrName = Annotated[int | str, about(format="port-or-name")]
Labels = dict[str, Annotated[str, about(format="label-value")]]
Annotations = dict[str, str]
Verbatim = Json
