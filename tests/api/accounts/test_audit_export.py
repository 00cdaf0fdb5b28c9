"""The audit record: narrowed in time, as a file, never changed, and forgotten after its time."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import principal_of
from audit.models import AuditEntry
from audit.services import prune, record
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

URL = "/v1/api/audit"


def thing(user: User, number: int, name: str = "", at: datetime | None = None) -> AuditEntry:
    with time_machine.travel(at or timezone.now(), tick=False):
        return record(
            action="thing.made", object_type="thing", object_id=str(number), object_name=name, actor=principal_of(user)
        )


def text_of(answer: Any) -> str:
    async def collect() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(collect)().decode()


def export(client: JsonClient, query: str = "") -> Any:
    answer = client.get(f"{URL}/export?object_type=thing&{query}")
    assert answer.status_code == 200, answer.content
    return answer


def test_as_csv(member: User, other_member: User, django_assert_num_queries: Any) -> None:
    thing(member, 1, 'a "quoted", name')
    thing(member, 2, "=HYPERLINK(1)")
    thing(other_member, 3)
    client = make_client(member)
    with django_assert_num_queries(5):
        answer = export(client)
        rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-20')
    assert [row["object_name"] for row in rows] == ["'=HYPERLINK(1)", 'a "quoted", name']
    assert rows[0]["actor_name"] == "member@example.com"
    exported = AuditEntry.objects.get(action="audit.exported")
    assert exported.detail == {"format": "csv", "entries": 2}


def test_as_json_lines_over_many_pages(admin: User, member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.selectors._PAGE", 2)
    for number in range(5):
        thing(member, number)
    text = text_of(export(make_client(admin), "format=jsonl"))
    entries = [json.loads(line) for line in text.splitlines()]
    assert [entry["object"]["id"] for entry in entries] == ["4", "3", "2", "1", "0"]
    assert entries[0] == make_client(admin).get(f"{URL}/{entries[0]['id']}").json()


def test_too_much_is_refused_rather_than_cut(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.selectors.MOST_EXPORTED", 1)
    thing(member, 1)
    thing(member, 2)
    answer = make_client(member).get(f"{URL}/export?object_type=thing")
    assert (answer.status_code, answer.json()["code"]) == (400, "export_too_large")
    assert "2 entries" in answer.json()["error"]
    assert AuditEntry.objects.filter(action="audit.exported").count() == 0
    assert make_client(member).get(f"{URL}/export?format=xlsx").status_code == 400
    assert JsonClient().get(f"{URL}/export").status_code == 401


def test_narrowed_in_time(member: User) -> None:
    for day in (1, 2, 3):
        thing(member, day, at=datetime(2026, 3, day, 12, tzinfo=UTC))
    client = make_client(member)

    def found(query: str) -> list[str]:
        body = client.get(f"{URL}?object_type=thing&{query}").json()
        return [entry["object"]["id"] for entry in body["events"]]

    assert found("since=2026-03-02") == ["3", "2"]
    assert found("until=2026-03-02") == ["1"]
    assert found("since=2026-03-02T11:59:00Z&until=2026-03-02T12:00:01Z") == ["2"]
    assert found("since=2026-03-02T14:00:01%2B02:00") == ["3"]
    assert found("since=2026-03-02T14:00:01+02:00") == ["3"]
    for bad in (
        "since=yesterday",
        "until=2026-13-01",
        "since=2026-02-30T10:00:00Z",
        "until=0001-01-01T00:00:00%2B05:00",
    ):
        answer = client.get(f"{URL}?{bad}")
        assert answer.status_code == 400, bad
        assert set(answer.json()["fields"]) == {bad.partition("=")[0]}


def test_one_entry(member: User, other_member: User, admin: User) -> None:
    entry = thing(member, 1)
    assert make_client(member).get(f"{URL}/{entry.pk}").json()["object"]["id"] == "1"
    assert make_client(admin).get(f"{URL}/{entry.pk}").status_code == 200
    assert make_client(other_member).get(f"{URL}/{entry.pk}").status_code == 404
    assert make_client(member).get(f"{URL}/nonsense").status_code == 404


def test_nothing_changes_an_entry(member: User) -> None:
    entry = thing(member, 1)
    entry.action = "thing.forged"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(pk=entry.pk).update(action="thing.forged")
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    # Nor does whoever speaks to the database past all of that.
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET action = 'thing.forged' WHERE id = %s", [entry.pk])
    assert AuditEntry.objects.get(pk=entry.pk).action == "thing.made"


def test_retention(member: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.services._BATCH", 2)
    for number in range(5):
        thing(member, number, at=timezone.now() - timedelta(days=31))
    thing(member, 5, at=timezone.now() - timedelta(days=29))
    settings.AUDIT_RETENTION_DAYS = 0
    assert prune() == 0
    settings.AUDIT_RETENTION_DAYS = 30
    assert prune() == 5
    assert prune() == 0
    assert list(AuditEntry.objects.filter(object_type="thing").values_list("object_id", flat=True)) == ["5"]
    said = AuditEntry.objects.get(action="audit.pruned")
    assert said.detail["entries"] == 5


def test_retention_is_a_chore() -> None:
    from core import chores

    assert any(chore.name == "prune_audit" and chore.do is prune for chore in chores.registered())
