"""A build's stream from the first line on, with resumption; and its log as a file."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from accounts.models import User
from accounts.services import principal_of, start_session
from builds.ledger import Ledger
from builds.models import Build
from builds.states import BuildStatus
from tests.api.builds.conftest import API

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., dict[str, Any]]


def finished(start: Start, lines: int = 2500) -> Build:
    build = Build.objects.get(pk=start()["id"])
    ledger = Ledger(build, None, most_log_bytes=10**9)
    ledger.save(BuildStatus.FETCHING)
    ledger.step("RUN make", "running")
    for number in range(lines):
        ledger.line("RUN make", f"line {number}")
        if number % 1000 == 0:
            ledger.flush()
    ledger.finish(BuildStatus.FAILED, code="command_failed", error="It failed.")
    return build


def read(user: User, path: str, **headers: str) -> list[dict[str, Any]]:
    """Every event until the stream ends."""
    token = start_session(user=user, actor=principal_of(user)).token

    async def call() -> bytes:
        answer = await AsyncClient().get(path, headers={"Authorization": f"Bearer {token}", **headers})
        assert answer.status_code == 200 and answer["Content-Type"] == "text/event-stream"
        return b"".join([part async for part in answer.streaming_content])  # type: ignore[attr-defined]

    events = []
    for block in async_to_sync(call)().decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")
        if "event" in fields:
            events.append({"id": int(fields["id"]), "type": fields["event"], "data": json.loads(fields["data"])})
    return events


def test_stream_has_everything_from_the_first_line(start: Start, member: User) -> None:
    build = finished(start)
    events = read(member, f"{API}/{build.pk}/stream")
    assert events[0]["type"] == "snapshot" and events[0]["data"]["build"]["id"] == build.pk
    # What the snapshot knows ends with the last event, and each of its steps says since when.
    assert events[0]["data"]["cursor"] == events[-1]["id"]
    assert [step["name"] for step in events[0]["data"]["build"]["steps"] if step["started_at"]] == ["RUN make"]
    assert [event["id"] for event in events] == list(range(len(events)))
    texts = [event["data"]["text"] for event in events if event["type"] == "line"]
    assert texts == [f"line {number}" for number in range(2500)]
    assert {"name": "RUN make", "status": "failed", "seconds": None} in [
        e["data"] for e in events if e["type"] == "step"
    ]
    assert events[-1]["type"] == "done"
    assert events[-1]["data"] == {
        "status": "failed",
        "image": "registry.example.com/team/app:latest",
        "digest": "",
        "error": "It failed.",
    }


def test_stream_goes_on_where_it_was(start: Start, member: User) -> None:
    build = finished(start)
    everything = read(member, f"{API}/{build.pk}/stream")
    for position in (0, 1, 999, 1500, len(everything) - 2):
        rest = read(member, f"{API}/{build.pk}/stream", **{"Last-Event-ID": str(position)})
        assert rest == everything[position + 1 :], position
    # Whoever heard the end is not held on to: an EventSource comes back by itself.
    assert read(member, f"{API}/{build.pk}/stream", **{"Last-Event-ID": str(everything[-1]["id"])}) == []
    unknown = read(member, f"{API}/{build.pk}/stream", **{"Last-Event-ID": "99999999"})
    assert unknown[0]["type"] == "snapshot" and len(unknown) == len(everything)


def test_log_as_a_file(start: Start, member: User, client: Any) -> None:
    build = finished(start, lines=3)
    token = start_session(user=member, actor=principal_of(member)).token

    async def call() -> tuple[Any, bytes]:
        answer = await AsyncClient().get(
            f"{API}/{build.pk}/logs?download=1", headers={"Authorization": f"Bearer {token}"}
        )
        return answer, b"".join([part async for part in answer.streaming_content])  # type: ignore[attr-defined]

    answer, content = async_to_sync(call)()
    assert content == b"line 0\nline 1\nline 2\n"
    assert answer["Content-Type"].startswith("text/plain") and build.pk in answer["Content-Disposition"]


@pytest.mark.parametrize("path", ["stream", "logs"])
def test_stream_of_somebody_else_is_a_404(start: Start, other_member: User, path: str) -> None:
    build = start()
    token = start_session(user=other_member, actor=principal_of(other_member)).token

    async def call() -> Any:
        return await AsyncClient().get(f"{API}/{build['id']}/{path}", headers={"Authorization": f"Bearer {token}"})

    answer = async_to_sync(call)()
    assert answer.status_code == 404 and answer.json()["code"] == "build_not_found"
