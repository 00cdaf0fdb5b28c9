"""A namespace of its own on the practice cluster and on a real one, mirrored at the speed of the product."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from clusters.kube.direct import DirectGateway
from clusters.live.timing import Timing
from clusters.models import Cluster, Resource, ResourceMirror
from clusters.resources import metrics, reading, services
from tests.factories import make_user
from tests.integration.live.support import Gateways, Ground, watching


@pytest.fixture
def ground(transactional_db: None, gateway: DirectGateway, namespace: str, monkeypatch: pytest.MonkeyPatch) -> Ground:
    user, now = make_user(), timezone.now()
    cluster = Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name="tested",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )
    ResourceMirror.objects.create(cluster=cluster, looked_at=now)
    for module in (services, reading, metrics):
        monkeypatch.setattr(module, "gateway_for", lambda _: gateway)
    return Ground(user, cluster, gateway, namespace)


@pytest.fixture
def mirrored(ground: Ground, gateway: DirectGateway) -> Iterator[Ground]:
    with watching(Gateways({ground.cluster.pk: gateway}), timing=Timing()):
        yield ground


@pytest.fixture
def row(ground: Ground, eventually: Callable[..., Any]) -> Callable[..., Resource]:
    """`row("Deployment", "web", status="Available")`: once there is one."""

    def find(kind: str, name: str, **fields: Any) -> Resource:
        rows = Resource.objects.filter(cluster=ground.cluster, kind=kind, name=name, namespace=ground.namespace)
        found: Resource = eventually(lambda: rows.filter(**fields).first())
        return found

    return find
