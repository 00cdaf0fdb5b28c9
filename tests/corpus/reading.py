"""Compose inputs of our own making: by feature, by the structure of well-known projects, and some that run anywhere.

One text file for each group. `== name` begins an input with its compose.yaml; `-- path` begins another of its files.
"""

import re
from functools import cache
from pathlib import Path

GROUPS = ("features", "projects", "running")
_INPUT, _FILE = re.compile(r"^== (\S+)$"), re.compile(r"^-- (\S+)$")
Files = dict[str, bytes]


@cache
def group(name: str) -> dict[str, Files]:
    """The files of each input by its name."""
    found: dict[str, dict[str, list[str]]] = {}
    lines: list[str] = []
    for line in (Path(__file__).parent / f"{name}.txt").read_text().splitlines():
        if begun := _INPUT.match(line):
            assert begun[1] not in found, f"{begun[1]} is there twice"
            lines = []
            found[begun[1]] = {"compose.yaml": lines}
            current = found[begun[1]]
        elif file := _FILE.match(line):
            lines = current[file[1]] = []
        else:
            lines.append(line)
    return {
        key: {path: "\n".join([*text, ""]).encode() for path, text in files.items()} for key, files in found.items()
    }


def everything() -> dict[str, Files]:
    return {f"{name}/{key}": files for name in GROUPS for key, files in group(name).items()}
