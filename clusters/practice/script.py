"""What a container's command would do, as far as a toy shell can tell: its output, how long it runs, how it ends.

Must not know pods, and never runs anything.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

SHELLS = frozenset({"sh", "/bin/sh", "bash", "/bin/bash", "ash", "/bin/ash"})
ENDLESS = ("infinity", "inf")
MAX_STEPS = 200


@dataclass
class Plan:
    """Output as (seconds after the start, text); no duration means it runs on."""

    lines: list[tuple[float, str]] = field(default_factory=list)
    duration: float | None = None
    exit_code: int = 0
    is_understood: bool = True


def read(command: list[str]) -> Plan | None:
    """The plan of a command, or nothing where it says too little."""
    if not command:
        return None
    if len(command) >= 3 and command[0] in SHELLS and command[1] in ("-c", "-ec", "-ce", "-xc"):
        return _script(command[2])
    plan = Plan(duration=0.0)
    outcome = _simple(command, plan)
    return None if outcome is None else plan


def _script(text: str) -> Plan:
    plan = Plan(duration=0.0)
    parts = re.split(r"(&&|\|\||;|\n)", text)
    status, operator = 0, ";"
    for index in range(0, min(len(parts), MAX_STEPS), 2):
        statement = parts[index].strip()
        joiner = parts[index + 1] if index + 1 < len(parts) else ";"
        runs = not ((operator == "&&" and status) or (operator == "||" and not status))
        operator = joiner
        if not statement or statement.startswith("#") or not runs:
            continue
        if re.match(r"^(while|until|for)\b", statement):
            plan.duration = None
            plan.is_understood = False
            return plan
        words = _words(statement)
        outcome = _simple(words, plan) if words else None
        if outcome is None:
            plan.duration, plan.is_understood = None, False
            return plan
        if plan.duration is None:
            return plan
        status = outcome
        if words[0] == "exit":
            break
    plan.exit_code = status
    return plan


def _words(statement: str) -> list[str]:
    if any(c in statement for c in "|`$<>(){}") and not statement.startswith("echo "):
        return []
    try:
        words = shlex.split(statement)
    except ValueError:
        return []
    if ">&2" in words:
        words.remove(">&2")
    return [] if any(w in ("|", ">", ">>", "<", "&") for w in words) else words


def _simple(words: list[str], plan: Plan) -> int | None:
    """Runs one simple command in mind; its exit status, or None where it is not known."""
    name, rest = words[0].rpartition("/")[2], words[1:]
    now = plan.duration or 0.0
    if name == "exec" and rest:
        return _simple(rest, plan)
    if name in ("true", ":", "set", "export", "cd", "trap", "mkdir", "touch"):
        return 0
    if name == "false":
        plan.exit_code = 1
        return 1
    if name == "echo":
        text = " ".join(w for w in rest if w not in ("-n", "-e"))
        plan.lines.append((now, text))
        return 0
    if name == "sleep" and rest:
        if rest[0] in ENDLESS:
            plan.duration = None
            return 0
        match = re.match(r"^(\d+(?:\.\d+)?)([smhd]?)$", rest[0])
        if not match:
            return None
        plan.duration = now + float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
        return 0
    if name == "exit":
        return int(rest[0]) % 256 if rest and rest[0].isdigit() else 0
    return None


def ignores_stop(command: list[str]) -> bool:
    """A shell as first process takes no notice of being asked to stop, unless it says so."""
    is_shell = len(command) >= 3 and command[0] in SHELLS
    return is_shell and "trap" not in command[2] and not command[2].lstrip().startswith("exec ")


def command_of(container: dict[str, object]) -> list[str]:
    command, args = container.get("command") or [], container.get("args") or []
    return [*map(str, command), *map(str, args)] if isinstance(command, list) and isinstance(args, list) else []
