from django.apps import AppConfig

_OFTEN, _HOUR = 2.0, 3600.0


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import chores
        from core.work import registry
        from notifications import mail, webhooks
        from notifications.services import forget_old, take_in
        from vault.columns import register_column

        registry.register(mail.WORK_KIND, mail.send, "read", lease_seconds=60, retry_in=30)
        registry.register(
            webhooks.WORK_KIND, webhooks.deliver, "read", lease_seconds=60, retry_in=20, give_up=webhooks.give_up
        )
        register_column("notifications.Webhook", "secret")
        chores.register("take_in_news", _OFTEN, take_in)
        chores.register("forget_notifications", _HOUR, forget_old)
