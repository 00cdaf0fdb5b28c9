"""Whatever is thrown at it, it raises nothing but its own error, and what it accepts becomes a graph."""

import contextlib
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imports.compose import ComposeError, convert
from imports.compose.loading.dotenv import parse_dotenv
from imports.compose.loading.interpolate import BadTemplate, Interpolation
from imports.compose.loading.ports import BadPort, parse_port
from imports.compose.loading.volumes import BadVolume, parse_volume
from imports.compose.model.values import BadValue, duration, size, split_words
from plugins.sdk.yaml import dump
from tests.unit.imports.compose.harness import check
from tests.unit.imports.compose.test_completeness import SERVICE, TOP

ids = st.sampled_from(
    [
        *("service.app.kind", "service.app.exposure", "service.app.host"),
        *("volume.v.size", "networks.policies", "nothing", "variable.E"),
    ]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False), texts
)
spicy = st.sampled_from(
    [
        *("${A}", "${A:-${B}}", "$$", "${", "$", "80:80", "1-3:4-6", "./x", "../x", "/x", "x:/y", "1g", "10s"),
        *("²", "-1", "0", "service:app", "host", "none", "a/b:c", "*", "A=b", "=", ":", "::", "[::1]:1:2"),
        *("on-failure:²", "node.labels.x==²"),
    ]
)
values = st.recursive(
    st.one_of(scalars, spicy),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(texts, spicy), inner, max_size=4)),
    max_leaves=12,
)


def attempt(files: dict[str, bytes], **options: Any) -> None:
    try:
        conversion = convert(files, **options)
    except ComposeError as error:
        assert error.violations
        for violation in error.violations:
            assert violation.message.endswith((".", "?")), violation
        return
    check(conversion)


@given(st.binary(max_size=400))
def test_bytes(content: bytes) -> None:
    attempt({"compose.yaml": content})


@given(
    st.dictionaries(st.sampled_from(["services", "name", "volumes", "x-a", "include", "version", "networks"]), values)
)
def test_documents(document: dict[str, Any]) -> None:
    attempt({"compose.yaml": dump(document).encode()})


@given(st.dictionaries(st.sampled_from(sorted(SERVICE)), values, min_size=1, max_size=4))
def test_services(service: dict[str, Any]) -> None:
    document = {**TOP, "services": {"app": {"image": "x:1", **service}, "other": {"image": "y:1"}}}
    document.pop("include")
    attempt({"compose.yaml": dump(document).encode(), "e.env": b"A=1", "l.env": b"A=1"})


@given(st.integers(0, 2**32), values)
def test_one_wrong_value_in_a_sound_project(seed: int, value: Any) -> None:
    """Replaces something, anywhere, in a project that has every key."""
    rng = Random(seed)
    keys = rng.sample(sorted(set(SERVICE) - {"network_mode", "provider", "extends"}), 25)
    document: dict[str, Any] = {
        **{key: item for key, item in TOP.items() if key != "include"},
        "services": {"app": {"image": "x:1", **{key: SERVICE[key] for key in keys}}, "other": {"image": "y:1"}},
    }
    document = replaced(document, rng, value)
    attempt({"compose.yaml": dump(document).encode(), "e.env": b"A=1", "l.env": b"A=1"}, profiles=["p"])


def replaced(document: Any, rng: Random, value: Any) -> Any:
    if isinstance(document, dict) and document and rng.random() < 0.95:
        key = rng.choice(sorted(document))
        return {**document, key: replaced(document[key], rng, value)}
    if isinstance(document, list) and document and rng.random() < 0.8:
        index = rng.randrange(len(document))
        return [*document[:index], replaced(document[index], rng, value), *document[index + 1 :]]
    return value


@given(st.one_of(texts, st.lists(spicy).map("".join)))
def test_the_small_languages(text: str) -> None:
    for read, error in (
        (Interpolation({"A": "x"}).text, BadTemplate),
        (parse_port, BadPort),
        (parse_volume, BadVolume),
        (split_words, BadValue),
        (duration, BadValue),
        (size, BadValue),
    ):
        with contextlib.suppress(error):
            read(text)


@given(st.lists(st.one_of(texts, st.sampled_from(["A=1", "export B='x", 'C="${A}"', "D: y", "'", "# c", "E"]))))
def test_dotenv(lines: list[str]) -> None:
    try:
        parse_dotenv("\n".join(lines), {"A": "1"}, file=".env")
    except ComposeError as error:
        assert error.violations


@given(st.dictionaries(ids, texts))
def test_answers(choices: dict[str, str]) -> None:
    document = {"services": {"app": {"image": "x:1", "ports": ["80:80"], "volumes": ["v:/v"]}}, "volumes": {"v": None}}
    attempt({"compose.yaml": dump(document).encode()}, choices=choices)
