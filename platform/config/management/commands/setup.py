"""`manage.py setup`: migrates the database and makes the first admin; safe to repeat, and at the same time."""

from typing import Any

from django.core.management.base import BaseCommand

from config.product.prepare import prepare


class Command(BaseCommand):
    help = "Prepare the database and make the first admin."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(self.stdout.write)
