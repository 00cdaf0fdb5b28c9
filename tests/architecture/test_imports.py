"""Who may import whom (docs/ARCHITECTURE.md), and what no linter sees of it."""

import ast
import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "platform"
APPS = ("plugins", "clusters", "builds", "workflows", "imports")
PARTS = tuple(sorted(path.name for path in PLATFORM.iterdir() if (path / "__init__.py").exists()))
# What an app shows to others; everything else of it is its own business.
PUBLISHED = ("services", "selectors", "types", "events", "errors")
PORTS = (
    "core",
    "plugins.sdk",
    "plugins.registry",
    "plugins.declared",
    "plugins.loading",
    "clusters.kube.gateway",
    "clusters.kube.loop",
    "clusters.kube.network",
    "clusters.health",
    "clusters.live",
    "clusters.registries",
    # Bringing a source and knowing it, for whoever else looks into one.
    "builds.sources",
    "builds.detect",
    "builds.dockerfiles",
    "builds.phase",
    "clusters.vocabulary",
    "workflows.graph",
    # Pure: an import compiles what it drew, to see that it says what was read.
    "workflows.compile",
    "workflows.runs.selectors",
    # What a workflow looks like over HTTP, for routes of others that give one back.
    "workflows.api.graph_fields",
    "workflows.api.workflow_serializers",
    # Ground that everyone stands on: who may call, and what streams and the vault offer.
    "accounts.authentication",
    "accounts.principals",
    "accounts.models",
    "realtime",
    "vault",
)


def sources() -> Iterator[tuple[str, Path]]:
    """Every module of ours with its dotted name."""
    for top in (*(PLATFORM / part for part in PARTS), *(ROOT / app for app in APPS)):
        base = PLATFORM if top.parent == PLATFORM else ROOT
        for path in sorted(top.rglob("*.py")):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(base).with_suffix("").parts)
                yield name.removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[str]:
    """What a module imports when it runs; a name that only the type checker sees crosses no border."""
    for node in _running(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from _running(node)


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_layers() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_apps_meet_at_their_borders() -> None:
    ours = {*PARTS, *APPS}
    found = []
    for name, path in sources():
        app = name.partition(".")[0]
        if app == "config":
            continue  # It puts the apps together.
        for target in imported(path):
            other, _, rest = target.partition(".")
            inside = rest.partition(".")[0]
            if other in ours and other != app and inside not in PUBLISHED and not is_in(target, PORTS):
                found.append(f"{name} imports {target}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("kubernetes", ("clusters.kube",)),
        ("docker", ("builds.engines",)),
        ("celery", ("config.celery", "config.product")),
        ("rest_framework", ("core.api",)),
    ],
)
def test_libraries_stay_at_home(library: str, homes: tuple[str, ...]) -> None:
    found = []
    for name, path in sources():
        parts = name.split(".")
        allowed = is_in(name, homes)
        allowed = allowed or (library == "rest_framework" and ("api" in parts or name == "config.openapi"))
        allowed = allowed or (library == "celery" and parts[-1] == "tasks")
        if not allowed:
            found += [f"{name} imports {target}" for target in imported(path) if is_in(target, (library,))]
    assert not found, "\n".join(found)


def test_services_know_neither_tasks_nor_the_api() -> None:
    found = []
    for name, path in sources():
        if {"services", "selectors", "models"} & set(name.split(".")[1:]):
            found += [f"{name} imports {t}" for t in imported(path) if {"tasks", "api"} & set(t.split(".")[1:2])]
    allowed = ("core.api.times", "core.api.etag", "core.api.idempotency_models")
    wrong = [line for line in found if not any(each in line for each in allowed)]
    assert not wrong, "\n".join(wrong)


def test_no_package_hides_another() -> None:
    """A package called `platform`, `secrets` or `queue` would replace what others mean by that name."""
    assert not (PLATFORM / "__init__.py").exists()
    installed = {
        name
        for name, owners in importlib.metadata.packages_distributions().items()
        if any(owner.lower() != "sailcloth" for owner in owners)
    }
    hidden = {*PARTS, *APPS} & ({*sys.stdlib_module_names} | installed)
    assert not hidden, f"these names are taken: {sorted(hidden)}"
