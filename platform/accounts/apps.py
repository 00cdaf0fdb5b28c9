from django.apps import AppConfig

from vault.columns import register_column


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A rotation of keys must find what accounts keep sealed."""
        register_column("accounts.OneTimeCode", "sealed")
        register_column("accounts.SignupSetting", "invite_code")
