"""The Celery application, and the binding of job names to tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from core import jobs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sailcloth")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logging(**_: Any) -> None:
    """Connecting at all stops Celery from replacing Django's logging."""


def _send(name: str, args: tuple[Any, ...]) -> None:
    # A wake-up may be lost: the work itself is a row, and the sweep finds it.
    app.send_task(name, args=args, ignore_result=True, retry=False)


jobs.bind(_send)
