"""Whatever body comes in, the answer is a Status of the API and never a failure of the server."""

from __future__ import annotations

import copy
import logging
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.practice.kube import JSON, MERGE, STRATEGIC, Kube
from tests.cluster.practice.test_golden import path_of
from tests.cluster.practice.test_protobuf import OBJECTS

Json = Any
GOLDEN = Path(__file__).resolve().parents[2] / "golden"
ODD: list[Json] = [None, 0, -1, 1.5, True, "", "x" * 300, "ü", [], {}, [None], {"a": None}, [[]], [{}], "1Gi", 2**70]
ROUNDS = 12
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


def places(value: Json, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [path] if path else []
    if isinstance(value, dict):
        for key, child in value.items():
            out += places(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            out += places(child, (*path, index))
    return out


def spoiled(body: Json, chance: random.Random) -> Json:
    """The body with one to three odd values in it."""
    out = copy.deepcopy(body)
    for _ in range(chance.randint(1, 3)):
        *steps, last = chance.choice(places(out) or [("x",)])
        place = out
        for step in steps:
            place = place[step]
        if chance.random() < 0.2 and (isinstance(place, list) or last in place):
            del place[last]
        else:
            place[last] = copy.deepcopy(chance.choice(ODD))
    return out


def bodies() -> list[tuple[str, Json]]:
    out = [(path.replace("/namespaces/default", ""), body) for path, body in OBJECTS.items()]
    for file in sorted(GOLDEN.glob("*.expected.yaml")):
        out += [("", o) for o in yaml.safe_load_all(file.read_text()) if o]
    return out


async def collection(kube: Kube, source: str, body: Json) -> str | None:
    if source:
        root, _, plural = source.rpartition("/")
        return f"{root}/{plural}" if plural == "priorityclasses" else f"{root}/namespaces/default/{plural}"
    try:
        path = await path_of(kube, {**body, "metadata": {**body["metadata"], "namespace": "default"}})
    except (StopIteration, RuntimeError, TypeError, KeyError):
        return None
    return path.rpartition("/")[0]


def is_a_failure(answer: Any) -> bool:
    reason = answer.body.get("reason") if isinstance(answer.body, dict) else "no Status"
    return answer.status >= 500 and reason not in ("", None, "NotImplemented")


@pytest.mark.parametrize("seed", range(4))
async def test_no_body_makes_the_server_fail(practice: Kube, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(seed)
    for source, body in bodies()[seed::4]:
        path = await collection(practice, source, body)
        if path is None:
            continue
        name = body["metadata"]["name"]
        for _ in range(ROUNDS):
            bad = spoiled(body, chance)
            for method, there, media in (
                ("POST", path, JSON),
                ("PATCH", f"{path}/{name}", "application/apply-patch+yaml"),
                ("PATCH", f"{path}/{name}", MERGE),
                ("PATCH", f"{path}/{name}", STRATEGIC),
                ("PUT", f"{path}/{name}", JSON),
            ):
                query = {"fieldManager": "x", "force": "true"} if "apply" in media else {}
                answer = await practice.call(method, there, bad, headers={"Content-Type": media}, query=query)
                assert not is_a_failure(answer), (method, there, media, bad, answer.body)
            printed = await practice.call("GET", path, headers={"Accept": TABLE})
            assert printed.status == 200, printed.body
            if chance.random() < 0.3:
                await practice.delete(f"{path}/{name}", gracePeriodSeconds="0")
    failures = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert not failures, failures[0].getMessage() + str(failures[0].exc_info)
