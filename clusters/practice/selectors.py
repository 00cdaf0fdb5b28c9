"""Label and field selectors: parsing with the API's error texts, and matching.

Must not know storage or HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import bad_request
from .objects import Obj, dig, labels_of, name_of, namespace_of

Matcher = Callable[[Obj], bool]

NAME_PART = re.compile(r"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")
_TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
_NAME_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@dataclass(frozen=True)
class Requirement:
    key: str
    operator: str  # in | notin | exists | absent | gt | lt
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        if self.operator == "exists":
            return value is not None
        if self.operator == "absent":
            return value is None
        if self.operator == "in":
            return value is not None and value in self.values
        if self.operator == "notin":
            return value is None or value not in self.values
        if value is None or not value.lstrip("-").isdigit():
            return False
        other = int(self.values[0])
        return int(value) > other if self.operator == "gt" else int(value) < other


class _Parser:
    def __init__(self, text: str) -> None:
        self.words = _TOKEN.findall(text)
        self.at = 0

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self) -> str:
        word = self.peek()
        self.at += 1
        return word

    def run(self) -> list[Requirement]:
        out: list[Requirement] = []
        while self.peek():
            out.append(self._requirement())
            word = self.take()
            if word and word != ",":
                raise bad_request(f"found '{word}', expected: ',' or 'end of string'")
            if word == "," and not self.peek():
                raise bad_request("found '', expected: identifier after ','")
        return out

    def _requirement(self) -> Requirement:
        if self.peek() == "!":
            self.take()
            return Requirement(self._key(), "absent")
        key = self._key()
        operator = self.peek()
        if operator in ("", ","):
            return Requirement(key, "exists")
        self.take()
        if operator in ("=", "==", "!="):
            return Requirement(key, "notin" if operator == "!=" else "in", (self._value(),))
        if operator in ("in", "notin"):
            return Requirement(key, operator, self._values())
        if operator in ("<", ">"):
            value = self._value()
            if not value.lstrip("-").isdigit():
                raise bad_request("unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer")
            return Requirement(key, "gt" if operator == ">" else "lt", (value,))
        raise bad_request(f"unable to parse requirement: found '{operator}', expected: in, notin, =, ==, !=, gt, lt")

    def _key(self) -> str:
        key = self.take()
        name = key.rpartition("/")[2]
        if not NAME_PART.match(name) or len(name) > 63:
            raise bad_request(f'unable to parse requirement: <nil>: Invalid value: "{key}": {_NAME_TEXT}')
        return key

    def _value(self) -> str:
        if self.peek() in ("", ","):
            return ""
        value = self.take()
        if len(value) > 63 or not NAME_PART.match(value):
            raise bad_request(f'unable to parse requirement: values[0][]: Invalid value: "{value}": a valid label')
        return value

    def _values(self) -> tuple[str, ...]:
        word = self.take()
        if word != "(":
            raise bad_request(f"unable to parse requirement: found '{word}' expected: '('")
        out = [self._value()]
        while (word := self.take()) == ",":
            out.append("" if self.peek() in (",", ")") else self._value())
        if word != ")":
            raise bad_request(f"unable to parse requirement: found '{word}', expected: ',' or ')'")
        return tuple(out)


def parse_labels(text: str) -> list[Requirement]:
    return _Parser(text).run() if text.strip() else []


def label_matcher(text: str) -> Matcher | None:
    found = parse_labels(text)
    if not found:
        return None
    return lambda obj: all(r.matches(labels_of(obj)) for r in found)


def matches_selector(selector: Obj | None, labels: Mapping[str, str]) -> bool:
    """A LabelSelector object; an absent one matches nothing, an empty one everything."""
    if selector is None:
        return False
    if any(labels.get(k) != v for k, v in (selector.get("matchLabels") or {}).items()):
        return False
    words = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "absent"}
    for item in selector.get("matchExpressions") or []:
        operator = words.get(item.get("operator", ""), "")
        if not operator:
            return False
        if not Requirement(item["key"], operator, tuple(item.get("values") or ())).matches(labels):
            return False
    return True


def selector_text(selector: Obj | None) -> str:
    """A LabelSelector in the notation of the command line."""
    if not selector:
        return ""
    parts = [f"{k}={v}" for k, v in sorted((selector.get("matchLabels") or {}).items())]
    for item in selector.get("matchExpressions") or []:
        values = ",".join(item.get("values") or ())
        form = {
            "In": f"{item['key']} in ({values})",
            "NotIn": f"{item['key']} notin ({values})",
            "Exists": item["key"],
            "DoesNotExist": f"!{item['key']}",
        }
        parts.append(form.get(item.get("operator", ""), ""))
    return ",".join(parts)


def _path(*path: str, default: str = "") -> Callable[[Obj], Any]:
    return lambda obj: dig(obj, *path, default=default)


_COMMON: dict[str, Callable[[Obj], Any]] = {"metadata.name": name_of, "metadata.namespace": namespace_of}
_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
_FIELDS: dict[str, dict[str, Callable[[Obj], Any]]] = {
    "/pods": {
        "spec.nodeName": _path("spec", "nodeName"),
        "spec.restartPolicy": _path("spec", "restartPolicy"),
        "spec.schedulerName": _path("spec", "schedulerName"),
        "spec.serviceAccountName": _path("spec", "serviceAccountName"),
        "spec.hostNetwork": lambda o: str(bool(dig(o, "spec", "hostNetwork"))).lower(),
        "status.phase": _path("status", "phase"),
        "status.podIP": _path("status", "podIP"),
        "status.nominatedNodeName": _path("status", "nominatedNodeName"),
    },
    "/events": {
        **{f"involvedObject.{f}": _path("involvedObject", f) for f in _INVOLVED},
        "reason": _path("reason"),
        "reportingComponent": _path("reportingComponent"),
        "source": lambda o: dig(o, "source", "component", default=o.get("reportingComponent", "")),
        "type": _path("type"),
    },
    "/secrets": {"type": _path("type")},
    "/namespaces": {"status.phase": _path("status", "phase")},
    "/nodes": {"spec.unschedulable": lambda o: str(bool(dig(o, "spec", "unschedulable"))).lower()},
    "/services": {"spec.clusterIP": _path("spec", "clusterIP"), "spec.type": _path("spec", "type")},
    "apps/replicasets": {"status.replicas": lambda o: str(dig(o, "status", "replicas", default=0))},
    "batch/jobs": {"status.successful": lambda o: str(dig(o, "status", "succeeded", default=0))},
}
_STRICT_WORDING = {"/pods", "/events", "/secrets", "/namespaces", "/nodes", "/services"}


def field_matcher(text: str, resource_key: str, extra: dict[str, Callable[[Obj], Any]] | None = None) -> Matcher | None:
    if not text.strip():
        return None
    known = {**_COMMON, **_FIELDS.get(resource_key, {}), **(extra or {})}
    terms: list[tuple[Callable[[Obj], Any], bool, str]] = []
    for part in text.split(","):
        match = re.match(r"^\s*([^=!]+?)\s*(==|!=|=)\s*(.*?)\s*$", part)
        if not match:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        name, operator, value = match.groups()
        if name not in known:
            raise bad_request(_unknown_field(name, resource_key, custom=extra is not None))
        terms.append((known[name], operator != "!=", value))
    return lambda obj: all((str(get(obj)) == value) is wanted for get, wanted, value in terms)


def _unknown_field(name: str, resource_key: str, *, custom: bool) -> str:
    if custom or resource_key in _STRICT_WORDING:
        return f"field label not supported: {name}"
    return f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"'
