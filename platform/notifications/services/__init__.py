"""Every change of notifications. The modules beside this one hold them by concern."""

from notifications.services.intake import take_in
from notifications.services.keeping import forget_old, mark, mark_all_read
from notifications.services.preferences import set_preferences
from notifications.services.webhooks import NewWebhook, add_webhook, change_webhook, remove_webhook, try_webhook

__all__ = [
    "NewWebhook",
    "add_webhook",
    "change_webhook",
    "forget_old",
    "mark",
    "mark_all_read",
    "remove_webhook",
    "set_preferences",
    "take_in",
    "try_webhook",
]
