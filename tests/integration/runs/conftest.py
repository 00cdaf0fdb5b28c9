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
def deployer(transactional_db: None, practice_server: PracticeServer, settings: Any) -> Iterator[Deployer]:
    with serving(practice_server, settings):
        actor = principal_of(make_user())
        yield Deployer(actor, Cluster.objects.get(workspace_id=actor.workspace), "shop")
