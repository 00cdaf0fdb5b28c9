"""The same steps on the practice cluster and on a real one, answered alike.

The real one may be old: what newer servers add to an answer is not compared, what both say must be the same.
"""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.practice.kube import Answer, Kube, from_kubeconfig
from tests.cluster.practice.parity.scenarios import SCENARIOS, Step

Json = Any
SECONDS = 120.0  # Only what is wrong takes that long; a real node with other tests on it takes its time.
_RULES = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"parity-[0-9a-f]{8}"), "<ns>"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "<ip>"),
)
# Differs in every cluster, or came with a later version.
_DROPPED = frozenset(
    {
        "uid",
        "resourceVersion",
        "managedFields",
        "selfLink",
        "creationTimestamp",
        "deletionTimestamp",
        "continue",
        "generation",
        "remainingItemCount",
    }
)
_NEWER = frozenset({"ipFamilies", "ipFamilyPolicy", "clusterIPs", "internalTrafficPolicy", "qosClass", "status"})


def fill(value: Json, space: str) -> Json:
    if isinstance(value, dict):
        return {k: fill(v, space) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v, space) for v in value]
    return value.replace("{ns}", space) if isinstance(value, str) else value


async def perform(kube: Kube, step: Step, space: str) -> Answer:
    headers = {"Content-Type": step.media} if step.media else None
    end = asyncio.get_running_loop().time() + SECONDS
    while True:
        answer = await kube.call(
            step.method, fill(step.path, space), fill(step.body, space), query=fill(step.query, space), headers=headers
        )
        if step.until is None or _holds(step, answer.body) or asyncio.get_running_loop().time() > end:
            return answer
        await asyncio.sleep(0.1)


def _holds(step: Step, body: Json) -> bool:
    try:
        return bool(step.until and step.until(body))
    except (KeyError, IndexError, TypeError):
        return False


async def play(kube: Kube, steps: list[Step]) -> list[Answer]:
    space = f"parity-{uuid.uuid4().hex[:8]}"
    await kube.post("/api/v1/namespaces", {"metadata": {"name": space}})
    # Older clusters refuse pods until the account has its token.
    await kube.eventually(
        f"/api/v1/namespaces/{space}/serviceaccounts/default",
        lambda b: b["kind"] != "Status" and (b.get("secrets") or not kube.is_real),
    )
    answers = []
    try:
        for step in steps:
            answers.append(await perform(kube, step, space))
    finally:
        await kube.delete(f"/api/v1/namespaces/{space}")
    return answers


def plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in _DROPPED and k not in _NEWER}
    if isinstance(value, list):
        return [plain(v) for v in value if not _is_ca(v)]
    if isinstance(value, str):
        for pattern, by in _RULES:
            value = pattern.sub(by, value)
    return value


def _is_ca(value: Json) -> bool:
    """An old cluster has no kube-root-ca.crt, and a token secret instead."""
    return isinstance(value, dict) and (value.get("metadata") or {}).get("name") == "kube-root-ca.crt"


def essence(step: Step, answer: Answer) -> Json:
    """What of an answer must be the same."""
    body = answer.body
    if step.alike == "recorded":
        return None
    if not isinstance(body, dict):
        return {"status": answer.status}
    if isinstance(body.get("items"), list):  # an old watch cache answers in any order
        body = {**body, "items": sorted(body["items"], key=lambda o: o["metadata"]["name"])}
    if step.alike == "status":
        return {"status": answer.status, "reason": body.get("reason") if answer.status >= 400 else ""}
    if body.get("kind") == "Status" or step.alike == "refusal":
        return {"status": answer.status, "reason": body.get("reason"), "message": plain(body.get("message"))}
    reduced = {
        "spec": lambda: plain(body["spec"]),
        "job": lambda: sorted(
            c["reason"]
            for c in body["status"]["conditions"]
            if c.get("reason") and c["type"] in ("Complete", "Failed") and c["reason"] != "CompletionsReached"
        ),
        "pod": lambda: [body["status"]["phase"], _waiting(body)],
        "limits": lambda: [body["spec"]["containers"][0]["resources"], body["status"]["qosClass"]],
        "endpoints": lambda: [len(body["subsets"][0]["addresses"]), body["subsets"][0]["ports"]],
    }.get(step.alike)
    return {"status": answer.status, "body": reduced() if reduced else plain(body)}


def _waiting(pod: Json) -> str:
    statuses = pod["status"].get("containerStatuses") or []
    reason = statuses[0]["state"].get("waiting", {}).get("reason", "") if statuses else ""
    return reason.replace("ErrImagePull", "ImagePullBackOff")


@pytest.mark.parametrize("name", SCENARIOS)
async def test_practice_cluster_answers_as_expected(practice: Kube, name: str) -> None:
    steps = SCENARIOS[name]
    answers = await play(practice, steps)
    found = [(s.method, s.path, a.status) for s, a in zip(steps, answers, strict=True)]
    assert found == [(s.method, s.path, s.status) for s in steps]
    assert all(s.until is None or _holds(s, a.body) for s, a in zip(steps, answers, strict=True))


@pytest.mark.kube
async def test_real_cluster_answers_alike(practice: Kube) -> None:
    """All scenarios at once, each in a namespace of its own: a real cluster takes its time."""
    async with from_kubeconfig(Path(os.environ["SAILCLOTH_TEST_KUBECONFIG"])) as real:
        both = await asyncio.gather(*(play(k, SCENARIOS[n]) for n in SCENARIOS for k in (practice, real)))
    wrong = []
    for at, name in enumerate(SCENARIOS):
        ours, theirs = both[2 * at], both[2 * at + 1]
        for step, a, b in zip(SCENARIOS[name], ours, theirs, strict=True):
            if essence(step, a) != essence(step, b):
                wrong.append(f"{name}: {step.method} {step.path}\n  ours {essence(step, a)}\n  real {essence(step, b)}")
    assert not wrong, "\n".join(wrong)
