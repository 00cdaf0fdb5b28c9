"""Plays the exchanges of one recorded group against a practice cluster.

What a recorded answer called by one uid, version or generated name has another one here: the player learns the pairs
from the answers and puts ours into the requests that follow.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import yaml

from tests.cluster.practice.kube import Answer, Kube
from tests.cluster.practice.replay.recordings import comparable, differences
from tests.cluster.practice.replay.table import reason_for

Json = Any
Step = Callable[["Player"], Awaitable[None]]
# Answers about Deployments between two steps of their controller: what it had written by then differs every time.
CONTROLLED = (
    "apply-deployment",
    "apply-with-status",
    "apply-status",
    "patch-strategic",
    "patch-merge-replaces",
    "status-patch",
    "main-put",
    "deployment-list-one",
    "deployment-put",
)
LEARNED = ("uid", "resourceVersion", "continue")
PATIENCE = 6.0
AT_ONCE = frozenset({"evict", "nsdelete"})  # what these show is gone a moment later
STREAM_SECONDS = 8.0


class Player:
    def __init__(self, kube: Kube, *, extra: dict[str, Step] | None = None) -> None:
        self.kube = kube
        self.extra = extra or {}  # unrecorded steps, by the name of the exchange that comes after
        self.values: dict[str, str] = {"rtnode": "practice-node"}  # recorded value → ours
        self.outcomes: dict[str, list[str]] = {}
        self.streams: list[tuple[Json, asyncio.Task[list[Json]]]] = []

    # --- learning

    def learn(self, recorded: Json, ours: Json) -> None:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            for key, value in recorded.items():
                other = ours.get(key)
                if key in LEARNED and isinstance(value, str) and isinstance(other, str) and value and other:
                    self.values[value] = other
                elif key == "name" and isinstance(value, str) and isinstance(other, str):
                    if value != other and _stem(value) == _stem(other):
                        self.values[value] = other
                else:
                    self.learn(value, other)
        elif isinstance(recorded, list) and isinstance(ours, list):
            for a, b in zip(recorded, ours, strict=False):
                self.learn(a, b)

    def ours(self, value: Json, key: str = "") -> Json:
        if isinstance(value, dict):
            return {k: self.ours(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.ours(v, key) for v in value]
        if isinstance(value, str):
            if long := re.match(r"^(.) repeated (\d+) times$", value):
                return long[1] * int(long[2])
            if value.endswith("=rtnode"):
                return value.replace("rtnode", "practice-node")
            return self.values.get(value, value) if key != "name" or not value.isdigit() else value
        return value

    def path(self, text: str) -> str:
        return "/".join(self.values.get(part, part) for part in text.split("/"))

    # --- playing

    async def play(self, exchanges: list[Json]) -> None:
        for entry in exchanges:
            step = self.extra.get(entry["name"])
            if step is not None:
                await step(self)
            if entry["request"]["path"] != entry["request"]["path"].partition(" + ")[0]:
                continue
            if "stream" not in entry["response"]:
                self.outcomes[entry["name"]] = await self._one(entry)
            elif entry["group"] != "watches" and not reason_for(entry):
                await self._follow(entry)
        await self._gather()

    async def _follow(self, entry: Json) -> None:
        """A watch that runs beside the exchanges after it, until it has as many events as were recorded."""
        query = {k: str(self.ours(v)) for k, v in entry["request"]["query"].items() if k != "watch"}
        wanted = len(entry["response"]["stream"])

        async def collect() -> list[Json]:
            found: list[Json] = []
            async for event in self.kube.watch(self.path(entry["request"]["path"]), STREAM_SECONDS, **query):
                found.append(event)
                if len(found) == wanted:
                    break
            return found

        self.streams.append((entry, asyncio.create_task(collect())))
        await asyncio.sleep(0.1)

    async def _gather(self) -> None:
        for entry, task in self.streams:
            recorded = entry["response"]["stream"]
            expected = [comparable({"type": e["type"], "object": e["object"]}) for e in recorded]
            ours = [comparable(_without_managed({"type": e["type"], "object": e["object"]})) for e in await task]
            self.outcomes[entry["name"]] = differences(expected, project_stream(ours, expected))

    async def send(self, request: Json) -> Answer:
        body, query = request.get("body"), request.get("query") or {}
        pairs = list(query.items()) if isinstance(query, dict) else query
        return await self.kube.call(
            request["method"],
            self.path(request["path"]),
            self.ours(body) if body is not None else None,
            query=[(k, self.ours(v)) for k, v in pairs],
            headers={_title(k): v for k, v in (request.get("headers") or {}).items() if v != "Bearer …"},
        )

    async def _one(self, entry: Json) -> list[str]:
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                answer = await asyncio.wait_for(self.send(entry["request"]), 8)
            except TimeoutError:
                return ["no answer"]
            found = compare(entry, answer)
            if not found:
                self.learn(entry["response"].get("body"), answer.body)
                return []
            is_fixed = entry["request"]["method"] != "GET" or bool(reason_for(entry))
            is_fixed = is_fixed or (entry["group"] in AT_ONCE and "404" not in entry["name"])
            if is_fixed or asyncio.get_running_loop().time() > end:
                self.learn(entry["response"].get("body"), answer.body)
                return found
            await asyncio.sleep(0.1)


def compare(entry: Json, answer: Answer) -> list[str]:
    recorded = entry["response"]
    out = (
        [] if recorded["status"] == answer.status else [f"status: recorded {recorded['status']}, ours {answer.status}"]
    )
    expected, ours = recorded.get("body"), answer.body
    if not expected and not ours:
        expected = ours = None
    if recorded["headers"].get("content-type", "").endswith("/yaml") and isinstance(ours, str):
        expected, ours = yaml.load(expected, yaml.BaseLoader), yaml.load(ours, yaml.BaseLoader)
    if not _has_managed(expected):
        ours = _without_managed(ours)
    if isinstance(expected, list) and isinstance(ours, dict) and ours.get("kind") == "EventList":
        expected, ours = event_facts(expected), event_facts(ours["items"])
    if entry["name"].startswith(CONTROLLED):
        expected, ours = without_controllers(expected), without_controllers(ours)
    if is_shortened(entry):
        ours = project(ours, expected)
    expected, ours = _without_event_managed(expected), _without_event_managed(ours)
    out += differences(comparable(expected), comparable(ours))
    wanted = recorded["headers"].get("content-type", "").partition(";")[0]
    got = answer.headers.get("Content-Type", "").partition(";")[0]
    if wanted != got:
        out.append(f"content-type: recorded {wanted}, ours {got}")
    warnings = recorded["headers"].get("warning") or []
    warnings = [warnings] if isinstance(warnings, str) else warnings
    if warnings != answer.warnings:
        out.append(f"warning: recorded {warnings}, ours {answer.warnings}")
    return out


def event_facts(events: list[Json]) -> list[str]:
    """What happened, whatever the number of times and the order of the list."""
    facts = {f"{e['type']} {e['reason']}: {comparable(e['message'])}" for e in events}
    return sorted(facts)


def is_shortened(entry: Json) -> bool:
    """Some recorded lists keep a few fields of each item."""
    body = entry["response"].get("body")
    note = entry.get("note") or ""
    if isinstance(body, dict) and "kind" not in body:
        return True
    if "shortened" in note or " only" in note or note.startswith("first"):
        return True
    items = body.get("items") if isinstance(body, dict) else None
    return bool(items) and "uid" not in items[0].get("metadata", {})


def project(value: Json, pattern: Json) -> Json:
    """Only those fields of a value that the pattern has."""
    if isinstance(value, dict) and isinstance(pattern, dict):
        return {k: project(value.get(k), p) for k, p in pattern.items() if k in value or p is None}
    if isinstance(value, list) and isinstance(pattern, list) and len(value) == len(pattern):
        return [project(v, p) for v, p in zip(value, pattern, strict=True)]
    return value


def project_stream(ours: list[Json], expected: list[Json]) -> list[Json]:
    if len(ours) != len(expected):
        return ours
    shown = [_with_owner(e) for e in ours]
    return [project(o, e) for o, e in zip(shown, expected, strict=True)]


def _with_owner(event: Json) -> Json:
    """The recordings shorten an ownerReference to Kind/name."""
    refs = event["object"]["metadata"].get("ownerReferences") or []
    if not refs:
        return event
    data = {**event["object"]["metadata"], "owner": f"{refs[0]['kind']}/{refs[0]['name']}"}
    return {**event, "object": {**event["object"], "metadata": data}}


def without_controllers(value: Json) -> Json:
    if isinstance(value, dict) and value.get("kind") == "DeploymentList":
        return {**value, "items": [without_controllers({**o, "kind": "Deployment"}) for o in value["items"]]}
    if not isinstance(value, dict) or value.get("kind") != "Deployment":
        return value
    out = {k: v for k, v in value.items() if k != "status"}
    data = dict(out["metadata"])
    notes = {k: v for k, v in (data.pop("annotations", None) or {}).items() if not k.endswith("/revision")}
    if notes:
        data["annotations"] = notes
    if "managedFields" in data:
        kept = [m for m in data["managedFields"] if m["manager"] != "kube-controller-manager"]
        data["managedFields"] = sorted(kept, key=lambda m: (m["manager"], m["operation"], m.get("subresource", "")))
    return {**out, "metadata": data}


def _stem(name: str) -> str:
    return re.sub(r"(-[bcdfghjklmnpqrstvwxz2456789]{5,10})+$", "", name)


def _title(name: str) -> str:
    return "-".join(p.capitalize() for p in name.split("-"))


def _has_managed(value: Json) -> bool:
    return "managedFields" in json.dumps(value)


def _without_event_managed(value: Json) -> Json:
    """The practice cluster keeps no owners for events, which nobody applies."""
    if isinstance(value, dict):
        is_event = "involvedObject" in value or "regarding" in value
        return _without_managed(value) if is_event else {k: _without_event_managed(v) for k, v in value.items()}
    return [_without_event_managed(v) for v in value] if isinstance(value, list) else value


def _without_managed(value: Json) -> Json:
    if isinstance(value, dict):
        return {k: _without_managed(v) for k, v in value.items() if k != "managedFields"}
    if isinstance(value, list):
        return [_without_managed(v) for v in value]
    return value
