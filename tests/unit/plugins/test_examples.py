"""The examples of docs/PLUGINS.md are what they say, and go together with everything that comes along."""

from pathlib import Path

import pytest

from builds.detect import detect_files
from plugins.loading import installed
from plugins.loading.finding import Origin, find_plugins
from plugins.loading.installed import Installed
from plugins.sdk.plugin import EXTENSION_POINTS
from plugins.sdk.secrets import Placeholders
from tests.unit.imports.compose.harness import one, rows
from workflows.compile import CompileOptions, compile_graph
from workflows.graph.parse import parse_graph

DOCS = Path(__file__).parents[3] / "docs"
TIDES = DOCS / "examples" / "tides"


def test_the_folder_brings_what_the_page_tells() -> None:
    state = Installed(find_plugins([TIDES]))
    assert [each.error for each in state.found.values() if each.error] == []
    plugin = state.plugins["tides"]
    assert [each.name for each in plugin.node_types] == ["tides.table"]
    nodes = [
        {"id": "t", "type": "tides.table", "data": {"name": "north", "spec": {"harbour": "Husum"}}},
        {"id": "w", "type": "deployment", "data": {"name": "web", "image": "nginx", "ports": [{"port": 80}]}},
        {"id": "s", "type": "service", "data": {"name": "web"}},
    ]
    edges = [
        {"id": "a", "source": "t", "target": "w", "data": {"prefix": "TIDES"}},
        {"id": "b", "source": "t", "target": "s", "data": {"path": "/tides"}},
        {"id": "c", "source": "s", "target": "w"},
    ]
    graph, problems = parse_graph(nodes, edges)
    assert problems == []
    result = compile_graph(
        graph,
        types=state.types,
        capabilities=None,
        options=CompileOptions(namespace="sea", instance="x", digest_key=b"k"),
        secrets=Placeholders(),
    )
    bodies = {(item.body["kind"], item.body["metadata"]["name"]): item.body for item in result.bundle.objects}
    assert bodies["TideTable", "north"]["apiVersion"] == "tides.example.com/v1"
    assert bodies["TideTable", "north"]["spec"] == {
        "harbour": "Husum",
        "shownBy": [{"service": "web", "port": 80, "path": "/tides"}],
    }
    container = bodies["Deployment", "web"]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [
        {"name": "TIDES_URL", "value": "http://north.sea.svc"},
        {"name": "TIDES_TOKEN", "valueFrom": {"secretKeyRef": {"name": "north", "key": "token"}}},
    ]


def test_its_detector_recognises_sources() -> None:
    installed.configure([TIDES])
    try:
        found = detect_files({"tidal.toml": b""})
        assert found is not None
        assert (found.kind, found.language, found.port) == ("tides", "Tidal", 8080)
        assert found.reason == "it has tidal.toml (by the plugin Tides)."
        known = detect_files({"tidal.toml": b"", "go.mod": b""})
        assert known is not None
        assert known.kind == "go", "ours first"
        assert detect_files({"other.toml": b""}) is None
    finally:
        installed.configure([])


@pytest.mark.parametrize(
    ("image", "is_hinted"),
    [
        (f"registry.example.com:5000/tides/almanac:3@sha256:{'0' * 64}", True),
        ("tides/almanac", True),
        ("lowtides/almanac", False),
    ],
    ids=["whole", "short", "other"],
)
def test_its_hint_stands_in_the_report_of_an_import(image: str, is_hinted: bool) -> None:
    installed.configure([TIDES])
    try:
        conversion = one(f"services: {{a: {{image: '{image}'}}}}")
        assert ("replace it by one" in rows(conversion)["services.a.image"].message) is is_hinted
    finally:
        installed.configure([])


CONFIG = ("meaning: tides-for", "meaning: config\n    like: config")
NO_ROLE = ("roles: [secret-source]", "roles: []")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([NO_ROLE], ""),
        ([CONFIG], ""),
        ([("meaning: tides-for", "meaning: config")], "needs the data of those"),
        ([CONFIG, NO_ROLE], "neither a config map nor a secret"),
        ([("roles: [secret-source]", "roles: [workload]")], "can only have the role secret-source"),
        ([("meaning: tides-for", "meaning: after")], "waiting is there for every kind already"),
        ([("at: spec.shownBy", "at: kind")], "which cannot be"),
        ([("targets: [service]", "targets: [deployment]")], "is both tides-for and tides-behind"),
    ],
    ids=["no-role", "config", "other-data", "no-source", "workload", "after", "kind", "two-meanings"],
)
def test_what_would_trip_the_product_up_is_refused(tmp_path: Path, changes: list[tuple[str, str]], word: str) -> None:
    """Edges and roles that our own node types act on."""
    text = (TIDES / "plugin.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "plugin.yaml").write_text(text)
    (tmp_path / "table.yaml").write_text((TIDES / "table.yaml").read_text())
    found = next(each for each in find_plugins([tmp_path]) if each.origin is Origin.FOLDER)
    assert word in found.error
    assert bool(word) == bool(found.error)


def test_every_extension_point_is_on_the_page() -> None:
    page = (DOCS / "PLUGINS.md").read_text()
    assert [point for point in EXTENSION_POINTS if f"`{point}`" not in page] == []
