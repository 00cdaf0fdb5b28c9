from django.apps import AppConfig

from vault.columns import register_column


class BuildsConfig(AppConfig):
    name = "builds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from builds import execution
        from builds.searching import register_sources

        register_column("builds.Build", "sealed")
        register_column("builds.BuildHook", "secret")
        execution.register()
        register_sources()
