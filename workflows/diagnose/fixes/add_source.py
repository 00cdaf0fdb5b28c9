"""A config map or a secret that is read and is not there: add it to the drawing."""

from collections.abc import Callable, Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import add_node, by_name

_WORDS = {"configmap": "config map", "secret": "secret"}
_FIELDS = {"configmap": "data", "secret": "values"}
_APPLIES = frozenset({"workload", "ingress"})
_TLS = ("tls.crt", "tls.key")


def _asks(type_: str) -> Callable[[Evidence, Values], Sequence[Asked]]:
    kind = ValueKind.SECRET if type_ == "secret" else ValueKind.TEXT

    def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
        name = Asked("name", "Name", ValueKind.NAME, "As it is read.", hints.get("name"))
        if hints.get("type") == "tls":
            return name, Asked(_TLS[0], "Certificate", kind, "PEM"), Asked(_TLS[1], "Key", kind, "PEM")
        key = Asked("key", "Key", ValueKind.TEXT, "", hints.get("key") or "", is_required=False)
        value = Asked("value", "Value", kind, "What is read under the key.", "", is_required=False)
        return name, key, value

    return asks


def _change(type_: str) -> Callable[[GraphLists, str, Values, Evidence], None]:
    def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
        name = values["name"]
        if all(key in values for key in _TLS):
            content, more = {key: values[key] for key in _TLS}, {"type": "tls"}
        else:
            content, more = ({values["key"]: values["value"]} if values.get("key") else {}), {}
        found = by_name(graph, type_, name)
        if found is None:
            add_node(graph, type_, name, node_id, **more, **{_FIELDS[type_]: content})
        elif found["data"].get("existing"):
            found["data"] |= {"existing": False, **more, _FIELDS[type_]: content}
        else:
            raise CannotFix(f'The drawing has the {_WORDS[type_]} "{name}" already: run the workflow to deploy it.')

    return change


CONFIG_MAP = Fix(
    "add_config_map",
    "Add the config map",
    "Adds a config map of the name that is read, so that the run makes it.",
    _change("configmap"),
    _asks("configmap"),
    _APPLIES,
)
SECRET = Fix(
    "add_secret",
    "Add the secret",
    "Adds a secret of the name that is read; its values are stored encrypted and never shown again.",
    _change("secret"),
    _asks("secret"),
    _APPLIES,
)
