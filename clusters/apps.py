from django.apps import AppConfig

from vault.columns import register_column


class ClustersConfig(AppConfig):
    name = "clusters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A rotation of keys must find the credentials, and each new person gets a practice cluster."""
        from accounts.events import user_registered
        from clusters.practice_link import on_user_registered

        register_column("clusters.Cluster", "credentials")
        user_registered.connect(on_user_registered, dispatch_uid="clusters.practice")
