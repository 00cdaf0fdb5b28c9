"""Reading imports: only whoever began one sees it."""

import re

from django.db.models import QuerySet
from django.utils import timezone

from core.principal import Principal
from imports.errors import ImportNotFound
from imports.models import ImportSession

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def visible_imports(actor: Principal) -> QuerySet[ImportSession]:
    """One's own that have not expired; what they hold is sealed and read by services alone."""
    rows = ImportSession.objects.filter(workspace_id=actor.workspace, owner_id=actor.id, expires_at__gt=timezone.now())
    return rows.defer("sealed")


def get_import(*, import_id: str, actor: Principal) -> ImportSession:
    """The 404 also for somebody else's, and for one that has expired."""
    found = visible_imports(actor).filter(pk=import_id).first() if _ID.fullmatch(import_id) else None
    if found is None:
        raise ImportNotFound
    return found


def list_imports(*, search: str = "", actor: Principal) -> QuerySet[ImportSession]:
    rows = visible_imports(actor).defer("sealed", "analysis")
    return rows.filter(source__name__icontains=search) if search else rows
