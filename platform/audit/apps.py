from django.apps import AppConfig

_HOUR = 3600.0


class AuditConfig(AppConfig):
    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit.services import prune
        from core import chores

        chores.register("prune_audit", _HOUR, prune)
