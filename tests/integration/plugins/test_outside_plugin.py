"""A package of somebody else, installed by pip while the product runs, and packages that are broken."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugins.loading import deadline, finding, installed
from tests.integration.plugins.conftest import API, Person
from tests.integration.runs.support import node

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "lighthouse"
BROKEN = {
    "raises": "1 / 0\n",
    "leaves": "raise SystemExit(3)\n",
    "missing": "import no_such_module\n",
    "nothing": "PLUGIN = 7\n",
    "later": (
        "from plugins.sdk.plugin import Plugin\n"
        "PLUGIN = Plugin(name='later', display_name='L', description='', category='c', api_version='2.0')\n"
    ),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where Python finds packages, beside the product's own: as in a running setup, it is looked at again and again."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(installed, "LOOK_SECONDS", 0.0)
    installed.reload()
    yield place
    for name in [name for name in sys.modules if name.startswith("sailcloth_")]:
        del sys.modules[name]
    monkeypatch.undo()
    installed.reload()


@pytest.fixture
def pip(site: Path, tmp_path: Path) -> Callable[[Path], None]:
    def install(source: Path) -> None:
        copy = tmp_path / "source" / source.name  # The build writes beside what it builds.
        shutil.copytree(source, copy)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
        command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(site), str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    return install


def test_its_node_type_deploys(person: Person, pip: Callable[[Path], None]) -> None:
    assert person.client.get("/v1/api/plugins/lighthouse").status_code == 404
    pip(EXAMPLE)
    seen = person.get("/plugins/lighthouse")
    assert (seen["origin"], seen["version"], seen["enabled"], seen["broken"]) == ("package", "1.0.0", True, False)
    assert [each["type"] for each in seen["node_types"]] == ["lighthouse.beacon"]
    offered = person.get("/templates?search=lighthouse&limit=100")["templates"]
    assert {row["id"] for row in offered} == {"lighthouse.beacon", "lighthouse-harbour"}
    (horn,) = person.get("/notifications/webhooks/targets?search=horn")["targets"]
    assert (horn["id"], [each["name"] for each in horn["secrets"]]) == ("lighthouse.horn", ["key"])

    ship = {"command": ["sh", "-c", "sleep 86400"], "image": "busybox:1", "termination_grace_seconds": 0}
    nodes = [node("light", "lighthouse.beacon", message="Land!"), node("ship", "deployment", **ship)]
    workflow = person.draw(nodes, [{"id": "guides", "source": "light", "target": "ship"}])
    run = person.run(workflow)
    assert (run["status"], run["message"]) == ("succeeded", "Everything is running.")
    page = person.live("ConfigMap", "light", "")
    assert page is not None
    assert page["data"] == {"index.html": "Land!\n"}
    beacon = person.live("Deployment", "light", "apps")
    assert beacon is not None
    assert beacon["status"]["readyReplicas"] == 1
    assert beacon["metadata"]["labels"]["sailcloth.io/node"] == "light"
    pods = person.live("Deployment", "ship", "apps")
    assert pods is not None
    variables = pods["spec"]["template"]["spec"]["containers"][0]["env"]
    assert variables == [{"name": "LIGHT_URL", "value": f"http://light.{person.namespace}.svc:8080"}]

    person.post("/plugins/lighthouse/disable")
    assert person.offered("lighthouse") == {}
    again = person.run(workflow)
    assert {each["action"] for each in again["plan"]["objects"]} == {"unchanged"}, "what was drawn still runs"


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_its_check_finds_and_its_fix_repairs(person: Person, pip: Callable[[Path], None]) -> None:
    pip(EXAMPLE)
    workflow = person.draw([node("light", "lighthouse.beacon")])
    found = person.get(f"/workflows/{workflow}/nodes/light/diagnostics")
    checks = {each["check"]: each for each in found["checks"]}
    assert checks["lighthouse.dark"]["message"] == 'Lighthouse "light" says nothing.'
    assert checks["lighthouse.dark"]["fix_type"] == "lighthouse.light"
    fix = {"fix_type": "lighthouse.light", "values": {"message": "Land!"}}
    person.post(f"/workflows/{workflow}/nodes/light/fix", fix)
    assert person.get(f"/workflows/{workflow}")["nodes"][0]["data"]["message"] == "Land!"
    found = person.get(f"/workflows/{workflow}/nodes/light/diagnostics")
    assert {each["check"]: each["status"] for each in found["checks"]}["lighthouse.dark"] == "pass"


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_broken_packages_are_shown_and_harm_nothing(person: Person, site: Path) -> None:
    for name, text in BROKEN.items():
        (site / f"sailcloth_{name}.py").write_text(text)
        publish(site, name)
    installed.reload()
    rows = {row["id"]: row for row in person.get("/plugins?category=broken&limit=100")["plugins"]}
    assert {name: row["problem"] for name, row in rows.items()} == {
        "raises": "It cannot be imported: ZeroDivisionError: division by zero.",
        "leaves": "It cannot be imported: SystemExit: 3.",
        "missing": "It cannot be imported: ModuleNotFoundError: No module named 'no_such_module'.",
        "nothing": "sailcloth_nothing:PLUGIN is not a plugin; it must be a plugins.sdk.plugin.Plugin.",
        "later": "It is written for api_version 2.0, and this product has 1.1; use another release.",
    }
    assert person.get("/plugins/cert-manager")["broken"] is False
    assert person.get("/templates?limit=1")["total"] > 20


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_one_that_never_finishes_its_import(person: Person, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "IMPORT_SECONDS", 0.2)
    (site / "sailcloth_sleeps.py").write_text("import threading\nthreading.Event().wait()\n")
    publish(site, "sleeps")
    for _ in range(2):
        installed.reload()
        seen = person.get("/plugins/sleeps")
        assert (seen["broken"], "still being imported" in seen["problem"]) == (True, True)
    assert len([each for each in threading.enumerate() if each.name == "import sleeps"]) == 1, "tried once"
    assert person.get("/plugins/cert-manager")["broken"] is False


def publish(site: Path, name: str) -> None:
    """What pip would write of a package, so that its entry point is found."""
    about = site / f"sailcloth_{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: sailcloth-{name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[sailcloth.plugins]\n{name} = sailcloth_{name}:PLUGIN\n")


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_one_that_fails_while_it_compiles(person: Person, site: Path) -> None:
    (site / "sailcloth_fails.py").write_text(FAILS)
    publish(site, "fails")
    installed.reload()
    assert person.get("/plugins/fails")["problem"] == ""
    workflow = person.draw([node("bad", "fails.thing"), node("good", "configmap", data={"a": "b"})])
    found = person.post(f"/workflows/{workflow}/validate")["problems"]
    told = [(each["node_id"], each["code"]) for each in found]
    assert told == [("bad", "plugin_failed")]
    assert "Please" not in found[0]["message"], "what an exception says may be anything"
    assert person.get("/plugins/fails")["problem"] == "It failed in compiling fails.thing: RuntimeError."
    refused = person.client.post(f"/v1/api/workflows/{workflow}/run", {"cluster": "practice"})
    assert refused.status_code == 400
    answer = person.client.get(f"/v1/api/workflows/{workflow}/manifests?format=yaml")
    assert "kind: ConfigMap" in answer.content.decode()


@pytest.mark.parametrize("person", ["practice"], indirect=True)
def test_each_of_its_hooks_may_fail(person: Person, site: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The page, the check of a node, the check of its health, and its fix: one after the other."""
    (site / "sailcloth_trips.py").write_text(TRIPS)
    publish(site, "trips")
    installed.reload()
    workflow = person.draw([node("bad", "trips.thing"), node("good", "configmap", data={"a": "b"})])
    found = person.post(f"/workflows/{workflow}/validate")["problems"]
    assert [(each["node_id"], each["code"]) for each in found] == [("bad", "plugin_failed")]
    assert person.get("/plugins/trips")["problem"] == "It failed in checking trips.thing: SystemExit."
    for name in ("bad", "good"):
        checks = person.get(f"/workflows/{workflow}/nodes/{name}/diagnostics")["checks"]
        assert checks, "the other checks are there"
    told = {(record.where, record.error) for record in caplog.records if record.message == "plugin_failed"}  # type: ignore[attr-defined]
    assert ("the check trips.check", "KeyError") in told
    assert "Please" not in caplog.text
    fix = {"fix_type": "trips.fix", "values": {}}
    answer = person.client.post(f"{API}/workflows/{workflow}/nodes/bad/fix", fix)
    assert answer.status_code in (400, 409), answer.content
    assert "The plugin trips failed on it" in answer.json()["error"]
    assert person.get("/plugins/trips")["problem"] == "It failed in the fix trips.fix: SystemExit."
    assert person.get("/plugins/cert-manager")["broken"] is False


