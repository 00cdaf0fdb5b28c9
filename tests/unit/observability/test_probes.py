"""Probes and metrics: they name what is missing, and never fail because of one part."""

import pytest
from django.db import OperationalError
from django.test import AsyncRequestFactory

from core import gauges
from core.api.permissions import Access
from observability import metrics, probes, views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch, settings):
    monkeypatch.setattr(probes, "_is_migrated", False)
    settings.REDIS_URL = ""


async def answer(view, method="GET"):
    return await view(AsyncRequestFactory().generic(method, "/"))


async def test_alive_without_asking_anybody(monkeypatch):
    monkeypatch.setattr(probes, "check_database", None)
    response = await answer(views.healthz)
    assert (response.status_code, response.content) == (200, b'{"status": "ok"}')


def test_ready():
    assert probes.not_ready() == {}


def test_what_is_not_ready_is_named(monkeypatch, settings):
    def broken():
        raise OperationalError("could not connect to 10.0.0.1 with password x")

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(probes, "check_database", broken)
    assert probes.not_ready() == {"database": "not reachable", "redis": "not reachable"}


def test_missing_migrations_are_counted_until_they_are_there(monkeypatch):
    answers = ["2 migrations are not applied", None]
    monkeypatch.setattr(probes, "check_migrations", lambda: answers.pop(0))
    assert probes.not_ready() == {"migrations": "2 migrations are not applied"}
    assert probes.not_ready() == {}
    assert probes.not_ready() == {}  # Not asked again.


async def test_not_ready_is_a_503(monkeypatch):
    monkeypatch.setattr(probes, "not_ready", lambda: {"redis": "not reachable"})
    response = await answer(views.readyz)
    assert response.status_code == 503
    assert b'"redis": "not reachable"' in response.content


def test_metrics_have_requests_and_what_apps_offer(monkeypatch):
    monkeypatch.setattr(gauges, "_gauges", dict(gauges._gauges))

    def broken():
        raise RuntimeError

    gauges.register("sailcloth_test_things_total", "Things.", lambda: {("a",): 3.0}, ("kind",))
    gauges.register("sailcloth_test_broken_total", "Broken.", broken)
    metrics.count_request("GET", "/v1/api/things/:id", 200, 0.02)
    text = metrics.render().decode()
    assert 'sailcloth_http_requests_total{method="GET",route="/v1/api/things/:id",status="200"}' in text
    assert 'sailcloth_test_things_total{kind="a"} 3.0' in text
    assert "sailcloth_core_work_lag_seconds 0.0" in text
    assert "sailcloth_realtime_outbox_lag_events 0.0" in text
    assert "sailcloth_realtime_stream_clients" in text
    assert "broken" not in text


async def test_only_reading():
    for view in (views.healthz, views.readyz, views.metrics_page):
        assert view.access is Access.PUBLIC
        assert (await answer(view, "POST")).status_code == 405
