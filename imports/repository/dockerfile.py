"""What a Dockerfile says of the container that runs its image.

(https://docs.docker.com/reference/dockerfile/) The last stage counts, and the stages that it is made from.
"""

import json
import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from builds.dockerfiles import placed_instructions

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^{}]*))?\}|(\w+))")
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(tcp|udp|sctp))?", re.IGNORECASE)
_FLAG = re.compile(r"--([a-z-]+)=(\S+)\s*")
_MOST_PORTS, _MOST_INSTRUCTIONS = 100, 2_000
# What a person writes is shorter; beyond, the builder alone reads it.
_MOST_TEXT, _LONGEST = 128 * 1024, 20_000
_QUOTES = re.compile(r"[\"'\\]")
Port = tuple[int, str]


class Instruction(NamedTuple):
    """`is_final` when it belongs to the image that comes out."""

    line: int
    name: str
    rest: str
    is_final: bool


class Check(msgspec.Struct, frozen=True):
    """HEALTHCHECK: `test` as Compose writes it, and its times as they are written."""

    test: tuple[str, ...]
    options: dict[str, str] = {}


class Dockerfile(msgspec.Struct, frozen=True):
    """`sources` are what COPY and ADD take from the context."""

    instructions: tuple[Instruction, ...]
    ports: tuple[Port, ...]
    volumes: tuple[str, ...]
    check: Check | None
    sources: tuple[str, ...]


def read_dockerfile(text: str) -> Dockerfile:
    """Raises nothing: what cannot be understood is left to the builder, who says so."""
    placed = list(placed_instructions(text[:_MOST_TEXT]))[:_MOST_INSTRUCTIONS]
    final = _final_stages(placed)
    instructions, stage = [], -1
    known: dict[str, str] = {}
    ports: dict[Port, None] = {}
    volumes: dict[str, None] = {}
    check: Check | None = None
    sources: list[str] = []
    for line, name, rest in placed:
        stage += name == "FROM"
        is_final = stage in final
        instructions.append(Instruction(line, name, rest, is_final))
        if name in ("ARG", "ENV"):
            known.update(_assigned(rest, known))
        elif name in ("COPY", "ADD"):
            sources += _copied(rest)
        elif name == "EXPOSE" and is_final:
            ports.update(dict.fromkeys(_ports(_expanded(rest, known))))
        elif name == "VOLUME" and is_final:
            volumes.update(dict.fromkeys(_words(_expanded(rest, known))))
        elif name == "HEALTHCHECK" and is_final:
            check = _check(rest)
    folders = tuple(path for path in volumes if path.startswith("/"))
    return Dockerfile(tuple(instructions), tuple(ports)[:_MOST_PORTS], folders, check, tuple(sources))


def _final_stages(placed: list[tuple[int, str, str]]) -> frozenset[int]:
    """The last stage, that which it begins from, and so on."""
    bases: list[str] = []
    numbers: dict[str, int] = {}
    for _, name, rest in placed:
        if name == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            base = words[0].lower() if words else ""
            bases.append(base)
            if len(words) > 2 and words[1].upper() == "AS":
                numbers.setdefault(words[2].lower(), len(bases) - 1)
    found: set[int] = set()
    stage: int | None = len(bases) - 1
    while stage is not None and stage not in found:
        found.add(stage)
        stage = numbers.get(bases[stage]) if bases else None
    return frozenset(found)


def _assigned(rest: str, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    words = _split(rest)
    if words and "=" not in words[0] and len(words) > 1:
        yield words[0], _expanded(" ".join(words[1:]), known)
        return
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            yield key, _expanded(value, known)


def _expanded(text: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: known.get(match[1] or match[3]) or match[2] or "", text)[:10_000]


def _ports(rest: str) -> Iterator[Port]:
    for word in rest.split():
        match = _PORTS.fullmatch(word.strip("\"'"))
        if match is None:
            continue
        first, last = int(match[1]), int(match[2] or match[1])
        for number in range(first, min(last, first + _MOST_PORTS) + 1):
            if 0 < number < 65536:
                yield number, (match[3] or "tcp").lower()


def _copied(rest: str) -> list[str]:
    if "<<" in rest or re.search(r"(?:\A|\s)--from=", rest):
        return []
    words = [word for word in _words(re.sub(r"(?:\A|\s)--[a-z-]+(?:=\S+)?", " ", rest).strip()) if word]
    return [word for word in words[:-1] if "://" not in word and "$" not in word]


def _check(rest: str) -> Check | None:
    options: dict[str, str] = {}
    while match := _FLAG.match(rest):
        options[match[1].replace("-", "_")] = match[2]
        rest = rest[match.end() :]
    head, _, command = rest.partition(" ")
    if head.upper() == "NONE":
        return Check(("NONE",))
    command = command.strip()
    if head.upper() != "CMD" or not command:
        return None
    words = _list(command)
    return Check(("CMD", *words) if words else ("CMD-SHELL", command), options)


def _words(rest: str) -> list[str]:
    return _list(rest) or _split(rest)


def _list(text: str) -> list[str]:
    """The JSON form of an instruction; empty where it is none."""
    if not text.startswith("["):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []


def _split(text: str) -> list[str]:
    if _QUOTES.search(text) is None or len(text) > _LONGEST:
        return text.split()
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
