from django.apps import AppConfig

from vault.columns import register_column


class ClustersConfig(AppConfig):
    name = "clusters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A rotation of keys must find the credentials; each new person gets a practice cluster, and what waits for
        their address."""
        from accounts.events import email_verified, user_registered
        from clusters.live.interests import register_follower
        from clusters.practice_link import on_user_registered
        from clusters.resources.mirror import Mirror
        from clusters.searching import register_sources
        from clusters.services.custom_kinds import served_by
        from clusters.services.sharing import on_address_proven
        from plugins.selectors import register_served

        register_column("clusters.Cluster", "credentials")
        register_column("clusters.Registry", "credentials")
        register_sources()
        register_served(served_by)
        mirror = Mirror()
        register_follower(mirror.provide, mirror.reconcile)
        user_registered.connect(on_user_registered, dispatch_uid="clusters.practice")
        user_registered.connect(on_address_proven, dispatch_uid="clusters.shares")
        email_verified.connect(on_address_proven, dispatch_uid="clusters.shares")
