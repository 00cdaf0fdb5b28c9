"""The recorded exchanges of a real 1.36, read and made comparable.

Two answers are compared after everything that must differ (uids, versions, times, generated names, addresses) has
been replaced by a placeholder on both sides.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

Json = Any
ENVIRONMENT = "SAILCLOTH_TEST_RECORDINGS"

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>"),
        (r"(containerd|practice)://[0-9a-f]{64}", "<container>"),
        (r"(docker\.io/library/busybox@)?sha256:[0-9a-f]{64}", "<image>"),
        (rf"kube-api-access-[{_LETTERS}]{{5}}", "kube-api-access-<x>"),
        (rf"-[{_LETTERS}]{{8,10}}-[{_LETTERS}]{{5}}\b", "-<hash>-<x>"),
        (rf"-[{_LETTERS}]{{8,10}}(?![\w.])", "-<hash>"),
        (r"in record \(\d+\)", "in record (<n>)"),
        (r"pod-template-hash=\w+", "pod-template-hash=<hash>"),
        (r"too old resource version: (\d+) \(\d+\)", r"too old resource version: \1 (<n>)"),
        (r"127\.0\.0\.1:5999/(none|missing)", "<absent>"),
        (r"default-scheduler-(vm|practice)", "default-scheduler-<node>"),
        (r"Too large resource version: (\d+), current: \d+", r"Too large resource version: \1, current: <n>"),
        (r"\((\d+m)?\d+s ago\)", "(<age> ago)"),
        (r"\b10\.(\d+\.){2}\d+\b", "<ip>"),
        (r"\b192\.168\.\d+\.\d+\b", "<ip>"),
        (r"\b(rtnode|practice-node)\b", "<node>"),
        (r"\.18[0-9a-f]{14}\b", ".<event>"),
        (r"-----(CERTIFICATE DROPPED|BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE)-----\n?", "<certificate>"),
    )
)
# Always there, never the same.
_OPAQUE = frozenset(
    {
        "uid",
        "resourceVersion",
        "continue",
        "selfLink",
        "containerID",
        "imageID",
        "pod-template-hash",
        "controller-revision-hash",
        "controller.kubernetes.io/hash",
    }
)
# Bookkeeping of in-place resizing for the whole pod, which the practice cluster does not do.
_NODES_OWN = frozenset({"resources", "allocatedResources"})
_SECONDS = re.compile(r"^(\d+m)?\d+[sm]$")


def folder() -> Path | None:
    found = os.environ.get(ENVIRONMENT)
    return Path(found) if found else None


@cache
def exchanges() -> dict[str, Json]:
    """All exchanges by name, in their order."""
    root = folder()
    if root is None:
        return {}
    lines = (root / "exchanges.jsonl").read_text().splitlines()
    return {entry["name"]: entry for entry in map(json.loads, lines)}


def comparable(value: Json, key: str = "") -> Json:
    if isinstance(value, dict):
        if "sailcloth.practice/life" in value:
            value = {k: v for k, v in value.items() if k != "sailcloth.practice/life"}
        if value.get("annotations") and set(value["annotations"]) == {"sailcloth.practice/life"}:
            value = {k: v for k, v in value.items() if k != "annotations"}
        if "phase" in value and "qosClass" in value:
            value = {k: v for k, v in value.items() if k not in _NODES_OWN}
        if value.get("generateName") and value.get("name"):
            value = {**value, "name": f"{value['generateName']}<x>"}
        return {_text(k): comparable(v, k) for k, v in value.items() if not _is_dropped(k, v)}
    if isinstance(value, list):
        if key == "managedFields":  # ordered by seconds, which pass differently here
            value = sorted(value, key=lambda m: (m["manager"], m["operation"], m.get("subresource", "")))
        return [_age(comparable(v, key)) if key == "cells" else comparable(v, key) for v in value if not _is_foreign(v)]
    if key in _OPAQUE and value:
        return f"<{key}>"
    if key == "nodePort" and isinstance(value, int) and value not in range(31990, 32001):
        return "<port>"
    return _text(value) if isinstance(value, str) else value


def _is_dropped(key: str, value: Json) -> bool:
    """Prose of the column definitions, and null where the real server leaves the field out."""
    return key == "description" and isinstance(value, str)


def _age(value: Json) -> Json:
    return "<age>" if isinstance(value, str) and _SECONDS.match(value) else value


def _is_foreign(value: Json) -> bool:
    """What the recorded build adds to every namespace and pod, and upstream does not have."""
    if not isinstance(value, dict):
        return False
    name = (value.get("configMap") or {}).get("name") if isinstance(value.get("configMap"), dict) else None
    own = (value.get("metadata") or {}).get("name") if isinstance(value.get("metadata"), dict) else None
    return "openshift-service-ca.crt" in (name, own)


def _text(value: str) -> str:
    for pattern, by in _RULES:
        value = pattern.sub(by, value)
    return value


def differences(recorded: Json, ours: Json, path: str = "", limit: int = 12) -> list[str]:
    """Where two comparable values differ, in words."""
    out: list[str] = []
    _compare(recorded, ours, path or "$", out)
    return out[:limit]


def _compare(recorded: Json, ours: Json, path: str, out: list[str]) -> None:
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name in recorded.keys() | ours.keys():
            here = f"{path}.{name}"
            if name not in ours:
                out.append(f"{here}: missing, recorded {_short(recorded[name])}")
            elif name not in recorded:
                out.append(f"{here}: not recorded, ours {_short(ours[name])}")
            else:
                _compare(recorded[name], ours[name], here, out)
    elif isinstance(recorded, list) and isinstance(ours, list):
        if len(recorded) != len(ours):
            out.append(f"{path}: {len(recorded)} recorded, ours {len(ours)}: {_short(recorded)} against {_short(ours)}")
            return
        for index, (a, b) in enumerate(zip(recorded, ours, strict=True)):
            _compare(a, b, f"{path}[{index}]", out)
    elif recorded != ours or type(recorded) is not type(ours):
        out.append(f"{path}: recorded {_short(recorded)}, ours {_short(ours)}")


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 400 else text[:400] + "…"
