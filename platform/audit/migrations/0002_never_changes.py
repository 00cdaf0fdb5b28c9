"""The databases themselves refuse to change an entry. Removing old ones stays possible: that is what retention does."""

from django.db import migrations

_SQLITE = """
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit_auditentry
BEGIN SELECT RAISE(ABORT, 'Audit entries never change.'); END
"""
_POSTGRESQL = """
CREATE FUNCTION audit_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'Audit entries never change.'; END $$;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit_auditentry
FOR EACH ROW EXECUTE PROCEDURE audit_never_changes();
"""


def refuse(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if is_postgresql else _SQLITE)


def allow(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "DROP FUNCTION audit_never_changes() CASCADE" if is_postgresql else "DROP TRIGGER audit_never_changes"
        )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
