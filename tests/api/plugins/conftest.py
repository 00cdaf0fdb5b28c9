"""Plugins of one's own in a folder, beside the shipped ones, and a cluster to look for what they need."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugins.loading import installed
from tests.api.clusters.conftest import _no_gateways_of_other_tests, add, client, practice, stranger

__all__ = ["_no_gateways_of_other_tests", "add", "client", "practice", "stranger"]

WIDGETS = """
api_version: "1.0"
id: widgets
display_name: Widgets
description: Things to wind up.
category: toys
version: "1.2"
requires: [{name: Widget operator, group: toys.example.com, kinds: [Widget], install: make install}]
node_types:
  - name: widget
    display_name: Widget
    description: A thing to wind up.
    group: toys.example.com
    versions: [v1]
    kind: Widget
    source: https://toys.example.com/widget
    schema: {type: object, required: [size], properties: {size: {type: integer, minimum: 1}}}
    defaults: {spec: {size: 3}}
stacks:
  - id: two-widgets
    title: Two widgets
    description: One is not enough.
    category: Toys
    nodes:
      - {id: one, type: widgets.widget, data: {name: one, spec: {size: 1}}}
      - {id: two, type: widgets.widget, data: {name: two, spec: {size: 2}}}
    edges: [{id: order, source: two, target: one}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """What the installation names as its folder of plugins; empty until a test puts something there."""
    installed.configure([tmp_path])
    yield tmp_path
    installed.configure([])


@pytest.fixture
def put(folder: Path) -> Callable[[str, str], None]:
    """Lay a plugin there, as an administrator would."""

    def write(name: str, manifest: str) -> None:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "plugin.yaml").write_text(manifest)
        installed.reload()

    return write


@pytest.fixture
def widgets(put: Callable[[str, str], None]) -> None:
    put("widgets", WIDGETS)
