"""Every line of the published contract answers somebody who may as it says, on real rows, and refuses everybody else.

Every route that writes leaves an audit entry; the few that do not are listed with the reason.
"""

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from accounts.models import OneTimeCode, Role, User
from accounts.services import principal_of, start_session
from accounts.tasks import send_code
from audit.models import AuditEntry
from clusters.models import Cluster, Resource, ResourceMirror
from clusters.practice.server import PracticeServer
from clusters.resources import kinds
from clusters.resources.known import values_of
from clusters.resources.projection import project
from clusters.services import call, gateway_for
from tests.api.oauth.conftest import HOME, code_of, config_of, query_of
from tests.api.oauth.scripted import ScriptedProvider
from tests.architecture.routes import all_routes
from tests.contract.auditing import RECORDED, claims
from tests.contract.journey import API, Journey, Json, Line, contract, normal
from tests.factories import PASSWORD, JsonClient, make_client, make_user
from tests.integration.runs.support import deployment, edge, node, practice_server, serving, work_off
from tests.integration.streams.conftest import Servers
from workflows.models import Run

__all__ = ["practice_server"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

CANARY = "canary-of-the-journey"
COMPOSE = f"services: {{web: {{image: 'nginx:1.27', environment: {{TOKEN: {CANARY}}}}}}}\n"

# Nothing of it stays, or what stays is nobody's business but the person's own screen.
WITHOUT_AUDIT = {
    "POST /auth/refresh": "goes on with a session; its beginning and end are recorded",
    "POST /auth/email/verification": "a mail to one's own address; that it was confirmed is recorded",
    "POST /profile/identities/depart": "leads to the provider; what is linked there is recorded",
    "POST /stream-tickets": "a ticket for half a minute that opens what its owner may see anyway",
    "POST /workflows/:/validate": "changes nothing",
    "POST /workflows/:/plan": "changes nothing",
    "POST /workflows/:/preview": "changes nothing",
    "POST /builds/preview": "changes nothing",
    "POST /resources/sync": "reads a cluster again",
    "POST /notifications/read": "one's own marks of what was read",
    "PATCH /notifications/:": "one's own marks of what was read",
    "PUT /import/:/choices": "what was read is kept for a day; that a workflow was made or changed of it is recorded",
    "DELETE /import/:": "as its choices",
    "POST /builds/uploads": "an archive without a build is removed within a day; the build of it is recorded",
}


def line(text: str) -> Line:
    method, _, path = text.partition(" ")
    return method, normal(f"{API}{path}")


@pytest.fixture
def world(practice_server: PracticeServer, settings: Any, transactional_db: None) -> Iterator[PracticeServer]:
    cache.clear()
    settings.ALLOWED_HOSTS = ["*"]
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "docker"})
    with serving(practice_server, settings):
        yield practice_server
    cache.clear()


@pytest.fixture
def people(world: PracticeServer) -> dict[str, User]:
    return {
        "owner": make_user("owner@example.com", name="Owner"),
        "admin": make_user("root@example.com", name="Root", role=Role.ADMIN),
        "stranger": make_user("stranger@example.com", name="Stranger"),
    }


@pytest.fixture
def ask(people: dict[str, User]) -> Journey:
    return Journey(**{name: make_client(user) for name, user in people.items()})


@pytest.fixture
def port() -> Iterator[int]:
    servers = Servers()
    yield servers.start()
    servers.stop()


def test_the_whole_way(ask: Journey, people: dict[str, User], world: PracticeServer, port: int, settings: Any) -> None:
    tokens = {name: start_session(user=user, actor=principal_of(user)).token for name, user in people.items()}
    accounts(ask, settings)
    clusters(ask, world)
    shop = workflows(ask)
    run = runs(ask, shop, port, tokens)
    resources(ask, people["owner"], shop, port, tokens)
    registry = registries(ask)
    builds(ask, registry, port, tokens)
    imports(ask, shop, port, tokens)
    the_rest(ask, shop)
    administration(ask)
    endings(ask, shop, run)

    missing = [each for each in contract() if each not in ask.done]
    assert not missing, f"not on the way: {missing}"
    excused = {line(text) for text in WITHOUT_AUDIT}
    assert ask.silent <= excused, f"wrote without an audit entry: {sorted(ask.silent - excused)}"
    assert not ask.wrong, "\n".join(ask.wrong)
    recorded = {line(text) for text in RECORDED}
    assert recorded <= ask.done, f"not tried here: {sorted(recorded - ask.done)}"
    assert not recorded & excused, "either it is recorded or there is a reason"
    writes = {
        (method, normal(f"/{path}"))
        for path, method, _ in all_routes()
        if method != "GET" and path.startswith("v1/api/")
    }
    assert excused <= writes, "an exception of a route that is gone"
    unseen = writes - ask.done - excused
    assert not unseen, f"writes that nobody tried here: {sorted(unseen)}"
    entries = str(list(AuditEntry.objects.values()))
    assert CANARY not in entries and PASSWORD not in entries


