"""The workflow that a fresh installation has: a small web site, ready to run on the practice cluster."""

from typing import Any

from accounts.services import ensure_first_admin, principal_of
from workflows import selectors, services
from workflows.types import GraphInput

_PAGE = """<!doctype html>
<title>Hello</title>
<h1>Hello from Sailcloth</h1>
<p>Change this text, press Run, and watch the pods roll.</p>
"""

NODES: list[dict[str, Any]] = [
    {
        "id": "page",
        "type": "configmap",
        "position": {"x": 0, "y": 140},
        "data": {"name": "page", "data": {"index.html": _PAGE}},
    },
    {
        "id": "web",
        "type": "deployment",
        "position": {"x": 460, "y": 70},
        "data": {
            "name": "web",
            "image": "nginx:1.27",
            "replicas": 2,
            "ports": [{"name": "http", "port": 80}],
            "probes": {"readiness": {"http": {"path": "/", "port": 80}}},
            "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        },
    },
    {
        "id": "service",
        "type": "service",
        "position": {"x": 0, "y": 0},
        "data": {"name": "web", "ports": [{"name": "http", "port": 80}]},
    },
]
EDGES: list[dict[str, Any]] = [
    {
        "id": "page-web",
        "source": "page",
        "target": "web",
        "data": {"as": "mount", "path": "/usr/share/nginx/html"},
    },
    {"id": "service-web", "source": "service", "target": "web", "data": {}},
]


def ensure_demo() -> None:
    """Once: whoever has drawn anything, or thrown the demo away, does not get it again."""
    admin, _ = ensure_first_admin()
    actor = principal_of(admin)
    if selectors.visible_workflows(actor).exists() or selectors.deleted_workflows(actor).exists():
        return
    services.create_workflow(
        fields={
            "name": "Hello, Sailcloth",
            "description": "A small web site: a page in a config map, two copies of a web server, one address.",
            "tags": ["demo"],
            "namespace": "demo",
        },
        sent=GraphInput(NODES, EDGES),
        actor=actor,
    )
