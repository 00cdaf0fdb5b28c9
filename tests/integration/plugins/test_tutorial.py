"""The tutorial of docs/PLUGINS.md by its word: from an empty folder to a running object; and the example at work."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.health import assess
from clusters.services.custom_kinds import forget_custom_kinds
from core.work.runner import run_next
from imports import execution
from plugins.loading import installed
from plugins.sdk.health import HealthStatus
from plugins.sdk.yaml import load
from tests.integration.builds.git_server import serving
from tests.integration.plugins.conftest import API, Person
from tests.integration.plugins.test_shipped_kinds import DEFINITIONS

PAGE = Path(__file__).parents[3] / "docs" / "PLUGINS.md"
TIDES = PAGE.parent / "examples" / "tides"
FILE = re.compile(r"```(?:yaml|json) (\S+)\n(.*?)```", re.S)


@pytest.fixture
def tutorial(tmp_path: Path) -> Iterator[Path]:
    """The files of the page, where it says."""
    for name, text in FILE.findall(PAGE.read_text()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    installed.configure([tmp_path / "plugins"])
    yield tmp_path
    installed.configure([])


def test_it_is_taken_by_its_word(person: Person, tutorial: Path) -> None:
    seen = person.get(f"/plugins/moorings?cluster={person.cluster.name}")
    (need,) = seen["requirements"]
    assert (seen["broken"], seen["enabled"], need["is_met"]) == (False, True, False)
    assert need["message"].endswith("install it with `kubectl apply -f cluster.yaml`.")
    drawing: dict[str, Any] = json.loads((tutorial / "workflow.json").read_text())
    nodes, edges = drawing["nodes"], drawing["edges"]
    assert (drawing["name"], drawing["namespace"]) == ("Harbour", "harbour")
    workflow = person.draw(nodes, edges)
    assert {(severity, code) for _, severity, code in person.problems(workflow)} == {("error", "not_served")}

    person.group = "harbour.example.com"
    person.raw("POST", DEFINITIONS, load((tutorial / "cluster.yaml").read_text()))
    person.eventually(lambda: "Mooring" in person.served())
    forget_custom_kinds(person.cluster.pk)
    met = person.get(f"/plugins/moorings?cluster={person.cluster.name}")["requirements"][0]["is_met"]
    assert met is True
    assert "depth" in person.offered("mooring")["moorings.mooring"]["schema"]["properties"]["spec"]["properties"]
    assert person.problems(workflow) == set()
    run = person.run(workflow)
    pier = person.live("Mooring", "pier")
    assert pier is not None, run["message"]
    assert pier["spec"] == json.loads((tutorial / "spec.json").read_text())
    ship = person.live("Deployment", "ship", "apps")
    assert ship is not None
    assert ship["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": "PIER_ADDRESS", "value": f"pier.{person.namespace}"}
    ]
    assert assess(pier).status is HealthStatus.PROGRESSING
    pier["status"] = {"conditions": [{"type": "Free", "status": "True"}]}
    person.raw("PUT", f"/apis/harbour.example.com/v1/namespaces/{person.namespace}/moorings/pier/status", pier)
    freed = person.live("Mooring", "pier")
    assert freed is not None
    assert assess(freed).status is HealthStatus.HEALTHY

    del nodes[0]["data"]["spec"]["depth"]
    person.post(f"/workflows/{workflow}/save", {"nodes": nodes, "edges": edges})
    assert ("spec.depth", "error", "bad_value") in person.problems(workflow)
    (tutorial / "plugins" / "moorings" / "plugin.yaml").unlink()
    installed.reload()
    assert person.client.get(f"{API}/plugins/moorings").status_code == 404
    assert person.get("/plugins/cert-manager")["broken"] is False
    assert person.live("Mooring", "pier") is not None


@pytest.fixture
def tides() -> Iterator[None]:
    installed.configure([TIDES])
    yield
    installed.configure([])


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_its_hint_stands_in_an_import(person: Person, tides: None) -> None:
    compose = "services: {almanac: {image: 'tides/almanac:3'}, web: {image: 'nginx:1.27'}}"
    report = person.post("/import/analyze", {"source": {"content": compose, "filename": "compose.yaml"}})
    assert json.dumps(report).count("On a cluster a tide table does what this service does") == 1


@pytest.mark.parametrize("person", ["practice"], indirect=True)
@pytest.mark.enable_socket
def test_its_detector_makes_a_repository_one_that_can_be_built(
    person: Person, tides: None, tmp_path: Path, settings: Any
) -> None:
    settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "git").mkdir()
    with serving(tmp_path / "git") as server:
        server.make("almanac", {"tidal.toml": "moon = 'full'\n"})
        begun = person.post("/import/analyze", {"source": {"git_url": f"{server.url}/almanac.git"}})
        assert run_next([execution.WORK_KIND])
    session = person.get(f"/import/{begun['id']}")
    assert (session["status"], session["error"]) == ("ready", "")
    assert [each["type"] for each in session["analysis"]["graph"]["nodes"]].count("build") == 1
    text = json.dumps(session["analysis"])
    assert "Tidal, because it has tidal.toml (by the plugin Tides). It listens on 8080." in text
