"""Numbers that apps offer for /metrics. Observability shows them without knowing the apps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# What it read, by the values of the labels.
Reading = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """`read` is called for each scrape, from a thread; it should cost one query."""

    name: str
    description: str
    labels: tuple[str, ...]
    read: Callable[[], Reading]


_gauges: dict[str, Gauge] = {}


def register(name: str, description: str, read: Callable[[], Reading], labels: tuple[str, ...] = ()) -> None:
    """Offer a number under the name `sailcloth_<app>_<noun>_<unit>`; an app does so in `ready()`."""
    _gauges[name] = Gauge(name, description, labels, read)


def all_gauges() -> list[Gauge]:
    """Every number on offer, by name."""
    return [_gauges[name] for name in sorted(_gauges)]
