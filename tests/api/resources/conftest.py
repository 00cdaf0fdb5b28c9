"""A cluster with things in it, and their rows as the mirror would have written them."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from clusters.kube.gateway import Gateway
from clusters.models import Cluster, Resource, ResourceMirror
from clusters.practice.server import PracticeServer
from clusters.resources import kinds
from clusters.resources.known import values_of
from clusters.resources.projection import project
from clusters.services import call, forget_all, gateway_for
from tests.api.clusters.conftest import add, client, stranger
from tests.factories import JsonClient
from tests.unit.clusters.practice_server import Practice

__all__ = ["add", "client", "stranger"]

API = "/v1/api/resources"
PATIENCE = 30


@pytest.fixture(autouse=True)
def _no_gateways_of_other_tests() -> Iterator[None]:
    yield
    forget_all()


class Fast(Practice):
    """Its controllers need no time; each test has a cluster of its own there."""

    tenant = "somebody"

    @property
    def url(self) -> str:
        return self.server.tenant_url(self.tenant)

    @property
    def token(self) -> str:
        return self.server.tenant_token(self.tenant)

    def make(self, folder: Any) -> PracticeServer:
        return PracticeServer(data_dir=folder, speed=0.02)


@pytest.fixture(scope="session")
def practice_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fast]:
    started = Fast(tmp_path_factory.mktemp("practice"))
    yield started
    started.stop()


@pytest.fixture
def practice(practice_server: Fast) -> Practice:
    practice_server.tenant = f"t{secrets.token_hex(6)}"
    return practice_server


class Home:
    """The cluster, by its gateway; `mirror` brings its rows up to date without a watcher."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @property
    def gateway(self) -> Gateway:
        return gateway_for(self.cluster.pk)

    def served(self, group: str, kind: str) -> Any:
        found = call(self.gateway.capabilities(), PATIENCE).find(group, kind)
        assert found is not None
        return found

    def apply(self, *bodies: dict[str, Any], namespace: str = "shop") -> None:
        for body in bodies:
            group = body["apiVersion"].rpartition("/")[0]
            metadata = {**body["metadata"], "namespace": namespace}
            served = self.served(group, body["kind"])
            call(self.gateway.apply(served, {**body, "metadata": metadata}, force=True), PATIENCE)

    def get(self, group: str, kind: str, name: str, namespace: str = "shop") -> dict[str, Any]:
        return call(self.gateway.get(self.served(group, kind), name, namespace), PATIENCE)

    def make_namespace(self, name: str) -> None:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        call(self.gateway.apply(self.served("", "Namespace"), body, force=True), PATIENCE)

    def mirror(self) -> None:
        Resource.objects.filter(cluster=self.cluster).delete()
        now = timezone.now()
        for pair in kinds.MIRRORED:
            for obj in call(self.gateway.list(self.served(*pair)), PATIENCE).items:
                row = project(obj, pair)
                Resource.objects.create(cluster=self.cluster, updated_at=now, **values_of(row))
        self.see()

    def see(self, **fields: Any) -> None:
        ResourceMirror.objects.update_or_create(
            pk=self.cluster.pk, defaults={"seen_at": timezone.now(), "looked_at": timezone.now(), **fields}
        )

    def unsee(self) -> None:
        self.see(seen_at=timezone.now() - timedelta(hours=1))

    def row(self, kind: str, name: str, namespace: str = "shop") -> Resource:
        return Resource.objects.get(cluster=self.cluster, kind=kind, name=name, namespace=namespace)


def deployment(name: str, replicas: int = 1, **template: Any) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": "busybox:1",
        "command": ["sleep", "86400"],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def plain(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


@pytest.fixture
def home(add: Callable[..., dict[str, Any]], member: User, client: JsonClient) -> Home:
    """With the namespaces shop and other, still empty."""
    add("home")
    made = Home(Cluster.objects.get(workspace=member.personal_workspace, name="home"))
    made.make_namespace("shop")
    made.make_namespace("other")
    return made


@pytest.fixture
def make_rows(member: User, add: Callable[..., dict[str, Any]]) -> Callable[..., Cluster]:
    """`make_rows(40, kind=…)`: rows that stand for objects which no cluster has."""

    def make(number: int, *, cluster: Cluster | None = None, prefix: str = "pod", **fields: Any) -> Cluster:
        if cluster is None:
            add(f"c-{prefix}")
            cluster = Cluster.objects.get(workspace=member.personal_workspace, name=f"c-{prefix}")
        now = timezone.now()
        values = {"version": "v1", "kind": "Pod", "namespace": "shop", "status": "Running", "health": "healthy"}
        Resource.objects.bulk_create(
            Resource(
                cluster=cluster,
                name=f"{prefix}-{index:05}",
                uid=f"uid-{prefix}-{index}",
                created_at=now - timedelta(seconds=index),
                updated_at=now,
                **{**values, **fields},
            )
            for index in range(number)
        )
        ResourceMirror.objects.update_or_create(pk=cluster.pk, defaults={"seen_at": now, "looked_at": now})
        return cluster

    return make
