"""Turns a request's body into an object of its type: type errors, unknown and duplicate fields.

Must not know what a value means; rules beyond the type are in `validation`.
"""

from __future__ import annotations

import json
from typing import Any

from . import protobuf, quantity
from .errors import ApiError, bad_request
from .objects import Obj
from .schema import Type


class Duplicated(dict[str, Any]):
    """A JSON object in which some keys came twice."""

    __slots__ = ("twice",)

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(found)
        self.twice: list[str] = []


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    out = Duplicated(plain)
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            out.twice.append(name)
        seen.add(name)
    return out


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"invalid constant {text}")


def parse_json(body: bytes, kind: str) -> Any:
    if body.startswith(protobuf.MAGIC):
        return protobuf.load(body)
    try:
        return json.loads(body, object_pairs_hook=_pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        shown = body[:200].decode(errors="replace") or "<empty>"
        raise bad_request(
            f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; "
            f"json parse error: unexpected end of JSON input ({shown})"
        ) from None


def parse_yaml(body: bytes) -> Any:
    """A body that may be YAML; what is JSON (as kubectl sends it) never loads a YAML parser."""
    if body.startswith(protobuf.MAGIC):
        return protobuf.load(body)
    try:
        return json.loads(body, object_pairs_hook=_pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        from . import yamlbody

        return yamlbody.load(body)


# Fields that are no pointers in Go: their zero value is left out, as if nobody had said it.
ZERO_IS_ABSENT: dict[str, frozenset[str]] = {
    "PodSpec": frozenset({"hostNetwork", "hostPID", "hostIPC", "nodeName", "hostname", "subdomain"}),
    "Container": frozenset({"stdin", "stdinOnce", "tty", "workingDir"}),
    "ContainerPort": frozenset({"hostPort", "hostIP", "name"}),
    "VolumeMount": frozenset({"readOnly", "subPath", "subPathExpr"}),
    "EnvVar": frozenset({"value"}),
    "Probe": frozenset({"initialDelaySeconds"}),
    "DeploymentSpec": frozenset({"paused", "minReadySeconds"}),
    "ReplicaSetSpec": frozenset({"minReadySeconds"}),
    "StatefulSetSpec": frozenset({"minReadySeconds"}),
    "DaemonSetSpec": frozenset({"minReadySeconds"}),
    "ServiceSpec": frozenset({"publishNotReadyAddresses", "externalName"}),
    "ServicePort": frozenset({"nodePort", "name"}),
    "PersistentVolumeClaimVolumeSource": frozenset({"readOnly"}),
}


# What null in a list is for Go: the zero value of the element's type.
_ZERO: dict[str, type] = {"struct": dict, "map": dict, "list": list, "string": str, "integer": int, "boolean": bool}


def _json_word(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


class Decoder:
    """Walks one body along its type; collects what fieldValidation speaks about."""

    def __init__(self, kind: str, version: str, *, is_custom: bool = False) -> None:
        """`is_custom`: wrong types are left for the validation by the CRD's schema."""
        self.kind, self.version, self.is_custom = kind, version, is_custom
        self.problems: list[str] = []

    def refuse(self, why: str) -> Exception:
        return bad_request(f'{self.kind} in version "{self.version}" cannot be handled as a {self.kind}: {why}')

    def run(self, body: Obj, kind: Type) -> Obj:
        found: Obj = self._value(body, kind, "", "", kind)
        return found

    def _mismatch(self, value: Any, path: str, owner: Type, kind: Type) -> Exception:
        want = kind.go or {
            "struct": kind.short,
            "map": "map[string]string",
            "list": "[]" + kind.items().short,
        }.get(kind.form, kind.form)
        where = f"{owner.short or self.kind}.{path.lstrip('.')}" if path else ""
        target = f"field {where} of type {want}" if where else f"value of type {want}"
        return self.refuse(f"json: cannot unmarshal {_json_word(value)} into Go struct {target}")

    def _value(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if value is None or kind.form == "any":
            return value
        handler = getattr(self, f"_{kind.form}")
        try:
            return handler(value, kind, path, shown, owner)
        except ApiError:
            if self.is_custom and path and not path.startswith(".metadata"):
                return value
            raise

    def _struct(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if not isinstance(value, dict):
            raise self._mismatch(value, path, owner, kind)
        out: Obj = {}
        unknown: list[str] = []
        inner = kind if kind.name else owner
        for name, child in value.items():
            child_type = kind.field(name)
            if child_type is not None:
                out[name] = self._value(child, child_type, f"{path}.{name}", f"{shown}.{name}", inner)
            elif kind.extra:
                out[name] = child
            else:
                unknown.append(f'unknown field "{f"{shown}.{name}".lstrip(".")}"')
        self.problems.extend(unknown)
        self._duplicates(value, shown)
        absent = ZERO_IS_ABSENT.get(kind.short, frozenset())
        return {k: v for k, v in out.items() if v is not None and not (k in absent and v in (False, 0, ""))}

    def _duplicates(self, value: Any, shown: str) -> None:
        for name in getattr(value, "twice", ()):
            self.problems.append(f'duplicate field "{f"{shown}.{name}".lstrip(".")}"')

    def _map(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if not isinstance(value, dict):
            raise self._mismatch(value, path, owner, kind)
        self._duplicates(value, shown)
        inner = kind.values()
        out = {}
        for key, child in value.items():
            if child is None:
                child = {"string": "", "quantity": "0"}.get(inner.form)
            out[str(key)] = self._value(child, inner, path, f"{shown}.{key}", owner)
        return out

    def _list(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if not isinstance(value, list):
            raise self._mismatch(value, path, owner, kind)
        inner = kind.items()
        zero = _ZERO.get(inner.form)
        return [
            self._value(zero() if v is None and zero else v, inner, path, f"{shown}[{i}]", owner)
            for i, v in enumerate(value)
        ]

    def _string(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if not isinstance(value, str):
            raise self._mismatch(value, path, owner, kind)
        if kind.go == "[]uint8":
            self._base64(value)
        return value

    def _base64(self, value: str) -> None:
        alphabet = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n")
        bad = next((i for i, c in enumerate(value) if c not in alphabet), None)
        if bad is None and len(value.replace("\n", "").replace("\r", "")) % 4:
            bad = len(value)
        if bad is not None:
            raise self.refuse(f"illegal base64 data at input byte {bad}")

    def _integer(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        limit = 2**31 if kind.go == "int32" else 2**63
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._mismatch(value, path, owner, kind)
        if not -limit <= value < limit:
            raise self.refuse(f"json: cannot unmarshal number {value} into Go struct field of type {kind.go}")
        return value

    def _number(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._mismatch(value, path, owner, kind)
        return value

    def _boolean(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if not isinstance(value, bool):
            raise self._mismatch(value, path, owner, kind)
        return value

    def _intstr(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise self._mismatch(value, path, owner, kind)
        return value

    def _quantity(self, value: Any, kind: Type, path: str, shown: str, owner: Type) -> Any:
        try:
            return quantity.canonical(value)
        except ValueError as error:
            raise self.refuse(str(error)) from None


def to_plain(value: Any) -> Any:
    """The same value in plain dictionaries."""
    if isinstance(value, dict):
        return {k: to_plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [to_plain(v) for v in value]
    return value
