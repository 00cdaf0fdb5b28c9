from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Here only so that Django finds the management commands."""

    name = "config"
