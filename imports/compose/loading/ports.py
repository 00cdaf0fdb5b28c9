"""The short syntax of ports: `[HOST:][PUBLISHED:]TARGET[/PROTOCOL]`, with ranges and IPv6."""

from typing import Any

MAX_RANGE = 200


class BadPort(ValueError):
    """The rest of a sentence about the port."""


def parse_port(text: str) -> list[dict[str, Any]]:
    """One entry for each port of a range, in the long syntax."""
    rest, _, protocol = text.partition("/")
    host, published, target = _split(rest, text)
    targets = _range(target, text)
    common: dict[str, Any] = {"mode": "ingress", "protocol": (protocol or "tcp").lower()}
    if host:
        common["host_ip"] = host
    if not published:
        return [{**common, "target": number} for number in targets]
    publics = _range(published, text)
    if len(targets) == 1 and len(publics) > 1:
        return [{**common, "target": targets[0], "published": published}]
    if len(publics) != len(targets):
        raise BadPort(f"'{text}' has ranges of different length; make them equal")
    return [
        {**common, "target": number, "published": str(public)} for public, number in zip(publics, targets, strict=True)
    ]


def _split(rest: str, text: str) -> tuple[str, str, str]:
    if rest.startswith("["):
        host, closed, tail = rest[1:].partition("]")
        if not closed or (tail and not tail.startswith(":")):
            raise BadPort(f"'{text}' is no port; write it as [::1]:8080:80")
        rest = tail[1:]
        published, _, target = rest.rpartition(":")
        return host, published, target
    parts = rest.split(":")
    if len(parts) > 3:  # an IPv6 address without brackets
        return ":".join(parts[:-2]), parts[-2], parts[-1]
    target = parts[-1]
    published = parts[-2] if len(parts) > 1 else ""
    return (parts[0] if len(parts) == 3 else ""), published, target


def _range(text: str, whole: str) -> list[int]:
    low, dash, high = text.partition("-")
    try:
        first, last = number(low), number(high) if dash else number(low)
    except ValueError:
        raise BadPort(f"'{whole}' is no port; write it as 8080:80 or 127.0.0.1:8080:80/tcp") from None
    if last < first or last - first >= MAX_RANGE:
        raise BadPort(f"'{whole}' has a range that is empty or longer than {MAX_RANGE}; shorten it")
    return list(range(first, last + 1))


def number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)
