"""What is over is forgotten, and what is still needed is not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from builds.models import Build, BuildChunk
from builds.services import forget_builds, forget_folders, wake_queues
from tests.api.builds.conftest import API
from tests.api.builds.test_builds import finish
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
Start = Callable[..., dict[str, Any]]


def test_old_builds_go_with_their_logs(start: Start, client: JsonClient) -> None:
    old, hooked, new = start(), start(source={"git_url": "https://git.example.com/a"}), start()
    client.post(f"{API}/{hooked['id']}/webhooks", {"provider": "github"})
    for build in (old, hooked, new):
        finish(build["id"])
    past = timezone.now() - timedelta(days=31)
    Build.objects.filter(pk__in=[old["id"], hooked["id"]]).update(finished_at=past)
    assert forget_builds() > 0
    assert set(Build.objects.values_list("pk", flat=True)) == {hooked["id"], new["id"]}
    assert not BuildChunk.objects.filter(build=old["id"]).exists()


def test_folders_of_what_is_over_go(start: Start, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    waiting, over = start(), start()
    finish(over["id"])
    for name in (waiting["id"], over["id"], "of-nobody"):
        (tmp_path / "builds" / name).mkdir(parents=True)
    assert forget_folders() == 2
    assert [path.name for path in (tmp_path / "builds").iterdir()] == [waiting["id"]]


def test_places_that_came_free_are_found(start: Start) -> None:
    first, second = start(), start()
    finish(first["id"])
    assert Build.objects.get(pk=second["id"]).admitted_at is None
    assert wake_queues() == 1
    assert Build.objects.get(pk=second["id"]).admitted_at is not None
