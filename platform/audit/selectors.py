"""Reading the record: an administrator sees all of it, everyone else their own."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from audit.models import AuditEntry
from core.principal import Principal, PrincipalKind

# What a person's tokens did is their own as well: both carry the person's id.
_PEOPLE = (PrincipalKind.USER, PrincipalKind.TOKEN)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a list is narrowed to; an empty string does not narrow."""

    action: str = ""
    object_type: str = ""
    object_id: str = ""
    actor_id: str = ""
    search: str = ""


def list_entries(wanted: AuditFilter, actor: Principal) -> QuerySet[AuditEntry]:
    """Their own: what they did, and what was done to things of their workspace."""
    rows = AuditEntry.objects.all()
    if not actor.is_admin:
        own = Q(actor_kind__in=_PEOPLE, actor_id=actor.id)
        rows = rows.filter(own | Q(workspace_id=actor.workspace) if actor.workspace else own)
    if wanted.action:
        rows = rows.filter(Q(action=wanted.action) | Q(action__startswith=f"{wanted.action}."))
    for name in ("object_type", "object_id", "actor_id"):
        value = getattr(wanted, name)
        if value:
            rows = rows.filter(**{name: value})
    if wanted.search:
        words = Q()
        for column in ("action", "object_name", "actor_name"):
            words |= Q(**{f"{column}__icontains": wanted.search})
        rows = rows.filter(words)
    return rows
