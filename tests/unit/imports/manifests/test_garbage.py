"""Manifests in which anything may stand anywhere: a sentence or a graph that can be stored, and nothing else."""

import copy
import json
import random
from typing import Any

import pytest

from imports import manifests
from imports.analysis import analysis_json
from imports.intake import Kind
from imports.manifests import ManifestError
from imports.masking import masked_texts
from imports.types import Sent
from plugins.registry import core_types
from plugins.sdk.yaml import load_all
from tests.unit.imports.manifests.test_foreign import RELEASE
from tests.unit.nodetypes.test_golden import CASES, FOLDER
from workflows.graph.validate import validate_graph

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "a.b/c",
    [],
    [None],
    [1],
    ["x"],
    [[]],
    [{}],
    {},
    {"": None},
    {"x": {}},
]
ODD += [{"name": None}, {"name": 1}, [{"name": "web"}, {"name": "web"}], {"matchLabels": None}, "9" * 300]

_HEAD = ("apiVersion", "kind", "metadata")


def documents() -> list[dict[str, Any]]:
    texts = [RELEASE, *((FOLDER / f"{case}.expected.yaml").read_text() for case in CASES)]
    return [document for text in texts for document in load_all(text) if document]


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in steps for place in ((*above, key), *places(inner, (*above, key)))]


def spoiled(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    found = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2, 4))):
        # The head of an object is looked at before all else, so the rest would seldom be.
        below = [place for place in places(found) if place[0] not in _HEAD or chance.random() < 0.02]
        if not below:
            break
        place = chance.choice(below)
        holder = found
        for step in place[:-1]:
            holder = holder[step]
        if chance.random() < 0.2:
            del holder[place[-1]]
        else:
            holder[place[-1]] = copy.deepcopy(chance.choice(ODD))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_anything_anywhere(seed: int) -> None:
    chance = random.Random(seed)
    known = documents()
    for _ in range(40):
        chosen = [spoiled(document, chance) for document in chance.sample(known, 6)]
        if chance.random() < 0.5:
            for document in chosen:
                if isinstance(document.get("metadata"), dict):
                    document["metadata"]["uid"] = "1-2"
        content = json.dumps({"apiVersion": "v1", "kind": "List", "items": chosen}).encode()
        files = {"a.yaml": content}
        try:
            found = manifests.convert(files, names=["a.yaml"], digest_key=b"golden")
        except ManifestError as error:
            assert error.violations
            continue
        assert [problem.message for problem in validate_graph(found.graph, core_types()) if problem.is_fatal] == []
        analysis_json(Kind.KUBERNETES, found, Sent(files))
        masked_texts(files, found)
