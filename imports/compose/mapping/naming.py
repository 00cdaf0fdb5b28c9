"""Names that Compose allows and DNS does not: where another service is addressed, the address follows."""

import re
from collections.abc import Mapping

_ADDRESS_KEYS = re.compile(
    r"(?:HOST|HOSTS|HOSTNAME|SERVER|SERVERS|ADDR|ADDRESS|ENDPOINT|BROKERS?|NODES?)\Z", re.IGNORECASE
)


class Renames:
    """`renamed` maps a service's name to its name in the cluster, where the two differ."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = dict(renamed)
        escaped = "|".join(sorted(map(re.escape, self._renamed), key=len, reverse=True))
        # Only where a host can stand: after //, @ or a comma, or before a port.
        self._pattern = (
            re.compile(rf"(?<![\w.-])(?:(?<=//)|(?<=@))({escaped})(?![\w-])|(?<![\w./-])({escaped})(?=:\d)")
            if escaped
            else None
        )

    def applied(self, key: str, value: str) -> tuple[str, str]:
        """The value with other services' names as the cluster knows them, and what was changed."""
        if self._pattern is None or len(value) > 10_000:
            return value, ""
        if _ADDRESS_KEYS.search(key) and value in self._renamed:
            return self._renamed[value], f"The host '{value}' is called {self._renamed[value]} in the cluster."
        changed: dict[str, str] = {}

        def replace(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            changed[name] = self._renamed[name]
            return self._renamed[name]

        result = self._pattern.sub(replace, value)
        if not changed:
            return value, ""
        listed = ", ".join(f"'{old}' is called {new}" for old, new in changed.items())
        return result, f"In the cluster the host {listed}."
