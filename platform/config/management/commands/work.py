"""`manage.py work`: a worker process that carries out runs, builds and imports."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Carry out runs, builds and imports."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=8, help="how many at the same time")

    def handle(self, *args: Any, **options: Any) -> None:
        from config.celery import app

        app.worker_main(["worker", "--pool=threads", f"--concurrency={options['concurrency']}", "--loglevel=INFO"])
