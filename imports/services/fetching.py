"""Imports whose files are fetched from elsewhere: asked for here, brought by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
from django.db import transaction

from builds.sources.addresses import git_fault
from builds.sources.types import GitSource
from core.principal import Principal
from core.work import services as work
from imports.errors import BadSource, TooManyAtOnce
from imports.models import ImportSession, ImportStatus
from imports.origin import Repository
from imports.selectors import visible_imports
from imports.services.sealing import seal
from imports.services.sessions import WORK_KIND, forget_oldest, new_session, record
from imports.types import Sent, Source

MOST_AT_ONCE = 3
_FIELDS = {"git_url": "source.git_url", "ref": "source.ref", "subdirectory": "source.path"}
_CREDENTIALS = "source.credentials"


def source_of(repository: Repository) -> GitSource:
    """All of it is fetched: what lies in a folder may be built from another."""
    return GitSource(
        repository.url,
        repository.ref,
        username=repository.username,
        token=repository.token,
        submodules=repository.submodules,
    )


def begin_fetch(
    *,
    repository: Repository,
    profiles: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    actor: Principal,
) -> ImportSession:
    """Answers at once, with a session that is `analyzing`. The token is sealed, and forgotten once it was used."""
    repository = msgspec.structs.replace(repository, path=repository.path.strip("/").removeprefix("./"))
    fault = git_fault(replace(source_of(repository), subdirectory=repository.path))
    if fault is not None:
        raise BadSource(_FIELDS.get(fault[0], _CREDENTIALS), fault[1])
    session = new_session(
        Source("git", repository.url, repository.ref, repository.path, submodules=repository.submodules), actor
    )
    seal(session, Sent({}, list(profiles), dict(variables or {}), repository=repository))
    with transaction.atomic():
        if visible_imports(actor).filter(status=ImportStatus.ANALYZING).count() >= MOST_AT_ONCE:
            raise TooManyAtOnce(MOST_AT_ONCE)
        forget_oldest(actor)
        session.save(force_insert=True)
        record(session, "import.begun", actor)
        work.enqueue(kind=WORK_KIND, key=session.pk, payload={}, workspace=session.workspace_id)
    return session
