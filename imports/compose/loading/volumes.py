"""The short syntax of a service's volumes: `[SOURCE:]TARGET[:MODE]`."""

import re
from typing import Any

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SELINUX = ("z", "Z")
_PROPAGATION = ("shared", "rshared", "slave", "rslave", "private", "rprivate")


class BadVolume(ValueError):
    """The rest of a sentence about the volume."""


def parse_volume(text: str) -> dict[str, Any]:
    """In the long syntax. A source that looks like a path is a bind mount."""
    # C:\work:/src has a drive; v:/data is a volume of one letter.
    has_drive = _DRIVE.match(text) is not None and text[2:].partition(":")[2].startswith("/")
    head, rest = (text[:2], text[2:]) if has_drive else ("", text)
    parts = rest.split(":")
    parts[0] = head + parts[0]
    if not text.strip() or len(parts) > 3 or not parts[-1]:
        raise BadVolume(f"'{text}' is no volume; write it as data:/path or ./folder:/path:ro")
    if len(parts) == 1:
        return {"type": "volume", "target": parts[0]}
    source, target = parts[0], parts[1]
    if not source or not target:
        raise BadVolume(f"'{text}' is no volume; write it as data:/path or ./folder:/path:ro")
    kind = "bind" if has_drive or is_path(source) else "volume"
    entry: dict[str, Any] = {"type": kind, "source": source, "target": target}
    if entry["type"] == "bind":
        entry["bind"] = {"create_host_path": True}
    for option in parts[2].split(",") if len(parts) == 3 else ():
        _apply(option, entry, text)
    return entry


def is_path(source: str) -> bool:
    return source.startswith((".", "/", "~", "\\")) or _DRIVE.match(source) is not None


def _apply(option: str, entry: dict[str, Any], text: str) -> None:
    if option in ("ro", "readonly"):
        entry["read_only"] = True
    elif option == "nocopy":
        entry.setdefault("volume", {})["nocopy"] = True
    elif option in _SELINUX:
        entry.setdefault("bind", {})["selinux"] = option
    elif option in _PROPAGATION:
        entry.setdefault("bind", {})["propagation"] = option
    elif option in ("cached", "delegated", "consistent"):
        entry["consistency"] = option
    elif option not in ("rw", ""):
        raise BadVolume(f"'{text}' ends in the unknown mode '{option}'; use ro or rw")
