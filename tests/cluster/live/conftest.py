"""A workflow deployed in a namespace of its own, on the practice cluster and on a real one."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from clusters.kube.direct import DirectGateway
from clusters.live.timing import Timing
from clusters.models import Cluster
from tests.factories import make_user
from tests.integration.live.support import Gateways, Ground, watching

AS_IN_LIFE = Timing()


@pytest.fixture
def ground(transactional_db: None, gateway: DirectGateway, namespace: str) -> Iterator[Ground]:
    """With a watcher that goes at the speed of the product."""
    user, now = make_user(), timezone.now()
    cluster = Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name="tested",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )
    made = Ground(user, cluster, gateway, namespace)
    with watching(Gateways({cluster.pk: gateway}), timing=AS_IN_LIFE):
        yield made
