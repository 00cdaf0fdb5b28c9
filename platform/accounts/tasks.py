"""What accounts do in the background: mail."""

from typing import Any

from celery import shared_task

from accounts import services
from accounts.services.codes import SEND_JOB


@shared_task(name=SEND_JOB, autoretry_for=(OSError,), retry_backoff=5, max_retries=5)  # type: ignore[untyped-decorator]
def send_code(code_id: str, *_: Any, **__: Any) -> None:
    services.send_code(code_id=code_id)
