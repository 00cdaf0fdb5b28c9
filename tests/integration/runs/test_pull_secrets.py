"""Private images: the pull secret of a run, in the target's namespace, kept up to date, pruned with the rest."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from accounts.services import principal_of
from clusters.models import Registry
from clusters.registries import ecr, logins, services
from clusters.registries.distribution import Login, RegistryError
from clusters.registries.types import Given
from core.principal import Principal
from core.work.models import Work
from core.work.runner import run_next
from tests.factories import make_user
from tests.integration.runs.support import Deployer, actions, deployment, edge, node
from workflows.models import Release, Run, RunStatus, Target
from workflows.runs import renewing
from workflows.runs.services import rollback_to, undeploy_target
from workflows.types import GraphInput

IMAGE = "registry.example.com/team/busybox:1"
CANARY = "canary-5b4a3c2d1e"
ACCOUNT = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


@pytest.fixture
def admin(deployer: Deployer) -> Principal:
    return principal_of(make_user(role=Role.ADMIN))


@pytest.fixture
def registry(admin: Principal) -> Registry:
    return add(admin)


def add(admin: Principal, url: str = "registry.example.com", kind: str = "generic", **more: Any) -> Registry:
    return services.create_registry(
        name=more.pop("name", url),
        kind=kind,
        given=Given(url=url, username="deployer", password=more.pop("password", CANARY)),
        actor=admin,
        **more,
    )


def graph(image: str = IMAGE, **data: Any) -> GraphInput:
    return GraphInput([deployment("web", image=image, **data)], [])


def secret_of(workflow: Any) -> str:
    return f"sailcloth-{workflow.pk}-pull"


def passwords(deployer: Deployer, workflow: Any) -> dict[str, str]:
    """What the cluster has, by registry."""
    live = deployer.live("Secret", secret_of(workflow))
    assert live is not None
    assert live["type"] == "kubernetes.io/dockerconfigjson"
    content = json.loads(base64.b64decode(live["data"][".dockerconfigjson"]))
    return {host: auth["password"] for host, auth in content["auths"].items()}


def names_secret(deployer: Deployer, name: str = "web", kind: str = "Deployment", group: str = "apps") -> list[str]:
    live = deployer.live(kind, name, group)
    assert live is not None
    return [each["name"] for each in live["spec"]["template"]["spec"].get("imagePullSecrets", [])]


def renew() -> None:
    while run_next([renewing.WORK_KIND]):
        pass


def test_a_private_image_gets_its_secret(deployer: Deployer, registry: Registry) -> None:
    workflow = deployer.draw(graph())
    plan = deployer.plan(workflow)
    assert {f"{item['kind']} {item['name']}": item["action"] for item in plan["objects"]} == {
        f"Secret {secret_of(workflow)}": "create",
        "Deployment web": "create",
    }
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED, run.message
    assert passwords(deployer, workflow) == {"registry.example.com": CANARY}
    assert names_secret(deployer) == [secret_of(workflow)]
    live = deployer.live("Secret", secret_of(workflow))
    assert live is not None
    assert live["metadata"]["labels"]["applyset.kubernetes.io/part-of"].startswith("applyset-")
    assert sorted(entry["kind"] for entry in Target.objects.get().inventory) == ["Deployment", "Secret"]
    # The same again: nothing to do.
    assert set(actions(deployer.deploy(workflow)).values()) == {"unchanged"}


def test_the_password_is_found_nowhere(deployer: Deployer, registry: Registry) -> None:
    workflow = deployer.draw(graph())
    plan = deployer.plan(workflow)
    run = deployer.deploy(workflow)
    auth = base64.b64encode(f"deployer:{CANARY}".encode()).decode()
    said = json.dumps([plan, run.plan, run.journal, Release.objects.get().content]) + dump()
    assert CANARY not in said and auth not in said and base64.b64encode(auth.encode()).decode()[:-4] not in said


def dump() -> str:
    """Every row of every table of ours."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'select * from "{model._meta.db_table}"')
            found += [repr(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row]
    return "\n".join(found)


def test_public_images_get_none(deployer: Deployer, registry: Registry) -> None:
    workflow = deployer.draw(graph("busybox:1"))
    run = deployer.deploy(workflow)
    assert actions(run) == {"Deployment web": "create"}
    assert names_secret(deployer) == []


def test_pruned_when_nothing_needs_it(deployer: Deployer, registry: Registry) -> None:
    workflow = deployer.draw(graph())
    deployer.deploy(workflow)
    deployer.redraw(workflow, graph("busybox:1"))
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED, run.message
    assert deployer.live("Secret", secret_of(workflow)) is None
    assert names_secret(deployer) == []


def test_gone_with_the_rest(deployer: Deployer, registry: Registry) -> None:
    workflow = deployer.draw(graph())
    deployer.deploy(workflow)
    run = undeploy_target(target_id=Target.objects.get().pk, actor=deployer.actor)
    while run_next():
        pass
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED, run.message
    assert deployer.live("Secret", secret_of(workflow)) is None


def test_every_kind_of_workload(deployer: Deployer, registry: Registry) -> None:
    nodes = [
        deployment("mixed", image="busybox:1", init_containers=[{"name": "first", "image": IMAGE}]),
        deployment("public", image="busybox:1"),
        node("store", "statefulset", image=IMAGE, command=["sh", "-c", "sleep 86400"]),
        node("once", "job", image=IMAGE, command=["sh", "-c", "exit 0"]),
        node("often", "cronjob", image=IMAGE, schedule="0 0 1 1 *", command=["sh", "-c", "exit 0"]),
    ]
    workflow = deployer.draw(GraphInput(nodes, []))
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED, run.message
    name = [secret_of(workflow)]
    assert names_secret(deployer, "mixed") == names_secret(deployer, "store", "StatefulSet") == name
    assert names_secret(deployer, "once", "Job", "batch") == name
    assert names_secret(deployer, "public") == []
    cron = deployer.live("CronJob", "often", "batch")
    assert cron is not None
    assert cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": name[0]}]


def test_what_a_workload_names_itself_stays(deployer: Deployer, registry: Registry) -> None:
    own = {"spec": {"template": {"spec": {"imagePullSecrets": [{"name": "mine"}]}}}}
    workflow = deployer.draw(graph(overrides=own))
    deployer.deploy(workflow)
    assert names_secret(deployer) == ["mine", secret_of(workflow)]


def test_only_from_registries_for_oneself(deployer: Deployer, admin: Principal) -> None:
    add(admin, available_to="selected", users=[make_user().email])
    workflow = deployer.draw(graph())
    assert actions(deployer.deploy(workflow)) == {"Deployment web": "create"}


class TestKeptUpToDate:
    def test_a_new_password_reaches_what_runs(self, deployer: Deployer, registry: Registry, admin: Principal) -> None:
        workflow = deployer.draw(graph())
        deployer.deploy(workflow)
        before = deployer.live("Deployment", "web", "apps")
        services.update_registry(registry_id=registry.pk, given=Given(password="newer"), actor=admin)
        renew()
        assert passwords(deployer, workflow) == {"registry.example.com": "newer"}
        after = deployer.live("Deployment", "web", "apps")
        # No pod is restarted by it.
        assert before and after and before["metadata"]["generation"] == after["metadata"]["generation"]
        assert set(actions(deployer.deploy(workflow)).values()) == {"unchanged"}
        assert Release.objects.values("sha256").distinct().count() == 1

    def test_what_is_taken_back_goes(self, deployer: Deployer, registry: Registry, admin: Principal) -> None:
        workflow = deployer.draw(graph())
        deployer.deploy(workflow)
        services.update_registry(
            registry_id=registry.pk, given=Given(), changes={"available_to": "selected"}, actor=admin
        )
        renew()
        assert passwords(deployer, workflow) == {}
        services.update_registry(
            registry_id=registry.pk, given=Given(), changes={"available_to": "everyone"}, actor=admin
        )
        renew()
        assert passwords(deployer, workflow) == {"registry.example.com": CANARY}
        services.delete_registry(registry_id=registry.pk, actor=admin)
        renew()
        assert passwords(deployer, workflow) == {}

    def test_nobody_else_is_asked(self, deployer: Deployer, registry: Registry, admin: Principal) -> None:
        deployer.deploy(deployer.draw(graph("busybox:1")))
        services.update_registry(registry_id=registry.pk, given=Given(password="newer"), actor=admin)
        services.update_registry(registry_id=registry.pk, given=Given(), changes={"description": "x"}, actor=admin)
        assert not Work.objects.filter(kind=renewing.WORK_KIND).exists()

    def test_it_waits_for_a_run(self, deployer: Deployer, registry: Registry, admin: Principal) -> None:
        workflow = deployer.draw(graph())
        deployer.deploy(workflow)
        deployer.start(workflow)
        services.update_registry(registry_id=registry.pk, given=Given(password="newer"), actor=admin)
        renew()
        assert passwords(deployer, workflow) == {"registry.example.com": CANARY}
        assert Work.objects.get(kind=renewing.WORK_KIND).not_before > timezone.now() + timedelta(seconds=5)

    def test_what_somebody_removed_stays_removed(
        self, deployer: Deployer, registry: Registry, admin: Principal
    ) -> None:
        from clusters.services import call

        workflow = deployer.draw(graph())
        deployer.deploy(workflow)
        call(deployer.gateway.raw("DELETE", f"/api/v1/namespaces/shop/secrets/{secret_of(workflow)}"))
        services.update_registry(registry_id=registry.pk, given=Given(password="newer"), actor=admin)
        renew()
        assert deployer.live("Secret", secret_of(workflow)) is None

    def test_going_back_brings_the_password_of_now(
        self, deployer: Deployer, registry: Registry, admin: Principal
    ) -> None:
        workflow = deployer.draw(graph())
        first = deployer.deploy(workflow)
        deployer.redraw(workflow, graph("busybox:1"))
        deployer.deploy(workflow)
        services.update_registry(registry_id=registry.pk, given=Given(password="newer"), actor=admin)
        run = rollback_to(workflow_id=workflow.pk, run_id=first.pk, actor=deployer.actor)
        while run_next():
            pass
        run.refresh_from_db()
        assert run.status == RunStatus.SUCCEEDED, run.message
        assert passwords(deployer, workflow) == {"registry.example.com": "newer"}


class TestShortLived:
    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        asked: list[str] = []

        async def exchange(host: str, key: Login, allowed: Any) -> Login:
            asked.append(host)
            if key.password == "wrong":
                raise RegistryError("Amazon does not accept the access key.", reason="unauthorized")
            return Login("AWS", f"made-{len(asked)}")

        monkeypatch.setattr(ecr, "exchange", exchange)
        logins._made.clear()
        return asked

    def test_renewed_in_time(self, deployer: Deployer, admin: Principal, made: list[str]) -> None:
        add(admin, ACCOUNT, "ecr")
        workflow = deployer.draw(graph(f"{ACCOUNT}/busybox:1"))
        assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
        assert passwords(deployer, workflow) == {ACCOUNT: "made-1"}
        assert renewing.renew_short_lived() == renewing.renew_short_lived() == 1
        waiting = Work.objects.get(kind=renewing.WORK_KIND)
        assert timedelta(hours=5) < waiting.not_before - timezone.now() <= renewing.EVERY
        renew()
        assert passwords(deployer, workflow) == {ACCOUNT: "made-1"}
        logins._made.clear()
        Work.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        renew()
        assert passwords(deployer, workflow) == {ACCOUNT: "made-2"}

    def test_a_key_that_is_not_accepted(self, deployer: Deployer, admin: Principal, made: list[str]) -> None:
        from core.errors import Unavailable

        add(admin, ACCOUNT, "ecr", password="wrong")
        workflow = deployer.draw(graph(f"{ACCOUNT}/busybox:1"))
        with pytest.raises(Unavailable, match="Amazon does not accept"):
            deployer.plan(workflow)
        deployer.start(workflow)
        Work.objects.update(max_attempts=1)
        while run_next():
            pass
        run = Run.objects.get()
        assert run.status == RunStatus.FAILED
        assert "Amazon does not accept the access key" in run.message


def test_one_query_more_for_many_images(
    deployer: Deployer, registry: Registry, django_assert_max_num_queries: Any
) -> None:
    nodes = [deployment(f"web{n}", image=f"registry.example.com/team/app{n}:1") for n in range(20)]
    front = [node(f"front{n}", "service", ports=[{"port": 80}]) for n in range(20)]
    edges = [edge(f"front{n}", f"web{n}") for n in range(20)]
    workflow = deployer.draw(GraphInput(nodes + front, edges))
    from workflows.runs.releases import compile_or_refuse

    with django_assert_max_num_queries(3):
        bundle = compile_or_refuse(workflow=workflow, graph_text=workflow.graph, namespace="shop", capabilities=None)
    assert sum(item.kind == "Secret" for item in bundle.objects) == 1
    assert User.objects.exists()
