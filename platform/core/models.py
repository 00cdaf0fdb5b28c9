"""The tables of core, gathered here because Django looks for an app's models in this module."""

from core.api.idempotency_models import IdempotencyKey
from core.work.models import Work

__all__ = ["IdempotencyKey", "Work"]
