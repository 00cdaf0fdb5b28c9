from django.apps import AppConfig


class PluginsConfig(AppConfig):
    name = "plugins"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Where else to look for plugins is a setting; what is there is read when it is first asked for."""
        from django.conf import settings

        from plugins.loading.installed import configure
        from plugins.searching import register_sources

        configure(settings.PLUGIN_DIRS)
        register_sources()
