"""What clusters do in the background: looking whether they can still be reached."""

from typing import Any

from celery import shared_task

from clusters import services
from clusters.services.checks import CHECK_JOB


@shared_task(name=CHECK_JOB, ignore_result=True)  # type: ignore[untyped-decorator]  # celery has no types
def check_cluster(cluster_id: str, *_: Any) -> None:
    services.check_cluster(cluster_id=cluster_id)
