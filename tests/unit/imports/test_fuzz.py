"""For as long as it is told to: whatever is thrown at the parser, the interpolation and the mapping, they raise nothing
but their own error, and what they accept becomes a graph that is told about completely.

`SAILCLOTH_FUZZ_SECONDS` is how long each of them is tried; seeds are counted up, so a failure comes again.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from imports.analysis import analysis_json
from imports.compose import ComposeError, convert
from imports.compose.loading.dotenv import parse_dotenv
from imports.compose.loading.interpolate import BadTemplate, Interpolation
from imports.intake import Kind, Unclear, projects_in
from imports.masking import masked_texts
from imports.repository.converting import convert_parts
from imports.repository.dockerfile import read_dockerfile
from imports.types import Sent
from plugins.registry import core_types
from plugins.sdk.problems import Severity
from plugins.sdk.yaml import dump
from tests.corpus.reading import everything
from tests.unit.imports.compose.harness import check_rows
from tests.unit.imports.compose.test_completeness import SERVICE, TOP
from tests.unit.imports.compose.test_garbage import scalars, spicy, texts, values
from workflows.graph.validate import validate_graph

SECONDS = float(os.environ.get("SAILCLOTH_FUZZ_SECONDS", "8"))
# Nobody waits longer for one input, however wrong it is.
PATIENCE = 3.0
BATCH = 60
CORPUS = list(everything().values())
PIECES = sorted({line for files in CORPUS for line in files["compose.yaml"].decode().splitlines() if line.strip()})
DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG BASE=busybox
FROM ${BASE}:1 AS one
COPY --from=x a b
RUN <<END
EXPOSE 1
END
FROM one
ENV A=1 B="two words" \\
    C=$A
EXPOSE 80/tcp 90-92/udp $A
VOLUME ["/a", "/b"]
HEALTHCHECK --interval=5s --retries=3 CMD ["true"]
CMD ["x"]
""".splitlines()


def accepted(files: dict[str, bytes], **options: Any) -> None:
    try:
        found = convert(files, **options)
    except ComposeError as error:
        assert error.violations
        assert all(each.message.endswith((".", "?")) for each in error.violations), error.violations
        return
    problems = validate_graph(found.graph, core_types())
    assert [each for each in problems if each.severity is Severity.ERROR] == []
    check_rows(found)
    analysis_json(Kind.COMPOSE, found, Sent(files))
    masked_texts(files, found)


@st.composite
def mutilated(draw: st.DrawFn) -> dict[str, bytes]:
    """An input of the corpus that somebody has been careless with."""
    files = dict(draw(st.sampled_from(CORPUS)))
    name = draw(st.sampled_from(sorted(files)))
    lines = files[name].decode().splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(lines) - 1, 0)))
        lines[at : at + 1] = draw(carelessness(lines[at] if lines else ""))
    files[name] = "\n".join(lines).encode()
    return files


@st.composite
def carelessness(draw: st.DrawFn, line: str) -> list[str]:
    """What may become of a line."""
    cut, end = sorted((draw(st.integers(0, len(line))), draw(st.integers(0, len(line)))))
    return draw(
        st.one_of(
            st.just([]),
            st.just([line, line]),
            st.just([line[:cut] + line[end:]]),
            st.sampled_from(PIECES).map(lambda piece: [piece, line]),
            st.one_of(spicy, texts).map(lambda text: [line[:cut] + text + line[cut:]]),
            st.integers(1, 4).map(lambda count: [" " * count + line]),
        )
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, bytes]:
    """Keys that there are, with values of any kind."""
    some = st.dictionaries(st.sampled_from(sorted(SERVICE)), st.one_of(values, scalars, spicy), max_size=5)
    names = sorted(draw(st.sets(st.sampled_from(["app", "b_c", "1"]))))
    services = {name: {"image": "x:1", **draw(some)} for name in names}
    keys = sorted(draw(st.sets(st.sampled_from(sorted(set(TOP) - {"include", "services"})))))
    top = {key: draw(values) for key in keys}
    return {"compose.yaml": dump({**top, "services": services}).encode(), "e.env": draw(st.binary(max_size=60))}


templates = st.lists(
    st.sampled_from(
        [*("$", "{", "}", "$$", "A", "B", ":-", "-", ":?", "?", ":+", "+", "${", "${A", "${A:-", "}}", " ", "ü", "1")]
    ),
    max_size=30,
).map("".join)
dotenv = st.lists(
    st.one_of(texts, st.sampled_from(["A=1", "export B='x", 'C="${A}"', "D: y", "'", "# c", "E", "\\", 'F="a\nb"'])),
    max_size=8,
).map("\n".join)
dockerfiles = st.lists(st.one_of(st.sampled_from(DOCKERFILE), texts, spicy), max_size=16).map("\n".join)


def parse(files: dict[str, bytes]) -> None:
    accepted(files)
    try:
        projects_in(files)
    except Unclear as error:
        assert str(error).endswith(".")


def map_documents(files: dict[str, bytes]) -> None:
    accepted(files, profiles=["p"], choices={"service.app.exposure": "ingress"})


def interpolate(pair: tuple[str, str]) -> None:
    try:
        Interpolation({"A": "x", "B": "${A}"}).text(pair[0])
    except BadTemplate as error:
        assert str(error)
    try:
        parse_dotenv(pair[1], {"A": "1"}, file=".env")
    except ComposeError as error:
        assert error.violations


def read_sources(text: str) -> None:
    read_dockerfile(text)
    found = convert_parts({"a b/Dockerfile": text.encode(), "Dockerfile.w": text.encode()}, repository=None)
    assert [each for each in validate_graph(found.graph, core_types()) if each.severity is Severity.ERROR] == []
    check_rows(found)


TARGETS: dict[str, tuple[Callable[[Any], None], st.SearchStrategy[Any]]] = {
    "parser": (parse, mutilated()),
    "mapping": (map_documents, documents()),
    "interpolation": (interpolate, st.tuples(templates, dotenv)),
    "dockerfiles": (read_sources, dockerfiles),
}


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_its_own_error(name: str) -> None:
    target, inputs = TARGETS[name]
    ends, number, tried = time.monotonic() + SECONDS, 0, 0

    def one(value: Any) -> None:
        nonlocal tried
        tried += 1
        began = time.monotonic()
        target(value)
        assert time.monotonic() - began < PATIENCE, "it took too long"

    batch = settings(max_examples=BATCH, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    while time.monotonic() < ends:
        number += 1
        seed(number)(batch(given(value=inputs)(lambda value: one(value))))()
    assert tried >= BATCH
    print(f"{name}: {tried:,} inputs of {number} seeds in {SECONDS:.0f} s")
