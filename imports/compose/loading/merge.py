"""How a later document overrides an earlier one: maps key by key, lists appended, some replaced whole.

Both are in the long syntax. `!reset` and `!override` are honoured here and are gone afterwards.
"""

from collections.abc import Callable
from typing import Any

from imports.compose.loading.documents import RESET, Override, plain

Json = dict[str, Any]
Path = tuple[str, ...]
Rule = Callable[[Any, Any, Path], Any]


def merged(base: Any, later: Any, path: Path = ()) -> Any:
    """What holds when `later` is read after `base`."""
    if isinstance(later, Override):
        return plain(later.value)
    if later is None:
        return base
    if base is None:
        return plain(later)
    rule = _rule(path)
    if rule is not None and type(base) is type(later):
        return rule(base, later, path)
    if isinstance(base, dict) and isinstance(later, dict):
        return _maps(base, later, path)
    if isinstance(base, list) and isinstance(later, list):
        return _appended(base, plain(later))
    return plain(later)


def _maps(base: Json, later: Json, path: Path) -> Json:
    result = dict(base)
    for key, value in later.items():
        if value is RESET:
            result.pop(key, None)
        elif key in result:
            result[key] = merged(result[key], value, (*path, key))
        else:
            result[key] = plain(value)
    return result


def _appended(base: list[Any], later: list[Any]) -> list[Any]:
    """Without what is there already."""
    there = {_hashable(item) for item in base}
    return [*base, *(item for item in later if _hashable(item) not in there)]


def _replaced(base: Any, later: Any, path: Path) -> Any:
    return plain(later)


def _unique(key: Callable[[Json], Any]) -> Rule:
    """Appended, and an entry with the key of an earlier one takes its place.

    The specification speaks of merging the two; its reference loader replaces, and people have what that does.
    https://github.com/compose-spec/compose-go/blob/main/override/uncity.go
    """

    def rule(base: Any, later: Any, path: Path) -> Any:
        if not isinstance(base, list):
            return plain(later)
        result: list[Any] = list(base)
        places: dict[Any, int] = {}
        for index, item in enumerate(result):
            if isinstance(item, dict):
                places[_hashable(key(item))] = index
        for item in plain(later):
            if not isinstance(item, dict):
                result.append(item)
                continue
            identity = _hashable(key(item))
            if identity in places:
                result[places[identity]] = item
            else:
                places[identity] = len(result)
                result.append(item)
        return result

    return rule


def _by_subnet(base: Any, later: Any, path: Path) -> Any:
    """What both say of one subnet is put together."""
    known = {item["subnet"]: item for item in base if isinstance(item, dict) and isinstance(item.get("subnet"), str)}
    both = [
        {**known[item["subnet"]], **item} if isinstance(item, dict) and item.get("subnet") in known else item
        for item in plain(later)
    ]
    return _unique(lambda item: item.get("subnet"))(base, both, path)


def _hashable(value: Any) -> str:
    return repr(value)


def _logging(base: Any, later: Any, path: Path) -> Any:
    """Options belong to a driver: those of another one are dropped."""
    if isinstance(base, dict) and isinstance(later, dict):
        one, other = base.get("driver"), later.get("driver")
        if one is None or other is None or one == other:
            return _maps(base, later, path)
    return plain(later)


def _port_key(item: Json) -> Any:
    usual = {"host_ip": "0.0.0.0", "target": "", "published": "", "protocol": "tcp"}  # noqa: S104 - read, not bound
    return [str(item.get(name) or default) for name, default in usual.items()]


def _mount_key(prefix: str) -> Callable[[Json], Any]:
    return lambda item: item.get("target") or f"{prefix}{item.get('source')}"


_SERVICE_RULES: dict[Path, Rule] = {
    ("command",): _replaced,
    ("entrypoint",): _replaced,
    ("healthcheck", "test"): _replaced,
    ("logging",): _logging,
    ("ports",): _unique(_port_key),
    ("volumes",): _unique(lambda item: item.get("target")),
    ("secrets",): _unique(_mount_key("/run/secrets/")),
    ("configs",): _unique(_mount_key("/")),
    ("env_file",): _unique(lambda item: item.get("path")),
    ("devices",): _unique(lambda item: item.get("target") or item.get("source")),
    ("deploy", "placement", "constraints"): lambda base, later, path: _appended(base, plain(later)),
    ("build", "secrets"): _unique(_mount_key("/run/secrets/")),
}


def _rule(path: Path) -> Rule | None:
    if len(path) >= 3 and path[0] == "services":
        inside = path[2:]
        if len(inside) == 2 and inside[0] == "ulimits":
            return _replaced
        return _SERVICE_RULES.get(inside)
    if len(path) == 4 and path[0] == "networks" and path[2:] == ("ipam", "config"):
        return _by_subnet
    return None
