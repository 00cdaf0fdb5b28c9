"""The task that carries out leased work; it is only a wake-up, the row says what is to be done."""

from typing import Any

from celery import shared_task

from core.work.runner import run_one


@shared_task(name="core.run_work", ignore_result=True)  # type: ignore[untyped-decorator]  # celery has no types
def run_work(work_id: str, *_: Any) -> None:
    """Further arguments are those of a newer version of the product; they are tolerated."""
    run_one(work_id)
