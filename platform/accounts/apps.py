from django.apps import AppConfig

from core import chores
from vault.columns import register_column


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A rotation of keys must find what accounts keep sealed; what a sign-in leaves behind is swept."""
        register_column("accounts.OneTimeCode", "sealed")
        register_column("accounts.SignupSetting", "invite_code")

        from accounts.services import prune_arrivals

        chores.register("prune_arrivals", 600.0, prune_arrivals)
