"""What a value must look like beyond its JSON type: one function per format, each answering in words.

A function gets the value and returns what it must be ("must be ..."), or None when it is fine.
A field names its format in `plugins.sdk.fields.about`.
"""

import re
from collections.abc import Callable
from typing import Any

from cronsim import CronSim, CronSimError

Format = Callable[[Any], str | None]

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_LABEL_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_QUANTITY = re.compile(r"\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?\Z")
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?!-))*(?<!-)\Z")
_PERCENT = re.compile(r"\d+%\Z")
_LABEL_KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z"
)
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
_WORD = r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?:{_WORD}(?:\.{_WORD})*|\[[0-9a-fA-F:]+\])(?::\d+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?\Z"
)


_SUFFIXES = {"": 1.0, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3}
_SUFFIXES |= {letter: 1e3**power for power, letter in enumerate("MGTPE", start=2)}
_SUFFIXES |= {f"{letter}i": 1024.0**power for power, letter in enumerate("KMGTPE", start=1)}


def dns_label(value: Any) -> str | None:
    if len(value) <= 63 and _LABEL.match(value):
        return None
    return "must be 1 to 63 lower-case letters, digits or '-', and start and end with a letter or digit"


def dns_label_1035(value: Any) -> str | None:
    if len(value) <= 63 and _LABEL_1035.match(value):
        return None
    return "must be 1 to 63 lower-case letters, digits or '-', starting with a letter, not ending with '-'"


def dns_subdomain(value: Any) -> str | None:
    if len(value) <= 253 and _SUBDOMAIN.match(value):
        return None
    return "must be lower-case letters, digits, '-' or '.', and start and end with a letter or digit"


def cron_job_name(value: Any) -> str | None:
    if len(value) <= 52 and _SUBDOMAIN.match(value):
        return None
    return "must be at most 52 lower-case letters, digits, '-' or '.', and start and end with a letter or digit"


def rbac_name(value: Any) -> str | None:
    if value not in (".", "..") and "/" not in value and "%" not in value:
        return None
    return "must not contain '/' or '%'"


def host(value: Any) -> str | None:
    if len(value) <= 253 and _HOST.match(value):
        return None
    return "must be a lower-case host name such as app.example.com or *.example.com"


def quantity(value: Any) -> str | None:
    if isinstance(value, str):
        if _QUANTITY.match(value):
            return None
    elif value >= 0:
        return None
    return "must be a quantity such as 500m, 0.5, 128Mi or 2Gi"


def parse_quantity(value: str | int | float) -> float | None:
    """The number behind a quantity; None when it is none."""
    if not isinstance(value, str):
        return float(value)
    if not _QUANTITY.match(value):
        return None
    number = value.rstrip("KMGTPEinumk")
    suffix = value[len(number) :]
    try:
        return float(number) * _SUFFIXES[suffix]
    except (KeyError, ValueError, OverflowError):
        return None


def port(value: Any) -> str | None:
    if 1 <= value <= 65535:
        return None
    return "must be a port between 1 and 65535"


def port_or_name(value: Any) -> str | None:
    if isinstance(value, int):
        return port(value)
    return port_name(value)


def port_name(value: Any) -> str | None:
    if len(value) <= 15 and _PORT_NAME.match(value):
        return None
    return "must be a port name: at most 15 lower-case letters, digits or '-', with at least one letter"


def count_or_percent(value: Any) -> str | None:
    if isinstance(value, int):
        return None if value >= 0 else "must not be negative"
    if value.isdigit() or _PERCENT.match(value):
        return None
    return "must be a number such as 1 or a percentage such as 25%"


def env_name(value: Any) -> str | None:
    if _ENV_NAME.match(value):
        return None
    return "must be letters, digits, '_', '-' or '.', and must not start with a digit"


def config_key(value: Any) -> str | None:
    if len(value) <= 253 and value not in (".", "..") and _CONFIG_KEY.match(value):
        return None
    return "must be letters, digits, '-', '_' or '.', at most 253"


def label_key(value: Any) -> str | None:
    if _LABEL_KEY.match(value):
        return None
    return "must be a label name such as team or example.com/team"


def label_text(value: Any) -> str | None:
    if _LABEL_VALUE.match(value):
        return None
    return "must be at most 63 letters, digits, '-', '_' or '.', and start and end with a letter or digit"


def absolute_path(value: Any) -> str | None:
    if value.startswith("/") and ":" not in value:
        return None
    return "must be an absolute path such as /data, without ':'"


def relative_path(value: Any) -> str | None:
    if not value.startswith("/") and ".." not in value.split("/"):
        return None
    return "must be a relative path without '..'"


def http_path(value: Any) -> str | None:
    return None if value.startswith("/") else "must start with '/'"


def image(value: Any) -> str | None:
    if len(value) <= 1024 and _IMAGE.match(value):
        return None
    return "must be an image such as nginx:1.27 or ghcr.io/team/app@sha256:..."


_MACROS = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}


def cron(value: Any) -> str | None:
    text = value.strip()
    if text in _MACROS:
        return None
    if len(text.split()) == 5:
        try:
            CronSim(text.replace("?", "*"), _ANY_TIME)
        except CronSimError:
            pass
        else:
            return None
    return "must be a cron schedule of five fields such as '0 3 * * *', or @daily"


def file_mode(value: Any) -> str | None:
    """A number is what it is (420), a text is octal as one writes it ("0644")."""
    number = parse_mode(value)
    if number is not None and 0 <= number <= 0o777:
        return None
    return 'must be a file mode between "0000" and "0777" (as a text in octal, or as a number up to 511)'


def parse_mode(value: int | str) -> int | None:
    if isinstance(value, int):
        return value
    text = value.removeprefix("0o")
    return int(text, 8) if text and all(ch in "01234567" for ch in text) else None


def _any_time() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC)


_ANY_TIME = _any_time()

FORMATS: dict[str, Format] = {
    "absolute-path": absolute_path,
    "config-key": config_key,
    "count-or-percent": count_or_percent,
    "cron": cron,
    "cron-job-name": cron_job_name,
    "dns-label": dns_label,
    "dns-label-1035": dns_label_1035,
    "dns-subdomain": dns_subdomain,
    "env-name": env_name,
    "file-mode": file_mode,
    "host": host,
    "http-path": http_path,
    "image": image,
    "label-key": label_key,
    "label-value": label_text,
    "port": port,
    "port-name": port_name,
    "port-or-name": port_or_name,
    "quantity": quantity,
    "rbac-name": rbac_name,
    "relative-path": relative_path,
}
