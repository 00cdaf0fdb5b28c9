"""A person with a practice cluster of their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.services import principal_of
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from tests.factories import make_user
from tests.integration.runs.support import Deployer, practice_server, serving

__all__ = ["practice_server"]


@pytest.fixture
def deployer(
    transactional_db: None, practice_server: PracticeServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployer]:
    # A cluster that does not answer is a failure of the test, to be had soon.
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 5.0)
    with serving(practice_server, settings):
        actor = principal_of(make_user())
        yield Deployer(actor, Cluster.objects.get(workspace_id=actor.workspace), "shop")
