"""What people want to be told, and how."""

from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core.principal import Principal
from notifications.models import Preference
from notifications.selectors import Wish, list_wishes


@transaction.atomic
def set_preferences(*, wishes: Sequence[Wish], actor: Principal) -> list[Wish]:
    """Those given replace what was; of kinds that are not given nothing changes. All of them after it."""
    before = {wish.kind: wish for wish in list_wishes(actor=actor)}
    changed = [wish for wish in wishes if wish != before[wish.kind]]
    for wish in changed:
        Preference.objects.update_or_create(
            user_id=actor.id,
            kind=wish.kind,
            defaults={"is_in_app": wish.is_in_app, "is_by_email": wish.is_by_email},
        )
    if changed:
        record(
            action="notifications.preferences_changed",
            object_type="user",
            object_id=actor.id,
            object_name=actor.name,
            detail={"kinds": sorted(wish.kind for wish in changed)},
            actor=actor,
        )
    return list_wishes(actor=actor)
