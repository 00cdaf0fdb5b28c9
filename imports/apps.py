from django.apps import AppConfig

_HOUR = 3600.0


class ImportsConfig(AppConfig):
    name = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import chores
        from imports import execution
        from imports.services import prune_imports
        from vault.columns import register_column

        execution.register()
        chores.register("prune_imports", _HOUR, prune_imports)
        register_column("imports.ImportSession", "sealed")
