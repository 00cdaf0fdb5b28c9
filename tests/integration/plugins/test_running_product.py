"""A running product, and pip: a package of somebody else is there without a restart, and deploys to a real cluster."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.ids import new_id
from tests.integration.plugins.test_outside_plugin import EXAMPLE
from tests.integration.product.support import PASSWORD, Product, free_port, until
from tests.integration.runs.support import node

pytestmark = pytest.mark.kube


@pytest.fixture
def python(tmp_path: Path) -> str:
    """An environment of its own, as an installation has one; what the product needs is found in ours."""
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=60)
    site = next(place.glob("lib/python*/site-packages"))
    ours = sysconfig.get_path("purelib")
    (site / "product.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return str(place / "bin" / "python")


@pytest.fixture
def product(python: str, tmp_path: Path) -> Iterator[Product]:
    settings = {"SAILCLOTH_ADMIN_PASSWORD": PASSWORD, "SAILCLOTH_ALLOWED_NETWORKS": "127.0.0.0/8"}
    made = Product(tmp_path / "data", free_port(), python, **settings)
    made.wait_for("Sailcloth is ready at")
    made.sign_in()
    yield made
    made.kill()


def ids(product: Product) -> list[Any]:
    return [each["id"] for each in product.get("plugins?search=lighthouse")["plugins"]]


def test_installed_by_pip_while_it_runs(product: Product, python: str, tmp_path: Path) -> None:
    assert ids(product) == []
    source = tmp_path / "source"
    shutil.copytree(EXAMPLE, source)  # The build writes beside what it builds.
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    pip += ["--no-build-isolation", "--disable-pip-version-check", str(source)]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    until(lambda: ids(product) == ["lighthouse"])

    kubeconfig = Path(os.environ["SAILCLOTH_TEST_KUBECONFIG"]).read_text()
    added = product.post("clusters", {"name": "real", "auth_type": "kubeconfig", "kubeconfig": kubeconfig})
    assert added["status"] == "connected"
    namespace = f"pip-{new_id()[-12:]}"
    where = {"cluster": "real", "namespace": namespace}
    nodes = [
        node("light", "lighthouse.beacon", message="Land!"),
        node("room", "namespace") | {"data": {"name": namespace}},
    ]
    drawn = product.post("workflows", {"name": "Harbour", "namespace": namespace, "nodes": nodes, "edges": []})
    started = product.post(f"workflows/{drawn['id']}/run", where)

    def ended() -> dict[str, Any] | None:
        run = product.get(f"runs/{started['run_id']}")
        return run if run["finished_at"] else None

    run = until(ended)
    assert (run["status"], run["message"]) == ("succeeded", "Everything is running.")
    rows = product.get(f"resources?cluster=real&namespace={namespace}&limit=100")["resources"]
    assert {("Deployment", "light"), ("Service", "light"), ("ConfigMap", "light")} <= {
        (each["kind"], each["name"]) for each in rows
    }
    target = product.get(f"workflows/{drawn['id']}/targets")["targets"][0]["id"]
    gone = product.post(f"targets/{target}/undeploy", {})
    until(lambda: product.get(f"runs/{gone['run_id']}")["finished_at"])
    assert product.process.poll() is None, "it ran all the time"
