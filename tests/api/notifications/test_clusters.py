"""A cluster that goes away and comes back is told to all who have it, each by the name they know."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import principal_of
from clusters.models import Cluster, ClusterShare, ClusterStatus
from clusters.services.findings import note_finding
from clusters.types import Finding
from core.principal import system_principal
from notifications.services import take_in
from tests.api.notifications.conftest import API
from tests.factories import make_client

pytestmark = pytest.mark.django_db


def see(cluster: Cluster, finding: Finding) -> None:
    note_finding(seen=cluster, finding=finding, action="checked", actor=system_principal("watcher"))
    cluster.refresh_from_db()
    take_in()


def test_gone_and_back(member: User, other_member: User) -> None:
    cluster = Cluster.objects.create(
        workspace_id=principal_of(member).workspace,
        owner=member,
        name="home",
        server="https://203.0.113.5:6443",
        status=ClusterStatus.CONNECTED,
        version="v1.30.0",
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    ClusterShare.objects.create(
        cluster=cluster,
        email=other_member.email,
        user=other_member,
        workspace_id=principal_of(other_member).workspace,
        role="viewer",
        name="ours",
    )
    see(cluster, Finding(reason="timeout", error="It does not answer."))
    see(cluster, Finding(reason="refused", error="It does not let us in."))
    see(cluster, Finding(version="v1.30.0", nodes=1))
    see(cluster, Finding(version="v1.31.0", nodes=1))
    for user, name in ((member, "home"), (other_member, "ours")):
        told = make_client(user).get(f"{API}?order=asc").json()["notifications"]
        assert [row["title"] for row in told] == [
            f"The cluster {name} cannot be reached",
            f"The cluster {name} is back",
        ]
        assert told[0]["message"] == "Reason: timeout."
        assert told[0]["url"] == f"/clusters/{name}"