def test_no_route_changes_the_record() -> None:
    routes = {method for path, method, _ in all_routes() if path.startswith("v1/api/audit")}
    assert routes == {"GET"}


def accounts(ask: Journey, settings: Any) -> None:
    ask("GET", "/auth/methods")
    person = {"email": "new@example.com", "password": f"{CANARY}-1", "name": "New"}
    settings.EMAIL_HOST = "mail.example.com"
    grant = ask("POST", "/auth/register", person, 201)
    grant = ask("POST", "/auth/login", {"email": person["email"], "password": person["password"]})
    grant = ask("POST", "/auth/refresh", {"refresh_token": grant["refresh_token"]})
    new = JsonClient()
    new.credentials(HTTP_AUTHORIZATION=f"Bearer {grant['token']}")
    ask("GET", "/profile", by=new)
    ask("POST", "/auth/email/verification", None, 202, by=new)
    settings.EMAIL_HOST = ""
    send_code(OneTimeCode.objects.get(used_at=None).pk)
    code = mail.outbox[-1].body.partition("#code=")[2].split()[0]
    ask("POST", "/auth/email/verify", {"code": code}, 204, about=claims(new)["sub"])
    ask("PUT", "/profile", {"name": "Newer"}, by=new)
    ask("PUT", "/profile/password", {"current_password": f"{CANARY}-1", "new_password": f"{CANARY}-2"}, 204, by=new)
    token = ask("POST", "/tokens", {"name": "ci", "scopes": ["read"], "expires_in_days": 1}, 201)
    ask("GET", "/tokens")
    ask("DELETE", f"/tokens/{token['id']}", foreign=404)
    other = make_client(make_user("two@example.com"))
    sessions = ask("GET", "/auth/sessions", by=other)["sessions"]
    ask("DELETE", f"/auth/sessions/{sessions[0]['id']}", by=other, foreign=404)
    ask("POST", "/auth/logout", None, 204, by=new)
    ask("POST", "/auth/password/forgot", {"email": "new@example.com"}, 202, about=claims(new)["sub"])
    ask("POST", "/stream-tickets", {"path": f"{API}/workflows/x/status/stream"}, 201)
    with ScriptedProvider() as provider:
        settings.PUBLIC_URL = HOME
        settings.OAUTH_PROVIDERS = [config_of(provider.url)]
        browser = JsonClient(HTTP_X_SAILCLOTH_BROWSER="1")
        away = ask("GET", "/auth/oauth/sso/authorize", status=302, by=browser)["Location"]
        code = come_back(ask, provider, browser, away)
        ask("POST", "/auth/oauth/exchange", {"code": code}, by=browser)
        provider.info = {**provider.info, "sub": "43", "email": "owner-there@example.com"}
        provider.claims = {"sub": "43"}
        place = ask("POST", "/profile/identities/depart", {"provider": "sso", "current_password": PASSWORD})
        code = come_back(ask, provider, ask.owner, place["url"])
        identity = ask("POST", "/profile/identities", {"code": code}, 201)
        ask("GET", "/profile/identities")
        ask("DELETE", f"/profile/identities/{identity['id']}", foreign=404)


def come_back(ask: Journey, provider: ScriptedProvider, browser: JsonClient, away: str) -> str:
    asked = query_of(away)
    provider.nonce = asked["nonce"]
    path = f"/auth/oauth/sso/callback?code=there&state={asked['state']}"
    return code_of(ask("GET", path, status=302, by=browser)["Location"])


