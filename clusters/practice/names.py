"""The rules for names, labels and annotations, with the texts that the API server gives.

Must not know kinds beyond which name rule they follow.
"""

from __future__ import annotations

import re

from .errors import Cause, duplicate, forbidden_value, invalid_value, required, too_long
from .objects import Obj
from .selectors import NAME_PART

SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
CONFIG_KEY = re.compile(r"^[-._a-zA-Z0-9]+$")
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_NAME_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
LABEL_NAMED = frozenset({"/namespaces", "/services"})
NO_DOTS = "must not contain dots"
PATH_NAMED_GROUP = "rbac.authorization.k8s.io"
STANDARD_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})


def subdomain(field: str, value: str, limit: int = 253) -> list[Cause]:
    if len(value) > limit:
        return [invalid_value(field, value, f"must be no more than {limit} characters")]
    return [] if SUBDOMAIN.match(value) else [invalid_value(field, value, SUBDOMAIN_TEXT)]


def label_name(field: str, value: str) -> list[Cause]:
    if len(value) > 63:
        return [invalid_value(field, value, "must be no more than 63 characters")]
    if LABEL.match(value):
        return []
    return [invalid_value(field, value, NO_DOTS if SUBDOMAIN.match(value) else LABEL_TEXT)]


def config_keys(field: str, data: Obj) -> list[Cause]:
    return [
        invalid_value(f"{field}[{key}]", key, _KEY_TEXT)
        for key in sorted(data)
        if not CONFIG_KEY.match(key) or key in (".", "..") or key.startswith("..")
    ]


def qualified(field: str, key: str) -> list[Cause]:
    prefix, slash, name = key.rpartition("/")
    out = []
    if slash and not SUBDOMAIN.match(prefix):
        out.append(invalid_value(field, key, f"prefix part {SUBDOMAIN_TEXT}"))
    if not name:
        out.append(invalid_value(field, key, "name part must be non-empty"))
    if len(name) > 63:
        out.append(invalid_value(field, key, "name part must be no more than 63 characters"))
    elif not NAME_PART.match(name):
        out.append(invalid_value(field, key, _NAME_TEXT))
    return out


def labels(field: str, found: Obj) -> list[Cause]:
    out: list[Cause] = []
    for key, value in found.items():
        out += qualified(field, key)
        if len(value) > 63:
            out.append(invalid_value(field, value, "must be no more than 63 bytes"))
        elif value and not NAME_PART.match(value):
            out.append(invalid_value(field, value, _VALUE_TEXT))
    return out


def metadata(res_key: str, data: Obj, old: Obj | None) -> list[Cause]:
    out: list[Cause] = []
    if not data.get("name"):
        out.append(required("metadata.name", "name or generateName is required"))
    elif res_key in LABEL_NAMED:
        out += label_name("metadata.name", data["name"])
    elif res_key.startswith(PATH_NAMED_GROUP) or res_key in ("/events", "events.k8s.io/events"):
        if "/" in data["name"] or "%" in data["name"]:
            out.append(invalid_value("metadata.name", data["name"], "may not contain '/'"))
    else:
        out += subdomain("metadata.name", data["name"])
    out += labels("metadata.labels", data.get("labels") or {})
    annotations = data.get("annotations") or {}
    for key in annotations:
        out += qualified("metadata.annotations", key.lower())
    if sum(len(k) + len(v) for k, v in annotations.items()) > 262144:
        out.append(too_long("metadata.annotations", 262144))
    if not res_key.startswith("apiextensions.k8s.io/"):
        out += _finalizers(data.get("finalizers") or [])
    out += _owners(data.get("ownerReferences") or [])
    if old is not None:
        out += _immutable(data, old)
    return out


def _finalizers(found: list[str]) -> list[Cause]:
    text = "name is neither a standard finalizer name nor is it fully qualified"
    return [
        invalid_value(f"metadata.finalizers[{i}]", name, text)
        for i, name in enumerate(found)
        if "/" not in name and name not in STANDARD_FINALIZERS
    ]


def _owners(found: list[Obj]) -> list[Cause]:
    out, field = [], "metadata.ownerReferences"
    for ref in found:
        if not ref.get("apiVersion"):
            out.append(invalid_value(f"{field}.apiVersion", "", "version must not be empty"))
        for name in ("kind", "name", "uid"):
            if not ref.get(name):
                out.append(invalid_value(f"{field}.{name}", "", "must not be empty"))
    controllers = [r for r in found if r.get("controller")]
    if len(controllers) > 1:
        first, second = (f"{r.get('kind')}/{r.get('name')}" for r in controllers[:2])
        text = (
            f'Only one reference can have Controller set to true. Found "true" in references for {first} and {second}'
        )
        out.append(invalid_value(field, found, text))
    return out


def _immutable(data: Obj, old: Obj) -> list[Cause]:
    out = []
    if data.get("uid") != old.get("uid"):
        cause = invalid_value("metadata.uid", data.get("uid"), "field is immutable")
        out += [cause, cause]
    if old.get("deletionTimestamp"):
        fresh = sorted(set(data.get("finalizers") or []) - set(old.get("finalizers") or []))
        if fresh:
            shown = "[]string{" + ", ".join(f'"{f}"' for f in fresh) + "}"
            text = f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"
            # Two of the real server's checks say so.
            out += [forbidden_value("metadata.finalizers", text)] * 2
    return out


def unique(field: str, names: list[str]) -> list[Cause]:
    """Duplicates among names, each at its own index; {} in the field is the index."""
    seen: set[str] = set()
    out = []
    for index, name in enumerate(names):
        if name and name in seen:
            out.append(duplicate(field.format(index), name))
        seen.add(name)
    return out
