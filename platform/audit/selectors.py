"""Reading the record: an administrator sees all of it, everyone else their own."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from audit.errors import EntryNotFound, ExportTooLarge
from audit.models import AuditEntry
from core.principal import Principal, PrincipalKind

# What a person's tokens did is their own as well: both carry the person's id.
_PEOPLE = (PrincipalKind.USER, PrincipalKind.TOKEN)

# So many entries fit into one export: some 30 MB.
MOST_EXPORTED = 100_000
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a list is narrowed to; an empty string and None do not narrow. From `since` on, before `until`."""

    action: str = ""
    object_type: str = ""
    object_id: str = ""
    actor_id: str = ""
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None


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
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.search:
        words = Q()
        for column in ("action", "object_name", "actor_name"):
            words |= Q(**{f"{column}__icontains": wanted.search})
        rows = rows.filter(words)
    return rows


def get_entry(*, entry_id: str, actor: Principal) -> AuditEntry:
    entry = list_entries(AuditFilter(), actor).filter(pk=entry_id).first()
    if entry is None:
        raise EntryNotFound
    return entry


def check_exportable(wanted: AuditFilter, actor: Principal) -> int:
    """How many entries an export would hold; more than fit into one are refused rather than cut."""
    found = list_entries(wanted, actor).count()
    if found > MOST_EXPORTED:
        raise ExportTooLarge(found, MOST_EXPORTED)
    return found


def page_after(wanted: AuditFilter, last: AuditEntry | None, actor: Principal) -> list[AuditEntry]:
    """The next entries for an export, the newest first; nothing that came meanwhile is in it twice or pushes out
    another."""
    rows = list_entries(wanted, actor).order_by("-at", "-pk")
    if last is not None:
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    return list(rows[:_PAGE])
