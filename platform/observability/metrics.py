"""Counting what happens, in a registry of our own: only what we name is published."""

import logging
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from core import gauges

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

registry = CollectorRegistry()
ProcessCollector(registry=registry)

_requests = Counter("sailcloth_http_requests", "Answered requests.", ("method", "route", "status"), registry=registry)
_seconds = Histogram(
    "sailcloth_http_request_seconds",
    "Time until the answer began.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=registry,
)


class _Offered(Collector):
    """What apps offer through `core.gauges`. One that fails is left out; the others are still published."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for gauge in gauges.all_gauges():
            family = GaugeMetricFamily(gauge.name, gauge.description, labels=gauge.labels)
            try:
                for labels, value in gauge.read().items():
                    family.add_metric(list(labels), value)
            except Exception:
                logger.exception("gauge_failed", extra={"gauge": gauge.name})
                continue
            yield family

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # Else registering would read them, before there is a database.


registry.register(_Offered())


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """`route` is a pattern, so that there are as many metrics as there are routes."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(method, route).observe(seconds)


def render() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(registry)
