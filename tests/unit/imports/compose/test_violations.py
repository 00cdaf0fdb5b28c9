"""One sentence for each violation: the file, the path, what is wrong and what to do."""

from pathlib import Path

import pytest

from plugins.sdk.yaml import load
from tests.unit.imports.compose.harness import refused

CASES = [(case["text"], case["sentence"]) for case in load((Path(__file__).parent / "violations.yaml").read_text())]


@pytest.mark.parametrize(("text", "sentence"), CASES)
def test_sentences(text: str, sentence: str) -> None:
    assert refused(text) == [f"compose.yaml: {sentence}"]


def test_rings_of_waiting() -> None:
    (sentence,) = refused("services: {a: {image: x, depends_on: [b]}, b: {image: y, depends_on: [a]}}")
    assert "waits for itself" in sentence
    assert "a → b → a" in sentence or "b → a → b" in sentence


def test_all_violations_come_at_once() -> None:
    found = refused("services: {a: {imge: x, user: 5, mem_limit: x}, b: 5}")
    assert len(found) == 4


def test_no_more_than_fifty() -> None:
    body = ", ".join(f"k{number}: 1" for number in range(200))
    assert len(refused(f"services: {{a: {{{body}}}}}")) == 50


def test_the_file_that_said_it_is_named() -> None:
    files = {
        "compose.yaml": "services: {a: {image: x}}",
        "compose.override.yaml": "services: {a: {user: 5}}",
    }
    assert refused(files) == ['compose.override.yaml: services.a.user: must be a text; quote it: "5".']


def test_answers_are_checked() -> None:
    files = {"compose.yaml": "services: {a: {image: x:1, ports: ['1:1'], volumes: ['data:/d']}}\nvolumes: {data: }"}
    assert refused(files, choices={"service.a.kind": "pod", "volume.data.size": "big"}) == [
        "service.a.kind: the answer 'pod' is none of deployment, statefulset, daemonset, job; choose one.",
        "volume.data.size: the answer must be a quantity such as 500m, 0.5, 128Mi or 2Gi; correct it.",
    ]