def clusters(ask: Journey, world: PracticeServer) -> None:
    tenant = "journey"
    credentials = {"auth_type": "bearer_token", "token": world.tenant_token(tenant)}
    given = {"name": "home", "server": world.tenant_url(tenant), "ca_data": world.ca_pem, **credentials}
    assert ask("POST", "/clusters", given, 201)["status"] == "connected"
    ask("GET", "/clusters")
    ask("GET", "/clusters/home", foreign=404)
    ask("PUT", "/clusters/home", {"description": "Ours"}, foreign=404)
    ask("PUT", "/clusters/home/default", foreign=404)
    ask("GET", "/clusters/default")
    assert ask("POST", "/clusters/home/test", foreign=404)["status"] == "healthy"
    ask("POST", "/clusters/home/refresh", foreign=404)
    ask("GET", "/clusters/home/status", foreign=404)
    ask("GET", "/clusters/home/metrics", foreign=404)
    assert ask("GET", "/clusters/home/logs", foreign=404)["logs"]
    ask("PUT", "/clusters/home/credentials", credentials, foreign=404)
    share = ask("POST", "/clusters/home/share", {"email": "two@example.com", "role": "viewer"}, 201, foreign=404)
    ask("GET", "/clusters/home/shares", foreign=404)
    ask("DELETE", f"/clusters/home/shares/{share['id']}", foreign=404)


def workflows(ask: Journey) -> str:
    nodes = [
        deployment("web", ports=[{"port": 8080, "name": "http"}]),
        node("front", "service", ports=[{"port": 80, "target_port": 9090}]),
        node("token", "secret", values={"KEY": CANARY}),
    ]
    graph = {"nodes": nodes, "edges": [edge("front", "web"), edge("token", "web")]}
    made = ask("POST", "/workflows", {"name": "Shop", "namespace": "shop", **graph}, 201)
    assert made["nodes"] and made["status"] == "draft"
    base = f"/workflows/{made['id']}"
    assert [each["id"] for each in ask("GET", "/workflows")["workflows"]] == [made["id"]]
    ask("GET", base, foreign=404)
    ask("PUT", base, {"description": "Sells"}, foreign=404)
    copy = ask("POST", f"{base}/clone", {"name": "Copy"}, 201, foreign=404)
    ask("PUT", f"/workflows/{copy['id']}/status", {"status": "archived"}, foreign=404)
    ask("DELETE", f"/workflows/{copy['id']}", foreign=404)
    ask("POST", f"/workflows/{copy['id']}/undelete", foreign=404)
    nodes[0]["data"]["replicas"] = 2
    nodes[2]["data"]["values"] = {"KEY": None}
    ask("POST", f"{base}/save", graph, foreign=404)
    ask("POST", f"{base}/validate", {}, foreign=404)
    ask("POST", f"{base}/plan", {"cluster": "home", "namespace": "shop"}, foreign=404)
    ask("POST", f"{base}/preview", {}, foreign=404)
    share = ask("POST", f"{base}/share", {"email": "two@example.com", "role": "viewer"}, 201, foreign=404)
    ask("DELETE", f"{base}/shares/{share['id']}", foreign=404)
    number = ask("POST", f"{base}/versions", {"name": "First"}, 201, foreign=404)["version"]
    ask("GET", f"{base}/versions", foreign=404)
    ask("GET", f"{base}/versions/{number}", foreign=404)
    ask("PUT", f"{base}/versions/{number}", {"tag": "good"}, foreign=404)
    ask("POST", f"{base}/versions/{number}/restore", foreign=404)
    ask("GET", f"{base}/versions/compare?v1={number}&v2={number + 1}", foreign=404)
    return str(made["id"])


def runs(ask: Journey, shop: str, port: int, tokens: dict[str, str]) -> str:
    base = f"/workflows/{shop}"
    started = ask("POST", f"{base}/run", {"timeout_seconds": 2}, foreign=404)
    work_off(Run.objects.get(pk=started["run_id"]))
    assert ask("GET", f"{base}/runs", foreign=404)["runs"]
    ask.stream(port, f"{base}/status/stream", tokens["owner"], tokens["stranger"])
    found = ask("GET", f"{base}/nodes/front/diagnostics", foreign=404)
    assert found["node_id"] == "front"
    ask("GET", f"{base}/nodes/front/fix-template/change_target_port", foreign=404)
    fixed = ask("POST", f"{base}/nodes/front/fix", {"fix_type": "change_target_port", "run": True}, foreign=404)
    work_off(Run.objects.get(pk=fixed["run_id"]))
    rolled = ask("POST", f"{base}/rollback", {"run_id": started["run_id"]}, foreign=404)
    ask("POST", f"/runs/{rolled['run_id']}/cancel", foreign=404)
    work_off(Run.objects.get(pk=rolled["run_id"]))
    return str(started["run_id"])