@pytest.mark.parametrize("person", ["practice"], indirect=True)
@pytest.mark.parametrize("hook", ["compile", "check", "run", "change", "asks", "waits", "swallows", "endless"])
def test_one_that_never_comes_back(person: Person, site: Path, monkeypatch: pytest.MonkeyPatch, hook: str) -> None:
    """Whichever of its hooks: the request is answered, the plugin is called no more, and all others work."""
    monkeypatch.setattr(deadline, "HOOK_SECONDS", 0.3)
    (site / "sailcloth_hangs.py").write_text(HANGS.replace("HOOK", repr(hook)))
    publish(site, "hangs")
    installed.reload()
    workflow = person.draw([node("bad", "hangs.thing"), node("good", "configmap", data={"a": "b"})])
    assert person.get(f"/workflows/{workflow}/nodes/bad/diagnostics")["checks"], "answered"
    fix = {"fix_type": "hangs.fix", "values": {}}
    assert person.client.post(f"{API}/workflows/{workflow}/nodes/bad/fix", fix).status_code < 500
    manifests = person.client.get(f"{API}/workflows/{workflow}/manifests?format=yaml").content.decode()
    assert "name: good" in manifests
    seen = person.get("/plugins/hangs")
    words = {
        "compile": "compiling hangs.thing",
        "check": "checking hangs.thing",
        "run": "the check hangs.check",
        "change": "the fix hangs.fix",
        "asks": "the fix hangs.fix",
    }.get(hook, "compiling hangs.thing")
    if hook == "endless":
        assert seen["problem"] == f"It failed in {words}: it gives more than it may."
        return
    assert (seen["broken"], seen["is_stopped"], seen["enabled"]) == (True, True, True)
    assert seen["problem"] == (
        f"Its {words} took longer than 0.3 s and was stopped; "
        "it is not called again until it is changed or turned on anew."
    )
    module = sys.modules["sailcloth_hangs"]
    calls = len(module.CALLS)
    found = person.post(f"/workflows/{workflow}/validate")["problems"]
    assert [(each["node_id"], each["code"]) for each in found] == [("bad", "plugin_failed")] * len(found)
    assert len(module.CALLS) == calls, "called no more"
    assert person.get("/plugins/cert-manager")["broken"] is False

    module.HANGING = ""
    again = person.post("/plugins/hangs/enable")
    assert (again["broken"], again["is_stopped"], again["problem"]) == (False, False, "")
    assert person.post(f"/workflows/{workflow}/validate")["problems"] == []
    assert "name: bad" in person.client.get(f"{API}/workflows/{workflow}/manifests?format=yaml").content.decode()
    assert len(module.CALLS) > calls


