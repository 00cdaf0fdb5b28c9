"""`manage.py rotate_secret_keys`: after a new key was put in front of SAILCLOTH_SECRET_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from vault.keys import keyring
from vault.rotation import rotate


class Command(BaseCommand):
    help = "Re-wrap all encrypted values under the first of SAILCLOTH_SECRET_KEYS; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        total = rotate(lambda column, changed: self.stdout.write(f"{column}: {changed} re-wrapped"))
        self.stdout.write(f"{total} values are now under key {keyring().current.label}.")
        self.stdout.write("Keys after the first can be removed once no running process uses them; people sign in anew.")
