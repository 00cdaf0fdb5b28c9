"""The recorded watches: all of them run at once while the same changes are made again."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.cluster.practice.kube import Kube
from tests.cluster.practice.replay.recordings import comparable, differences

Json = Any
ROOT = "/api/v1/namespaces/rec-watch/configmaps"
SECONDS = 4.0


def facts(events: list[Json]) -> list[Json]:
    """Types and objects; bookmarks that only tell the time come at any moment and are counted apart."""
    out = []
    for event in events:
        obj = event["object"]
        notes = (obj.get("metadata") or {}).get("annotations") or {}
        if event["type"] == "BOOKMARK" and "k8s.io/initial-events-end" not in notes:
            continue
        data = {k: v for k, v in (obj.get("metadata") or {}).items() if k not in ("managedFields", "creationTimestamp")}
        if event["type"] == "BOOKMARK":
            obj = {k: v for k, v in obj.items() if k in ("kind", "apiVersion")}
        for row in obj.get("rows") or []:
            row["object"]["metadata"].pop("managedFields", None)
        out.append({"type": event["type"], "object": {**obj, "metadata": data}})
    return out


def bookmarks(events: list[Json]) -> int:
    return sum(e["type"] == "BOOKMARK" for e in events)


async def follow(kube: Kube, entry: Json, version: str) -> list[Json]:
    request = entry["request"]
    query = dict(request.get("query") or {})
    query.pop("watch", None)
    if query.get("resourceVersion") == "1669":
        query["resourceVersion"] = version
    if int(query.get("timeoutSeconds", "0")) > 3:
        query["timeoutSeconds"] = "3"
    headers = {k.title(): v for k, v in (request.get("headers") or {}).items()}
    return [e async for e in kube.watch(request["path"], SECONDS, headers=headers, **query)]


async def change(kube: Kube) -> None:
    """Create, patch, label w to 2, label back, delete."""
    await asyncio.sleep(0.5)
    body = {"metadata": {"name": "w1", "labels": {"w": "1"}}, "data": {"a": "1"}}
    assert (await kube.post(ROOT, body)).status == 201
    for patch in ({"data": {"a": "2"}}, {"metadata": {"labels": {"w": "2"}}}, {"metadata": {"labels": {"w": "1"}}}):
        await asyncio.sleep(0.05)
        assert (await kube.patch(f"{ROOT}/w1", patch)).status == 200
    await asyncio.sleep(0.05)
    await kube.delete(f"{ROOT}/w1")


async def play(kube: Kube, entries: list[Json], version: str) -> dict[str, list[str]]:
    streams = [e for e in entries if "stream" in e["response"]]
    found = await asyncio.gather(*(follow(kube, e, version) for e in streams), change(kube), return_exceptions=True)
    out = {}
    for entry, events in zip(streams, found, strict=False):
        if isinstance(events, BaseException):
            out[entry["name"]] = [repr(events)]
            continue
        recorded = entry["response"]["stream"]
        out[entry["name"]] = differences(comparable(facts(recorded)), comparable(facts(events)))
        if bookmarks(recorded) and not bookmarks(events):
            out[entry["name"]].append("no bookmark came")
    return out
