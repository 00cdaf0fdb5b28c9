"""Every input of the corpus becomes a valid graph, always the same, and no key of it is without a verdict."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from imports.compose import convert
from plugins.sdk.yaml import load
from tests.corpus.reading import everything
from tests.unit.imports.compose.harness import check

CORPUS = everything()
SECTIONS = ("services", "networks", "volumes", "configs", "secrets", "models")


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 150


@pytest.mark.parametrize("name", CORPUS)
def test_it_becomes_a_valid_graph_with_a_verdict_for_every_key(name: str) -> None:
    files = CORPUS[name]
    found = convert(files, profiles=["debug", "tools", "dev", "flower"])
    check(found)
    paths = [row.path for row in found.report.rows]
    document = load(files["compose.yaml"].decode(), tags=(("!reset", str), ("!override", lambda value: value)))
    # What another file takes back or sets anew has its row there.
    unsaid = [path for path in keys_of(document) if not any(is_at(each, path) for each in paths)]
    assert unsaid == []


@pytest.mark.parametrize("name", CORPUS)
def test_the_same_input_gives_the_same(name: str) -> None:
    first, second = (convert(dict(order)) for order in (CORPUS[name].items(), reversed(CORPUS[name].items())))
    encode = msgspec.json.Encoder(order="deterministic").encode
    assert encode(first.graph) == encode(second.graph)
    assert first.report == second.report


def is_at(path: str, key: str) -> bool:
    return path == key or path.startswith(f"{key}.")


def keys_of(document: Any) -> Iterator[str]:
    """The top-level keys, and those of every service, network, volume and the like."""
    for top, value in document.items():
        if top not in SECTIONS or not isinstance(value, dict):
            yield top
            continue
        for name, item in value.items():
            yield f"{top}.{name}"
            yield from (f"{top}.{name}.{key}" for key in (item or {}) if key != "<<")
