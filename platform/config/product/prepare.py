"""What must be there before the first request: the schema, the first admin, the keys."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def prepare(say: Callable[[str], object]) -> None:
    """Migrate when something is to migrate, and make the first admin when there is none."""
    migrate(say)
    from accounts.services import ensure_first_admin

    admin, password = ensure_first_admin()
    if password:
        say(f"The first admin is {admin.email} with the password {password}")
        say("The password is shown this once only; change it under Settings.")


def migrate(say: Callable[[str], object]) -> None:
    """Looking first costs milliseconds; Django's own `migrate` costs a second even when nothing is to do."""
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("Preparing the database ...")
    call_command("migrate", interactive=False, verbosity=0)
