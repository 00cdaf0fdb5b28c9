from django.apps import AppConfig

from vault.columns import register_column

_MINUTE, _HOUR = 60.0, 3600.0


class BuildsConfig(AppConfig):
    name = "builds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from builds import execution, services
        from builds.searching import register_sources
        from core import chores

        register_column("builds.Build", "sealed")
        register_column("builds.BuildHook", "secret")
        register_column("builds.GitLogin", "token")
        execution.register()
        register_sources()
        chores.register("admit_builds", 5.0, services.wake_queues)
        chores.register("forget_builds", _HOUR, services.forget_builds)
        chores.register("forget_build_folders", 10 * _MINUTE, services.forget_folders)
        chores.register("forget_build_uploads", 10 * _MINUTE, services.forget_uploads)
        chores.register("forget_build_deliveries", _HOUR, services.forget_deliveries)
        chores.register("remove_dangling_images", _HOUR, services.remove_dangling_images)
