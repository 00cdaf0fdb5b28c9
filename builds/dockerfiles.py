"""What a Dockerfile fetches from elsewhere, so that it can be checked before an engine goes there. Pure.

(https://docs.docker.com/reference/dockerfile/) Reads instructions, continuations and the arguments before the first
FROM; it is no parser of all the rest, for which the engine is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_BYTES = 1024 * 1024
_SYNTAX = re.compile(r"#\s*syntax\s*=\s*(\S+)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*[a-z]+\s*=", re.IGNORECASE)
_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?([\"']?)([A-Za-z0-9_.]+)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:?[-+])([^{}]*))?\}|(\w+))")
_URL = re.compile(r"(?:https?|git)://\S+|git@\S+", re.IGNORECASE)
_ASSIGNED = re.compile(r"""(\w+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)""")
_LIST = re.compile(r"[\[\]\",]")
# What BuildKit gives to every stage that declares them; none is an address.
_PLATFORM = {
    f"{where}{what}": "linux" for where in ("TARGET", "BUILD") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
}
_WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True, slots=True)
class References:
    """`images` that are pulled, `urls` that ADD fetches; `unknown` and `unknown_urls` are those whose name only the
    engine would know. `arguments` are the names that ARG declares."""

    images: tuple[str, ...]
    urls: tuple[str, ...]
    unknown: tuple[str, ...]
    arguments: frozenset[str]
    unknown_urls: tuple[str, ...] = ()


class _Stages:
    """Which variables have which value, where a Dockerfile has been read to; those of base images are not known."""

    def __init__(self, build_args: Mapping[str, str]) -> None:
        self._given = build_args
        self._of: dict[str, dict[str, str]] = {}
        self._here = dict(_PLATFORM)

    def begin(self, name: str, base: str) -> None:
        """A stage begins with what the one had that it is built on."""
        self._here = {**_PLATFORM, **self._of.get(base, {})}
        self._of[name] = self._here

    def argue(self, key: str, default: str | None, above: Mapping[str, str]) -> None:
        """An ARG without a default has that from before the first FROM."""
        value = self._given.get(key, above.get(key) if default is None else self.expand(default))
        if value is not None:
            self._here[key] = value

    def set(self, rest: str) -> None:
        """Of an ENV, in either way of writing it."""
        pairs = _ASSIGNED.findall(rest) if "=" in rest.split(None, 1)[0] else [tuple(rest.split(None, 1))]
        self._here.update({pair[0]: self.expand(pair[1].strip("\"'")) for pair in pairs if len(pair) == 2})

    def expand(self, text: str) -> str:
        return _expand(text, self._here)


def read_references(text: str, build_args: Mapping[str, str]) -> References:
    """Of the whole file, whichever stage is the target."""
    images: list[str] = []
    urls: list[str] = []
    unknown: list[str] = []
    arguments: set[str] = set()
    known: dict[str, str] = {}
    unknown_urls: list[str] = []
    stages: set[str] = set()
    variables = _Stages(build_args)
    syntax = _syntax(text)
    if syntax:
        images.append(syntax)
    for name, rest in instructions(text):
        words = [word for word in rest.split() if not word.startswith("--")]
        if name == "ARG":
            for word in words:
                key, _, default = word.partition("=")
                arguments.add(key)
                if stages:
                    variables.argue(key, default.strip("\"'") if "=" in word else None, known)
                else:
                    known[key] = build_args.get(key, _expand(default.strip("\"'"), known))
        elif name == "FROM" and words:
            image = _expand(words[0].strip("\"'"), known)
            if image.lower() not in stages and image != "scratch":
                (unknown if "$" in image else images).append(image)
            stage = words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else f"\0{len(stages)}"
            variables.begin(stage, image.lower())
            stages.add(stage)
        elif name == "ENV" and rest:
            variables.set(rest)
        elif name in ("COPY", "RUN", "ADD"):
            images += [each for each in _borrowed(rest) if each.lower() not in stages and not each.isdigit()]
            if name == "ADD":
                is_list = bool(words) and words[0].startswith("[")
                plain = _LIST.sub(" ", " ".join(words)).split() if is_list else words
                sources = variables.expand(" ".join(plain[:-1]))
                urls += _URL.findall(sources)
                unknown_urls += [each for each in sources.split() if "$" in each]
    return References(_once(images), _once(urls), _once(unknown), frozenset(arguments), _once(unknown_urls))


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """(NAME, the rest) with continuations joined, comments and the bodies of heredocs left out."""
    for _, name, rest in placed_instructions(text):
        yield name, rest


def placed_instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """The same with the line, from 1, in which each begins."""
    escape = _escape(text)
    pending, began = "", 0
    ends: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if ends:
            if line.strip("\t ") == ends[0]:
                ends.pop(0)
            continue
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        began = began or number
        if stripped.endswith(escape):
            pending += stripped[:-1] + " "
            continue
        name, _, rest = (pending + stripped).partition(" ")
        yield began, name.upper(), rest.strip()
        pending, began = "", 0
        if name.upper() in _WITH_HEREDOC:
            ends = [match[1] for match in _HEREDOC.findall(rest)]
    if pending.strip():
        name, _, rest = pending.strip().partition(" ")
        yield began, name.upper(), rest.strip()


def _borrowed(rest: str) -> list[str]:
    """The images of `--from=` and `--mount=…,from=`, where they are not stages."""
    found = re.findall(r"(?:\A|\s)--from=(\S+)", rest)
    for mount in re.findall(r"(?:\A|\s)--mount=(\S+)", rest):
        found += [part.partition("=")[2] for part in mount.split(",") if part.startswith("from=")]
    return found


def _syntax(text: str) -> str:
    """Directives stand at the top, before anything else."""
    for line in text.splitlines():
        match = _SYNTAX.match(line.strip())
        if match:
            return match[1]
        if not _DIRECTIVE.match(line.strip()):
            return ""
    return ""


def _escape(text: str) -> str:
    for line in text.splitlines():
        match = _ESCAPE.match(line.strip())
        if match:
            return match[1]
        if not _DIRECTIVE.match(line.strip()):
            break
    return "\\"


def _expand(text: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name, operator, word = match[1] or match[4], match[2] or "", match[3] or ""
        found = known.get(name)
        if operator in ("-", ":-"):
            return found or word if operator == ":-" else word if found is None else found
        if operator in ("+", ":+"):
            return word if found or (operator == "+" and found is not None) else ""
        return match[0] if found is None else found

    return _VARIABLE.sub(value, text)


def _once(items: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
