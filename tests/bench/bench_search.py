"""Search out of a hundred thousand rows."""

import statistics
import time
from typing import Any

ROWS = 100_000
ASKED = 15
LIMIT_MS = 50
QUERIES = ("deployment-00042", "config 77", "nothing-like-it")


def measure() -> list[dict[str, Any]]:
    from django.utils import timezone

    from accounts.services import principal_of
    from clusters.models import Cluster, Resource
    from dashboard import selectors
    from tests.factories import make_user

    user = make_user()
    now = timezone.now()
    cluster = Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name="large",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )
    fields = {"cluster": cluster, "version": "v1", "namespace": "shop", "created_at": now, "updated_at": now}
    Resource.objects.bulk_create(
        (
            Resource(kind=kind, name=f"{kind.lower()}-{number:05}", uid=f"{kind}{number}", **fields)
            for number in range(ROWS // 2)
            for kind in ("Deployment", "ConfigMap")
        ),
        batch_size=5_000,
    )
    actor = principal_of(user)
    rows = []
    for text in QUERIES:
        times = []
        for _ in range(ASKED):
            began = time.perf_counter()
            selectors.find(text=text, types=(), limit=20, actor=actor)
            times.append((time.perf_counter() - began) * 1000)
        name = f"search for {text!r} in {ROWS:,} resources, median"
        rows.append({"name": name, "value": statistics.median(times), "unit": "ms", "limit": LIMIT_MS})
    return rows