HANGS = """
import threading

from plugins.core.base import Referable
from plugins.sdk.diagnosis import Check, Finding, Fix
from plugins.sdk.nodetype import NodeType
from plugins.sdk.plugin import Plugin

HANGING = HOOK
CALLS = []


class Thing(Referable):
    pass


def hang(name):
    CALLS.append(name)
    while HANGING == name:
        pass
    if HANGING == "waits":
        threading.Event().wait()
    while HANGING == "swallows":
        try:
            sum(range(100))
        except BaseException:
            pass


def compile(node, context):
    hang("compile")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": node.name}}
    while HANGING == "endless":
        yield body
    yield body


def check(node, wiring):
    if HANGING not in ("waits", "swallows"):
        hang("check")
    return ()


def run(evidence):
    if HANGING not in ("waits", "swallows"):
        hang("run")
    yield Finding("hangs.cause", "It hangs.", fix_type="hangs.fix")


def change(graph, node_id, values, evidence):
    hang("change")


def asks(evidence, hints):
    hang("asks")
    return ()


TYPE = NodeType(
    name="hangs.thing", display_name="Thing", description="", icon="bug", category="c", data=Thing, compile=compile,
    kind="ConfigMap", api_versions=("v1",), check=check,
)
ONLY = frozenset({"hangs.thing"})
PLUGIN = Plugin(
    name="hangs", display_name="Hangs", description="", category="c", node_types=(TYPE,),
    checks=(Check("hangs.check", "It stands", run, ONLY, is_static=True),),
    fixes=(Fix("hangs.fix", "Stand up", "Helps it up.", change, asks, ONLY),),
)
"""

TRIPS = """
from plugins.core.base import Referable
from plugins.sdk.diagnosis import Check, Fix
from plugins.sdk.nodetype import NodeType
from plugins.sdk.plugin import Plugin


class Thing(Referable):
    pass


def compile(node, context):
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": node.name}}


def check(node, wiring):
    raise SystemExit(3)


def run(evidence):
    yield {}["Please"]


def change(graph, node_id, values, evidence):
    raise SystemExit(3)


TYPE = NodeType(
    name="trips.thing", display_name="Thing", description="", icon="bug", category="c", data=Thing, compile=compile,
    kind="ConfigMap", api_versions=("v1",), check=check,
)
ONLY = frozenset({"trips.thing"})
PLUGIN = Plugin(
    name="trips", display_name="Trips", description="", category="c", node_types=(TYPE,),
    checks=(Check("trips.check", "It stands", run, ONLY, is_static=True),),
    fixes=(Fix("trips.fix", "Stand up", "Helps it up.", change, lambda evidence, hints: (), ONLY),),
)
"""

FAILS = """
from plugins.core.base import Referable
from plugins.sdk.nodetype import NodeType
from plugins.sdk.plugin import Plugin


class Thing(Referable):
    pass


def fails(node, context):
    raise RuntimeError("Please do not show this")
    yield


TYPE = NodeType(
    name="fails.thing", display_name="Thing", description="", icon="bug", category="c", data=Thing, compile=fails,
    kind="ConfigMap", api_versions=("v1",),
)
PLUGIN = Plugin(name="fails", display_name="Fails", description="", category="c", node_types=(TYPE,))
"""
