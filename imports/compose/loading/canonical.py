"""From the short syntaxes to the long ones, so that files can be merged key by key.

Knows the shapes and not the meaning: what is of a wrong type stays as it is for the model to refuse.
"""

from collections.abc import Callable
from typing import Any

from imports.compose.errors import Faults, joined, refuse
from imports.compose.loading.documents import RESET, Override
from imports.compose.loading.ports import BadPort, parse_port
from imports.compose.loading.volumes import BadVolume, parse_volume

Json = dict[str, Any]
MAX_PORTS = 1_000
MAX_ENTRIES = 5_000
Fix = Callable[[Any, str, "Context"], Any]


class Context:
    """The file in hand, and where its violations go."""

    def __init__(self, file: str, faults: Faults, variables: Any) -> None:
        self.file = file
        self.faults = faults
        self.variables = variables
        self.ports = 0

    def count_ports(self, count: int, path: str) -> None:
        """Ranges are short to write and long to read."""
        self.ports += 1
        if count > MAX_PORTS or self.ports > MAX_ENTRIES:
            raise refuse(self.file, path, f"has more than {MAX_PORTS} ports; publish fewer.")

    def fault(self, path: str, message: str) -> None:
        self.faults.add(self.file, path, f"{message}.")


def canonical(document: Json, context: Context) -> Json:
    """A new document in the long syntax; marks stay where they were."""
    result = dict(document)
    for section, fixes in _SECTIONS.items():
        members = result.get(section)
        if isinstance(members, Override):
            result[section] = Override(_members(members.value, section, fixes, context))
        else:
            result[section] = _members(members, section, fixes, context)
        if section not in document:
            del result[section]
    if "include" in result:
        result["include"] = _include(result["include"])
    return result


def _members(members: Any, section: str, fixes: dict[str, Fix], context: Context) -> Any:
    if not isinstance(members, dict):
        return members
    return {name: _fixed(member, joined(section, name), fixes, context) for name, member in members.items()}


def _fixed(value: Any, path: str, fixes: dict[str, Fix], context: Context) -> Any:
    if isinstance(value, Override):
        return Override(_fixed(value.value, path, fixes, context))
    if not isinstance(value, dict):
        return value
    return {key: _apply(fixes.get(key), item, joined(path, key), context) for key, item in value.items()}


def _apply(fix: Fix | None, value: Any, path: str, context: Context) -> Any:
    if fix is None or value is None or value is RESET:
        return value
    if isinstance(value, Override):
        return Override(_apply(fix, value.value, path, context))
    return fix(value, path, context)


# --- the shapes -----------------------------------------------------------------------------------------
def _map(value: Any, path: str, context: Context) -> Any:
    """`[A=1, B]` as `{A: 1, B: null}`."""
    if not isinstance(value, list):
        return value
    result: Json = {}
    for index, item in enumerate(value):
        if not isinstance(item, str):
            context.fault(joined(path, index), "must be a text such as NAME=value")
            continue
        key, separator, text = item.partition("=")
        result[key] = text if separator else None
    return result


def _label_map(value: Any, path: str, context: Context) -> Any:
    made = _map(value, path, context)
    return {key: "" if item is None else item for key, item in made.items()} if isinstance(value, list) else made


def _environment(value: Any, path: str, context: Context) -> Any:
    """A name without a value takes that of the project's variables."""
    made = _map(value, path, context)
    if not isinstance(made, dict):
        return made
    return {key: context.variables.get(key) if item is None else item for key, item in made.items()}


def _list(value: Any, path: str, context: Context) -> Any:
    return [value] if isinstance(value, str) else value


def _under(key: str, inner: Fix | None = None) -> Fix:
    def fix(value: Any, path: str, context: Context) -> Any:
        return {key: value} if isinstance(value, str) else value

    return fix


def _named(default: Any) -> Fix:
    """`[a, b]` as `{a: default, b: default}`."""

    def fix(value: Any, path: str, context: Context) -> Any:
        if not isinstance(value, list):
            return value
        for index, item in enumerate(value):
            if not isinstance(item, str):
                context.fault(joined(path, index), "must be a name")
        names = [item for item in value if isinstance(item, str)]
        return {name: dict(default) if isinstance(default, dict) else default for name in names}

    return fix


def _each(fix: Fix) -> Fix:
    def run(value: Any, path: str, context: Context) -> Any:
        if not isinstance(value, list):
            return value
        return [_apply(fix, item, joined(path, index), context) for index, item in enumerate(value)]

    return run


def _nested(fixes: dict[str, Fix]) -> Fix:
    return lambda value, path, context: _fixed(value, path, fixes, context)


def _build(value: Any, path: str, context: Context) -> Any:
    return _fixed({"context": value} if isinstance(value, str) else value, path, _BUILD, context)


