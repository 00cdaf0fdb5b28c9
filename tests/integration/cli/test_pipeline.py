"""What a pipeline does: import, plan, run and wait, read logs, export; and how each way to fail ends."""

import json
import signal
import time
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.integration.cli.conftest import Sailcloth, call, make_token, start
from tests.integration.product.support import Product

COMPOSE = """\
services:
  web:
    image: nginx:${TAG:-1.27}
    ports: ["8080:80"]
    depends_on: [cache]
  cache:
    image: redis:7
"""
SECRET = "canary-of-the-compose-file"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: x")
    (folder / "compose.yaml").write_text(COMPOSE)
    (folder / ".env").write_text(f"TAG=1.28\nUNUSED={SECRET}\n")
    return folder


@pytest.fixture
def env(server: str, token: str) -> dict[str, str]:
    return {"SAILCLOTH_URL": server, "SAILCLOTH_TOKEN": token}


def single(tmp_path: Path, image: str) -> str:
    file = tmp_path / "compose.yaml"
    file.write_text(f"services:\n  web:\n    image: {image}\n")
    return str(file)


def test_from_files_to_a_running_workflow(sailcloth: Sailcloth, folder: Path, tmp_path: Path) -> None:
    made = sailcloth("import", str(folder), "--name", "Shop", "-n", "shop", "--json")
    assert made.code == 0, made.err
    workflow_id = made.json["workflow_id"]
    assert (made.json["name"], made.json["counts"]["refused"]) == ("Shop", 0)
    assert SECRET not in made.out + made.err

    listed = sailcloth("workflows", "list")
    assert ("Shop" in listed.out, workflow_id in listed.out) == (True, True)
    rows = sailcloth("workflows", "list", "--search", "shop", "--json").json["workflows"]
    assert [row["id"] for row in rows] == [workflow_id]

    planned = sailcloth("plan", "Shop", "--json")
    assert planned.code == 0, planned.err
    assert planned.json["plan"]["summary"]["create"] == 4
    assert "+ create Deployment shop/web" in sailcloth("plan", workflow_id).out

    ran = sailcloth("run", "Shop", "--wait", "--message", "commit abc", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["status"], ran.json["options"]["message"], ran.json["exit_code"]) == ("succeeded", "commit abc", 0)
    assert f"{ran.json['run_id']}: succeeded" in ran.err

    logs = sailcloth("logs", "Shop", "--tail", "5")
    assert logs.code == 0, logs.err
    pods = {line.split("-")[0] for line in logs.out.splitlines()}
    assert pods == {"web", "cache"}
    only = sailcloth("logs", "Shop", "--node", "web", "--tail", "1", "--json")
    lines = [json.loads(line) for line in only.out.splitlines()]
    assert len(lines) == 1 and (lines[0]["kind"], lines[0]["name"]) == ("Deployment", "web")

    exported = sailcloth("export", "Shop")
    objects = [each for each in yaml.safe_load_all(exported.out) if each]
    images = {
        each["spec"]["template"]["spec"]["containers"][0]["image"] for each in objects if each["kind"] == "Deployment"
    }
    assert images == {"nginx:1.28", "redis:7"}
    file = tmp_path / "shop.zip"
    assert sailcloth("export", "Shop", "--format", "kustomize", "-o", str(file)).code == 0
    assert any(name.endswith("kustomization.yaml") for name in zipfile.ZipFile(file).namelist())

    (folder / ".env").write_text("TAG=1.29\n")
    again = sailcloth("import", str(folder), "--into", "Shop")
    assert again.code == 0, again.err
    assert "Updated Shop" in again.out
    assert "nginx:1.29" in sailcloth("export", "Shop").out


def test_choices_are_offered_and_taken(sailcloth: Sailcloth, folder: Path) -> None:
    offered = sailcloth("import", str(folder), "--dry-run", "--json")
    assert offered.code == 0, offered.err
    choice = next(each for each in offered.json["choices"] if each["id"] == "service.web.exposure")
    assert "ingress" in {option["value"] for option in choice["options"]}
    assert "--choice service.web.exposure=" in sailcloth("import", str(folder), "--dry-run").out
    chosen = ("--choice", "service.web.exposure=ingress")
    made = sailcloth("import", str(folder), "--name", "Chosen", *chosen, "--json")
    assert made.code == 0, made.err
    assert "kind: Ingress" in sailcloth("export", "Chosen").out


def test_a_run_that_fails(sailcloth: Sailcloth, tmp_path: Path) -> None:
    sailcloth("import", single(tmp_path, "nginx:missing"), "--name", "Bad", "-n", "bad")
    ran = sailcloth("run", "Bad", "--wait", "--json")
    assert ran.code == 1
    assert (ran.json["status"], ran.json["exit_code"]) == ("failed", 1)
    assert ran.error["code"] == "run_failed" and ran.error["run_id"] == ran.json["id"]
    assert "cannot be pulled" in ran.err


