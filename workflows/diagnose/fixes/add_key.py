"""A key that is read and that its config map or secret lacks."""

from collections.abc import Callable, Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import by_name, part

_WORDS = {"configmap": "config map", "secret": "secret"}
_FIELDS = {"configmap": "data", "secret": "values"}
_APPLIES = frozenset({"workload"})


def _asks(type_: str) -> Callable[[Evidence, Values], Sequence[Asked]]:
    kind = ValueKind.SECRET if type_ == "secret" else ValueKind.TEXT

    def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
        return (
            Asked("name", _WORDS[type_].capitalize(), ValueKind.NAME, "", hints.get("name")),
            Asked("key", "Key", ValueKind.TEXT, "", hints.get("key")),
            Asked("value", "Value", kind, "What is read under the key."),
        )

    return asks


def _change(type_: str) -> Callable[[GraphLists, str, Values, Evidence], None]:
    def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
        found = by_name(graph, type_, values["name"])
        if found is None or found["data"].get("existing"):
            raise CannotFix(
                f'The {_WORDS[type_]} "{values["name"]}" is not made by this workflow; add the key where it is made.'
            )
        part(found["data"], _FIELDS[type_])[values["key"]] = values["value"]

    return change


CONFIG_MAP = Fix(
    "add_config_map_key",
    "Add the key to the config map",
    "Puts the key that is read into the config map.",
    _change("configmap"),
    _asks("configmap"),
    _APPLIES,
)
SECRET = Fix(
    "add_secret_key",
    "Add the key to the secret",
    "Puts the key that is read into the secret; its value is stored encrypted.",
    _change("secret"),
    _asks("secret"),
    _APPLIES,
)