def resources(ask: Journey, owner: User, shop: str, port: int, tokens: dict[str, str]) -> None:
    cluster = Cluster.objects.get(workspace=owner.personal_workspace, name="home")
    pod = mirrored_pod(cluster)
    assert ask("GET", "/resources?cluster=home")["resources"]
    ask("POST", "/resources/sync", {})
    ask.stream(port, f"/resources/{pod.pk}/logs/stream?follow=false", tokens["owner"], tokens["stranger"])
    ask("GET", f"/resources/{pod.pk}/exec/terminal", status=426)
    ask("DELETE", f"/resources/{pod.pk}", foreign=404)
    web = Resource.objects.get(cluster=cluster, kind="Deployment", name="web")
    base = f"/resources/{web.pk}"
    ask("GET", base, foreign=404)
    ask("PATCH", base, {"is_favorite": True}, foreign=404)
    ask("GET", f"{base}/pods", foreign=404)
    ask("POST", f"{base}/scale", {"replicas": 1}, foreign=404)
    ask("POST", f"{base}/restart", foreign=404)
    ask.stream(port, f"{base}/stream", tokens["owner"], tokens["stranger"])
    drifts(ask, shop)


def mirrored_pod(cluster: Cluster) -> Resource:
    """The rows as the mirror writes them, once the deployment has its pod."""
    gateway = gateway_for(cluster.pk)
    deadline = time.monotonic() + 20
    while True:
        Resource.objects.filter(cluster=cluster).delete()
        capabilities = call(gateway.capabilities(), 20)
        for pair in kinds.MIRRORED:
            served = capabilities.find(*pair)
            for obj in call(gateway.list(served), 20).items if served else ():
                Resource.objects.create(cluster=cluster, updated_at=timezone.now(), **values_of(project(obj, pair)))
        pod = Resource.objects.filter(cluster=cluster, kind="Pod", status="Running").first()
        if pod is not None:
            break
        assert time.monotonic() < deadline, "no pod runs"
        time.sleep(0.05)
    now = timezone.now()
    ResourceMirror.objects.update_or_create(pk=cluster.pk, defaults={"seen_at": now, "looked_at": now})
    return pod


def drifts(ask: Journey, shop: str) -> None:
    """What scaling changed of what was deployed is adopted; once more, and it is reverted."""
    base = f"/workflows/{shop}"
    web = {"kind": "Deployment", "namespace": "shop", "name": "web"}
    ask("POST", f"{base}/drift/adopt", {"objects": [web]}, foreign=404)
    done = ask("POST", f"{base}/drift/revert", {"objects": [web]}, foreign=404)
    work_off(Run.objects.get(pk=done["run_id"]))


def registries(ask: Journey) -> str:
    given = {"type": "generic", "url": "registry.example.com/team", "username": "robot", "password": CANARY}
    made = ask("POST", "/admin/registries", {"name": "home", **given}, 201)
    ident = str(made["id"])
    ask("PUT", f"/admin/registries/{ident}", {"description": "Ours"})
    ask("POST", f"/admin/registries/{ident}/test")
    other = ask("POST", "/admin/registries", {"name": "other", **given, "url": "other.example.com"}, 201)["id"]
    ask("PUT", f"/admin/registries/{other}/default")
    ask("PUT", f"/admin/registries/{ident}/default")
    assert ask("GET", "/registries")["registries"]
    ask("GET", f"/registries/{ident}")
    assert ask("GET", "/registries/lookup?image=registry.example.com/team/app:1")["found"]
    return ident


def builds(ask: Journey, registry: str, port: int, tokens: dict[str, str]) -> None:
    source = {"git_url": "https://git.example.com/team/app", "ref": "main"}
    build = ask("POST", "/builds/start", {"source": source, "image": "app", "secrets": {"npm": CANARY}}, 201)
    base = f"/builds/{build['id']}"
    assert ask("GET", "/builds")["builds"]
    ask("GET", base, foreign=404)
    ask.stream(port, f"{base}/stream", tokens["owner"], tokens["stranger"])
    hook = ask("POST", f"{base}/webhooks", {"provider": "gitlab"}, 201, foreign=404)
    pushed = {"ref": "refs/heads/main", "after": "a" * 40}
    signs = {"HTTP_X_GITLAB_TOKEN": hook["secret"], "HTTP_X_GITLAB_EVENT": "Push Hook"}
    ask("POST", f"/builds/webhooks/{hook['id']}", pushed, **signs)
    ask("POST", f"/builds/webhooks/{hook['id']}/rotate", foreign=404)
    ask("POST", f"/builds/webhooks/{hook['id']}/test", foreign=404)
    ask("DELETE", f"/builds/webhooks/{hook['id']}", foreign=404)
    ask("POST", f"{base}/cancel", foreign=404)
    ask("POST", f"{base}/retry", None, 201, foreign=404)
    image = {"id": "image", "type": "build", "data": {"name": "image", "source": source, "image": "app"}}
    drawn = ask("POST", "/workflows", {"name": "Built", "nodes": [image, deployment()], "edges": []}, 201)
    ask("POST", f"/workflows/{drawn['id']}/nodes/image/build", None, 201, foreign=404)
    login = ask("POST", "/builds/git-logins", {"git_url": source["git_url"], "token": CANARY}, 201)
    ask("DELETE", f"/builds/git-logins/{login['id']}", foreign=404)