def test_a_run_that_is_cancelled(sailcloth: Sailcloth, product: Product, tmp_path: Path, env: dict[str, str]) -> None:
    """The pod never becomes ready, so that there is time to cancel; whoever waits hears of it."""
    made = sailcloth("import", single(tmp_path, "nginx:1.27"), "--name", "Slow", "-n", "slow", "--json").json
    workflow = product.get(f"workflows/{made['workflow_id']}")
    for node in workflow["nodes"]:
        if node["type"] == "deployment":
            node["data"]["pod_annotations"] = {"sailcloth.practice/life": "unschedulable"}
    product.post(f"workflows/{made['workflow_id']}/save", {"nodes": workflow["nodes"], "edges": workflow["edges"]})
    waiting = start("run", "Slow", "--wait", "--json", home=tmp_path, **env)
    assert waiting.stderr is not None
    run_id = waiting.stderr.readline().split(" ")[0]
    product.post(f"runs/{run_id}/cancel", {})
    out, err = waiting.communicate(timeout=90)
    assert waiting.returncode == 5, err
    assert json.loads(out)["status"] == "cancelled"
    assert json.loads(err.strip().splitlines()[-1])["code"] == "run_cancelled"


def test_ctrl_c_lets_the_run_go_on(sailcloth: Sailcloth, product: Product, tmp_path: Path, env: dict[str, str]) -> None:
    made = sailcloth("import", single(tmp_path, "nginx:1.27"), "--name", "Left", "-n", "left", "--json").json
    waiting = start("run", "Left", "--wait", home=tmp_path, **env)
    assert waiting.stderr is not None
    run_id = waiting.stderr.readline().split(" ")[0]
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=30)
    assert waiting.returncode in (0, 130), err
    deadline = time.monotonic() + 60
    while (run := product.get(f"runs/{run_id}"))["status"] == "deploying":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert run["status"] == "succeeded", made


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("plan", "No such workflow"), 3, "no workflow called"),
        (("plan", "01a00000-0000-7000-8000-000000000000"), 3, "no such workflow"),
        (("plan", "Hello, Sailcloth", "--cluster", "nowhere"), 3, "no such cluster"),
        (("run", "Hello, Sailcloth", "--timeout", "0"), 2, "--timeout"),
        (("run",), 2, "WORKFLOW"),
        (("nonsense",), 2, "nonsense"),
        (("import", "/nowhere", "--name", "x"), 2, "/nowhere"),
        (("import", "/", "--name", "x", "--into", "y"), 2, "--into"),
        (("export", "Hello, Sailcloth", "--version", "99", "-o", "x"), 3, "version"),
        (("logs", "Hello, Sailcloth"), 3, "no pods"),
        (("login", "--url", "ftp://x"), 2, "https://"),
    ],
    ids=[
        "unknown-name", "unknown-id", "unknown-cluster", "timeout", "no-argument", "no-command", "no-file",
        "two-aims", "no-version", "never-ran", "bad-server",
    ],
)  # fmt: skip
def test_what_is_refused(sailcloth: Sailcloth, words: tuple[str, ...], code: int, says: str) -> None:
    text = sailcloth(*words)
    assert text.code == code, text.err
    assert says in text.err and len(text.err.strip().splitlines()) == 1
    machine = sailcloth(*words, "--json")
    assert machine.code == code and machine.out == ""
    assert says in machine.error["error"] and machine.error["code"]


def test_a_token_that_may_only_look(product: Product, sailcloth: Sailcloth) -> None:
    looking = make_token(product, "read")
    assert sailcloth("plan", "Hello, Sailcloth", SAILCLOTH_TOKEN=looking).code == 0
    refused = sailcloth("run", "Hello, Sailcloth", "--json", SAILCLOTH_TOKEN=looking)
    assert (refused.code, refused.error["code"]) == (3, "scope_missing")
    assert refused.error["details"] == {"missing": ["deploy"]}
    assert sailcloth("workflows", "list", SAILCLOTH_TOKEN="slc_wrong").code == 3


def test_nobody_answers(sailcloth: Sailcloth) -> None:
    away = sailcloth("workflows", "list", "--json", SAILCLOTH_URL="http://127.0.0.1:9")
    assert (away.code, away.error["code"]) == (4, "unreachable")


def test_problems_of_a_graph_are_named(sailcloth: Sailcloth, product: Product) -> None:
    node = {"id": "web", "type": "deployment", "position": {"x": 0, "y": 0}, "data": {"name": "web"}}
    product.post("workflows", {"name": "Unfinished", "nodes": [node], "edges": []})
    refused = sailcloth("plan", "Unfinished")
    assert refused.code == 3
    assert "web: " in refused.err and "image" in refused.err
    assert sailcloth("export", "Unfinished", "--strict").code == 3
    warned = sailcloth("export", "Unfinished")
    assert warned.code == 0 and "Warning" in warned.err


def test_two_of_one_name_are_not_guessed(sailcloth: Sailcloth, product: Product) -> None:
    for _ in range(2):
        product.post("workflows", {"name": "Twin", "nodes": [], "edges": []})
    refused = sailcloth("plan", "Twin")
    assert refused.code == 3 and "by its id" in refused.err


def test_without_a_server_it_says_what_to_do(tmp_path: Path) -> None:
    said = call("workflows", "list", home=tmp_path)
    assert said.code == 2 and "sailcloth login" in said.err
