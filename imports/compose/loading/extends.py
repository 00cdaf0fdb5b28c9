"""`extends`: a service that begins as another one, of the same document or of another file."""

from collections.abc import Callable
from typing import Any

from imports.compose.errors import joined, refuse
from imports.compose.loading.documents import RESET, Override
from imports.compose.loading.merge import merged

Json = dict[str, Any]
MAX_CHAIN = 30
MAX_TAKEN = 200_000


def _no_file(written: str, file: str, at: str) -> tuple[str, Json]:
    raise refuse(file, at, f"'{written}' cannot be opened from here.")


def _weight(value: Any) -> int:
    """How many values there are, all levels counted."""
    count, stack = 0, [value]
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return count


class Extender:
    """`open_file(name_as_written, file, at)` gives another file's name and its services. What all services
    together take over is counted, because a short file can take over much very often."""

    def __init__(self) -> None:
        self.open_file: Callable[[str, str, str], tuple[str, Json]] = _no_file
        self._taken = 0
        self._done: dict[tuple[str, str, int], Any] = {}

    def extended(self, services: Json, file: str, earlier: Json) -> Json:
        """All `services` of `file`, each with what it extends. `earlier` are those of files before it."""
        return {name: self._service(name, services, file, earlier, ()) for name in services}

    def _service(self, name: str, services: Json, file: str, earlier: Json, chain: tuple[tuple[str, str], ...]) -> Any:
        key = (file, name, id(services))
        if key in self._done:
            return self._done[key]
        own = services[name]
        wrapped = isinstance(own, Override)
        service = own.value if isinstance(own, Override) else own
        wanted = service.get("extends") if isinstance(service, dict) else None
        if wanted is None or wanted is RESET:
            return own
        at = joined("services", name, "extends")
        place = (file, name)
        if place in chain:
            ring = " → ".join(service_name for _, service_name in (*chain[chain.index(place) :], place))
            raise refuse(file, at, f"the service extends itself ({ring}); break the ring.")
        if len(chain) >= MAX_CHAIN:
            raise refuse(file, at, f"more than {MAX_CHAIN} services extend each other; shorten the chain.")
        base = self._base(wanted, services, file, at, earlier, (*chain, place))
        rest = {item: value for item, value in service.items() if item != "extends"}
        result = merged(base, rest, ("services", name))
        self._taken += _weight(result)
        if self._taken > MAX_TAKEN:
            raise refuse(file, at, f"more than {MAX_TAKEN:,} values are taken over by extending; write less of them.")
        self._done[key] = Override(result) if wrapped else result
        return self._done[key]

    def _base(
        self, wanted: Any, services: Json, file: str, at: str, earlier: Json, chain: tuple[tuple[str, str], ...]
    ) -> Any:
        wanted = wanted.value if isinstance(wanted, Override) else wanted
        if not isinstance(wanted, dict) or not isinstance(wanted.get("service"), str):
            raise refuse(file, at, "must name a service; write it as {service: base, file: base.yml}.")
        unknown = sorted(set(wanted) - {"service", "file"})
        if unknown:
            raise refuse(file, joined(at, unknown[0]), "is no key of extends; use service and file.")
        base_name, other = wanted["service"], wanted.get("file")
        if other is None:
            found, where = (services, file) if base_name in services else (earlier, file)
        elif isinstance(other, str):
            where, found = self.open_file(other, file, joined(at, "file"))
        else:
            raise refuse(file, joined(at, "file"), "must be a path.")
        if not isinstance(found.get(base_name), dict | Override):
            raise refuse(file, at, f"there is no service '{base_name}' in {where}; correct the name.")
        base = self._service(base_name, found, where, earlier if found is services else {}, chain)
        return merged({}, base, ("services", base_name))