def imports(ask: Journey, shop: str, port: int, tokens: dict[str, str]) -> None:
    read = ask("POST", "/import/analyze", {"source": {"content": COMPOSE, "filename": "compose.yaml"}})
    ident = read["id"]
    ask("GET", f"/import/{ident}", foreign=404)
    ask.stream(port, f"/import/{ident}/stream", tokens["owner"], tokens["stranger"])
    named = {"import_id": ident, "name": "Imported"}
    made = ask("POST", "/import/create-workflow", named, 201, foreign=404, about=ident)
    file = io.BytesIO(COMPOSE.encode())
    file.name = "compose.yaml"
    sent = ask("POST", "/import/upload", {"file": file})
    into = {"import_id": sent["id"], "workflow_id": made["workflow"]["id"]}
    ask("POST", "/import/apply", into, foreign=404, about=sent["id"])


def the_rest(ask: Journey, shop: str) -> None:
    assert ask("GET", "/templates")["templates"]
    kept = ask("POST", "/templates", {"workflow_id": shop, "name": "Kept"}, 201, foreign=404)
    ask("PUT", f"/templates/{kept['id']}", {"title": "Kept well"}, foreign=404)
    ask(
        "POST",
        f"/templates/{kept['id']}/instantiate",
        {"name": "Again", "values": {"token_KEY": CANARY}},
        201,
        foreign=404,
    )
    ask("DELETE", f"/templates/{kept['id']}", foreign=404)
    plugin = ask("GET", "/plugins")["plugins"][0]["id"]
    ask("GET", "/plugins/enabled")
    ask("GET", "/plugins/categories")
    ask("GET", f"/plugins/{plugin}")
    ask("POST", f"/plugins/{plugin}/disable", {})
    ask("POST", f"/plugins/{plugin}/enable", {})
    assert ask("GET", "/dashboard/recent-workflows")["workflows"]
    assert ask("GET", "/dashboard/stats")["runs"]["total"]
    assert ask("GET", "/search?q=shop")["results"]
    kind = ask("GET", "/notifications/preferences")["preferences"][0]["kind"]
    ask("PUT", "/notifications/preferences", {"preferences": [{"kind": kind, "in_app": False, "email": False}]})
    hook = ask("POST", "/notifications/webhooks", {"name": "chat", "url": "https://chat.example.com/x"}, 201)
    address = f"/notifications/webhooks/{hook['id']}"
    ask("PATCH", address, {"is_enabled": True}, foreign=404)
    ask("POST", f"{address}/test", foreign=404)
    ask("DELETE", address, foreign=404)


def administration(ask: Journey) -> None:
    person = make_user("three@example.com")
    start_session(user=person, actor=principal_of(person))
    session = ask("GET", f"/admin/users/{person.pk}/sessions")["sessions"][0]["id"]
    ask("DELETE", f"/admin/users/{person.pk}/sessions/{session}")
    ask("DELETE", f"/admin/users/{person.pk}/sessions")
    code = ask("POST", f"/admin/users/{person.pk}/password-reset", None, 201)
    ask("POST", "/auth/password/reset", {"code": query_code(code), "password": f"{CANARY}-3"}, 204, about=person.pk)
    ask("PATCH", f"/admin/users/{person.pk}", {"role": "admin"})
    ask("GET", "/settings/invite-code")
    ask("GET", "/settings/regenerate-setting")
    ask("PUT", "/settings/regenerate-setting", {"auto_regenerate": True})
    ask("POST", "/settings/generate-invite-code")


def query_code(made: Json) -> str:
    return str(made["link"]).rpartition("=")[2]


def endings(ask: Journey, shop: str, run: str) -> None:
    target = ask("GET", f"/workflows/{shop}/targets", foreign=404)["targets"][0]["id"]
    done = ask("POST", f"/targets/{target}/undeploy", {}, foreign=404)
    work_off(Run.objects.get(pk=done["run_id"]))
    registry = ask("GET", "/registries")["registries"][0]["id"]
    ask("DELETE", f"/admin/registries/{registry}")
    ask("DELETE", f"/workflows/{shop}", foreign=404)
    ask("DELETE", "/clusters/home?force=true", foreign=404)
