"""`manage.py ensure_admin`: makes the first administrator; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import ensure_first_admin
from core.errors import AppError


class Command(BaseCommand):
    help = "Make the first administrator from SAILCLOTH_ADMIN_EMAIL and SAILCLOTH_ADMIN_PASSWORD, if there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            admin, password = ensure_first_admin()
        except AppError as error:
            raise CommandError(error.message) from error
        if password is None:
            self.stdout.write(f"The administrator is {admin.email}.")
        else:
            self.stdout.write(f"The administrator is {admin.email} with the password {password}")
            self.stdout.write("The password is shown this once only; change it under Settings.")
