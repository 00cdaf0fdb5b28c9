"""People who are told of something, and what there is to tell."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services import principal_of
from notifications.services import take_in
from realtime.services import publish

API = "/v1/api/notifications"

Tell = Callable[..., None]


def tell(user: User, type: str = "run.ended", **more: Any) -> None:
    """Something happens in the workspace of `user`, and is taken in."""
    workspace = principal_of(user).workspace
    payload = {
        "run_id": "run_1",
        "workflow_id": "w1",
        "name": "Shop",
        "operation": "deploy",
        "status": "failed",
        "cluster": "home",
        "message": "web: no such image",
        **more,
    }
    with transaction.atomic():
        publish(stream=f"workspace:{workspace}", type=type, workspace=workspace, subject="run_1", payload=payload)
    take_in()


@pytest.fixture(autouse=True)
def _nothing_from_before(db: None, member: User, other_member: User) -> None:
    """What signing up told is taken in."""
    take_in()
