"""Search out of a hundred thousand rows, and what its index costs whoever writes them."""

import time
from typing import Any

ROWS = 100_000
ASKED = 20
LIMIT_MS = 50
# One of them, parts of words, one word of half of them, several words, nothing, what is mistyped, and one letter.
QUERIES = (
    "deployment-00042",
    "config 77",
    "deployment",
    "map shop 0123",
    "nothing-like-it",
    "deploymnet-00042",
    "p",
)


def measure() -> list[dict[str, Any]]:
    from django.db import connection

    from accounts.services import principal_of
    from clusters.models import Resource
    from dashboard import selectors
    from tests.factories import make_user

    user = make_user()
    actor = principal_of(user)
    began = time.perf_counter()
    made = make_resources(user)
    wrote = time.perf_counter() - began
    where = f"on {connection.vendor}"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE clusters_resource")
    rows = []
    for text in QUERIES:
        times = []
        for _ in range(ASKED):
            began = time.perf_counter()
            selectors.find(text=text, types=(), limit=20, actor=actor)
            times.append((time.perf_counter() - began) * 1000)
        name = f"search for {text!r} in {ROWS:,} resources {where}, 95th percentile"
        rows.append({"name": name, "value": sorted(times)[ASKED * 95 // 100 - 1], "unit": "ms", "limit": LIMIT_MS})
    began = time.perf_counter()
    for row in made[:5_000]:
        row.status = "Changed"
    Resource.objects.bulk_update(made[:5_000], ["status"], batch_size=500)
    changed = time.perf_counter() - began
    rows.append({"name": f"rows of the mirror written {where}", "value": ROWS / wrote, "unit": "rows/s", "limit": None})
    rows.append(
        {"name": f"rows of the mirror changed {where}", "value": 5_000 / changed, "unit": "rows/s", "limit": None}
    )
    return rows


def make_resources(user: Any) -> list[Any]:
    from django.utils import timezone

    from clusters.models import Cluster, Resource

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
    return Resource.objects.bulk_create(
        [
            Resource(kind=kind, name=f"{kind.lower()}-{number:05}", uid=f"{kind}{number}", **fields)
            for number in range(ROWS // 2)
            for kind in ("Deployment", "ConfigMap")
        ],
        batch_size=5_000,
    )