def _depends_on(value: Any, path: str, context: Context) -> Any:
    made = _named({"condition": "service_started", "required": True})(value, path, context)
    if not isinstance(made, dict):
        return made
    return {key: {"required": True, **item} if isinstance(item, dict) else item for key, item in made.items()}


def _ports(value: Any, path: str, context: Context) -> Any:
    if not isinstance(value, list):
        return value
    result: list[Any] = []
    for index, item in enumerate(value):
        if isinstance(item, dict):
            result.append({"mode": "ingress", "protocol": "tcp", **item})
        elif isinstance(item, str | int) and not isinstance(item, bool):
            try:
                result.extend(parse_port(str(item)))
                context.count_ports(len(result), path)
            except BadPort as error:
                context.fault(joined(path, index), str(error))
        else:
            context.fault(joined(path, index), "must be a port such as 8080:80")
    return result


def _volume(value: Any, path: str, context: Context) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_volume(value)
    except BadVolume as error:
        context.fault(path, str(error))
        return {"type": "volume", "target": "/"}


def _env_file(value: Any, path: str, context: Context) -> Any:
    items = [value] if isinstance(value, str | dict) else value
    if not isinstance(items, list):
        return value
    return [{"path": item} if isinstance(item, str) else item for item in items]


def _ulimits(value: Any, path: str, context: Context) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: {"soft": item, "hard": item} if isinstance(item, int | str) and not isinstance(item, bool) else item
        for name, item in value.items()
    }


def _hosts(value: Any, path: str, context: Context) -> Any:
    """`[name:address, name=address]` as `{name: [addresses]}`."""
    if isinstance(value, dict):
        return {name: [item] if isinstance(item, str) else item for name, item in value.items()}
    if not isinstance(value, list):
        return value
    result: dict[str, list[str]] = {}
    for index, item in enumerate(value):
        separator = "=" if isinstance(item, str) and "=" in item else ":"
        name, found, address = item.partition(separator) if isinstance(item, str) else ("", "", "")
        if not found or not name:
            context.fault(joined(path, index), "must be a host and its address, such as db:10.0.0.5")
            continue
        result.setdefault(name.strip(), []).append(address.strip().removeprefix("[").removesuffix("]"))
    return result


def _external(value: Any, path: str, context: Context) -> Any:
    return {"name": value.get("name")} if isinstance(value, dict) else value


def _device(value: Any, path: str, context: Context) -> Any:
    if not isinstance(value, str):
        return value
    source, _, rest = value.partition(":")
    target, _, permissions = rest.partition(":")
    return {"source": source, "target": target or source, "permissions": permissions or "rwm"}


def _gpus(value: Any, path: str, context: Context) -> Any:
    if value == "all":
        return [{"capabilities": ["gpu"], "count": "all", "driver": "nvidia"}]
    if not isinstance(value, list):
        return value
    return [{"capabilities": ["gpu"], **item} if isinstance(item, dict) else item for item in value]


def _include(value: Any) -> Any:
    if isinstance(value, Override):
        return Override(_include(value.value))
    if not isinstance(value, list):
        return value
    return [{"path": [item]} if isinstance(item, str) else item for item in value]


_SOURCE = _each(_under("source"))
_BUILD: dict[str, Fix] = {
    "args": _environment,
    "labels": _label_map,
    "ssh": _map,
    "additional_contexts": _map,
    "extra_hosts": _hosts,
    "secrets": _SOURCE,
    "ulimits": _ulimits,
    "no_cache_filter": _list,
}
_HOOK: dict[str, Fix] = {"environment": _environment}
_SERVICE: dict[str, Fix] = {
    "annotations": _label_map,
    "build": _build,
    "configs": _SOURCE,
    "depends_on": _depends_on,
    "deploy": _nested({"labels": _label_map}),
    "develop": _nested({"watch": _each(_nested({"ignore": _list, "include": _list}))}),
    "devices": _each(_device),
    "dns": _list,
    "dns_search": _list,
    "env_file": _env_file,
    "environment": _environment,
    "extends": _under("service"),
    "extra_hosts": _hosts,
    "gpus": _gpus,
    "label_file": _list,
    "labels": _label_map,
    "models": _named(None),
    "networks": _named(None),
    "ports": _ports,
    "post_start": _each(_nested(_HOOK)),
    "pre_start": _each(_nested(_HOOK)),
    "pre_stop": _each(_nested(_HOOK)),
    "secrets": _SOURCE,
    "sysctls": _map,
    "tmpfs": _list,
    "ulimits": _ulimits,
    "volumes": _each(_volume),
}
_RESOURCE: dict[str, Fix] = {"external": _external, "labels": _label_map}
_SECTIONS: dict[str, dict[str, Fix]] = {
    "services": _SERVICE,
    "networks": _RESOURCE,
    "volumes": _RESOURCE,
    "secrets": _RESOURCE,
    "configs": _RESOURCE,
    "models": {},
}
