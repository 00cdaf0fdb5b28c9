"""Deny by default: every route, stream, socket and kind of work says who may use it."""

import pytest

import config.asgi
from core import jobs
from core.api.permissions import Access, access_of
from core.work import registry
from tests.architecture.routes import all_routes
from tests.factories import JsonClient

# Whoever calls these has no session yet, or must be able to tell whether the product is well.
PUBLIC = {
    "v1/api/auth/register",
    "v1/api/auth/login",
    "v1/api/auth/refresh",
    "v1/api/auth/methods",
    "v1/api/auth/oauth/:provider/authorize",
    "v1/api/auth/oauth/:provider/callback",
    "v1/api/auth/oauth/exchange",
    "v1/api/auth/password/forgot",
    "v1/api/auth/password/reset",
    "v1/api/auth/email/verify",
    # Git hosts sign what they send.
    "v1/api/builds/webhooks/:id",
    "v1/openapi.json",
    "v1/docs",
    "healthz",
    "readyz",
    "metrics",
}


def test_every_route_declares_its_access() -> None:
    undeclared = [f"{method} {path}" for path, method, view in all_routes() if access_of(view, method) is None]
    assert not undeclared, "these are closed to everyone, or open to anyone:\n" + "\n".join(undeclared)


def test_what_is_public_is_listed_here() -> None:
    public = {path for path, method, view in all_routes() if access_of(view, method) is Access.PUBLIC}
    spa = {path for path in public if "(?!v1/" in path}
    assert public - spa <= PUBLIC, "a new public route needs a reason"
    assert len(spa) == 1


@pytest.mark.django_db
def test_nobody_gets_in_without_a_token() -> None:
    client = JsonClient()
    checked = 0
    for path, method, view in all_routes():
        if access_of(view, method) is Access.PUBLIC:
            continue
        address = "/" + "/".join("x" if part.startswith(":") else part for part in path.split("/"))
        response = getattr(client, method.lower())(address)
        assert response.status_code == 401, f"{method} {address} answered {response.status_code}"
        assert set(response.json()) >= {"error", "code"}
        checked += 1
    assert checked > 40


def test_every_socket_declares_its_access() -> None:
    for route in config.asgi.websocket_routes:
        consumer = getattr(route.callback, "consumer_class", route.callback)
        assert isinstance(getattr(consumer, "access", None), Access), f"{route} declares no access"


def test_every_kind_of_work_declares_its_permission() -> None:
    kinds = registry.all_kinds()
    assert "workflows.run" in kinds
    assert all(kind.permission for kind in kinds.values())


def test_every_job_name_is_bound_to_a_task() -> None:
    """Services wake work by name; a name that nobody answers to would be silence."""
    import ast
    from pathlib import Path

    from config.celery import app

    app.loader.import_default_modules()
    root = Path(__file__).resolve().parents[2]
    names = set()
    for top in ("platform", "plugins", "clusters", "workflows", "builds", "imports"):
        for path in (root / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    for target in node.targets:
                        if isinstance(target, ast.Name) and target.id.endswith("_JOB"):
                            names.add(node.value.value)
    assert names, "no job is named anywhere"
    assert names <= set(app.tasks), f"no task is called {names - set(app.tasks)}"
    assert jobs._sender is not None
