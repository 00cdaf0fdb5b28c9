"""Every change of notifications. The modules beside this one hold them by concern."""

from notifications.services.intake import take_in
from notifications.services.keeping import forget_old, mark, mark_all_read
from notifications.services.preferences import set_preferences

__all__ = ["forget_old", "mark", "mark_all_read", "set_preferences", "take_in"]
