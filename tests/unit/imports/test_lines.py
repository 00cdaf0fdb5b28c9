"""Where the keys of a report stand."""

import pytest

from imports.lines import Lines

MAIN = b"""\
x-base: &base
  restart: always
services:
  web:
    <<: *base
    image: nginx
    ports:
      - "80:80"
      - target: 443
        published: 8443
    labels:
      a.b.c: d
    environment:
      - MODE=fast
      - EMPTY
"""
OVER = b"""\
services:
  web:
    image: nginx:2
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("services", ("over.yaml", 1)),
        ("services.web.ports.0", ("compose.yaml", 8)),
        ("services.web.ports.1.published", ("compose.yaml", 10)),
        ("services.web.labels.a.b.c", ("compose.yaml", 12)),
        ("services.web.environment.MODE", ("compose.yaml", 14)),
        ("services.web.environment.EMPTY", ("compose.yaml", 15)),
        ("services.web.restart", ("compose.yaml", 2)),
        ("services.web.absent.deep", ("over.yaml", 2)),
        ("services.web.image", ("over.yaml", 3)),
    ],
    ids=["top", "item", "in an item", "dots", "pair", "name", "merged", "as far as it goes", "overridden"],
)
def test_places(path: str, place: tuple[str, int]) -> None:
    lines = Lines({"compose.yaml": MAIN, "over.yaml": OVER, "other": b""}, ["compose.yaml", "over.yaml"])
    assert lines.find(path) == place


def test_what_is_written_nowhere() -> None:
    assert Lines({"a": MAIN}, ["a"]).find("networks.default") is None
    assert Lines({"a": b"\xff: ["}, ["a"]).find("services") is None
