"""Fetching for an import as leased work: brings the files, looks through them, and tells how far it is, fenced.

Safe to repeat: until the last transaction nothing is written but news, and whoever takes over fetches again.
"""

import asyncio
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from builds.phase import Emit, Phase
from builds.sources import fetch
from builds.sources.errors import SourceError
from builds.sources.types import Fetched, Limits
from core.errors import AppError
from core.network import Guard
from core.work import registry
from core.work import services as work
from core.work.types import Lease, LeaseLost
from imports import events
from imports.analysis import analysis_json
from imports.models import ImportSession, ImportStatus
from imports.origin import Repository
from imports.repository.gathering import gather
from imports.services.converting import conversion_of
from imports.services.fetching import source_of
from imports.services.sealing import seal, unseal
from imports.services.sessions import WORK_KIND
from imports.types import Sent

LEASE_SECONDS, RETRY_IN = 30.0, 3.0
LIMITS = Limits(seconds=300.0, bytes=512 * 2**20, files=50_000)
GIVEN_UP = "The worker that fetched it stopped without an answer, again and again. Send the address again."
_LOOK_SECONDS, _TELL_SECONDS, _WAIT_SECONDS = 0.5, 0.3, 0.1
_PERCENT = re.compile(r"\b(\d{1,3})%")
_LINE = 300
_MASK = "••••"


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(WORK_KIND, carry_out, "import", lease_seconds=LEASE_SECONDS, retry_in=RETRY_IN, give_up=give_up)


def carry_out(lease: Lease) -> None:
    """The handler of the work kind; `lease.key` is the id of the session."""
    session = ImportSession.objects.filter(pk=lease.key, status=ImportStatus.ANALYZING).first()
    if session is None:
        return
    folder = Path(settings.DATA_DIR) / "imports" / session.pk
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _look_through(session, folder, lease)
    except SourceError as error:
        _fail(session, lease, error.message)
    except AppError as error:
        _fail(session, lease, str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_up(lease: Lease, error: str) -> None:
    """No attempt is left. `error` is for the log of the installation; a person would not understand it."""
    session = ImportSession.objects.filter(pk=lease.key, status=ImportStatus.ANALYZING).first()
    if session is not None:
        _fail(session, lease, GIVEN_UP)


def _look_through(session: ImportSession, folder: Path, lease: Lease) -> None:
    sent = unseal(session)
    assert sent.repository is not None, "only what is to be fetched is queued"
    news = _News(session, lease, sent.repository.token)
    fetched = _bring(sent.repository, folder, news, lease)
    news.say("looking", f"Looking through {fetched.files:,} files")
    gathered = gather(fetched.root, sent.repository.path)
    known = sent.repository.as_read()
    sent.repository = msgspec.structs.replace(known, revision=fetched.revision, left_out=gathered.left_out)
    sent.files = gathered.files
    kind, conversion = conversion_of(sent)
    session.source["revision"] = fetched.revision
    _end(session, lease, sent, status=ImportStatus.READY, analysis=analysis_json(kind, conversion, sent))


def _bring(repository: Repository, folder: Path, news: "_News", lease: Lease) -> Fetched:
    into = folder / "source"
    into.mkdir(mode=0o700, parents=True)
    guard = Guard(settings.ALLOWED_NETWORKS)

    async def bring(emit: Emit) -> Fetched:
        def on_line(text: str) -> None:
            emit(text.encode())

        return await fetch(source_of(repository), into, limits=LIMITS, guard=guard, on_line=on_line)

    return _carried(Phase(bring), lambda line: news.say("fetching", line), lease)


def _carried(phase: Phase[Fetched], on_line: Callable[[str], None], lease: Lease) -> Fetched:
    """This thread alone writes to the database; when the lease is lost, the phase ends before this returns."""
    looked_at = time.monotonic()
    lost: LeaseLost | None = None
    while not phase.is_over:
        data = phase.take(_WAIT_SECONDS)
        if lost is not None:
            continue
        try:
            if data is not None:
                on_line(data.decode(errors="replace"))
            if time.monotonic() - looked_at >= _LOOK_SECONDS:
                looked_at = time.monotonic()
                work.check(lease)
        except LeaseLost as error:
            lost = error
            phase.cancel()
    if lost is not None:
        raise lost
    try:
        return phase.result()
    except asyncio.CancelledError:
        raise LeaseLost(f"{lease.kind} {lease.key}: cancelled.") from None


class _News:
    """What goes on, told now and then; never with the token in it."""

    def __init__(self, session: ImportSession, lease: Lease, token: str) -> None:
        self._session, self._lease, self._token = session, lease, token
        self._told_at, self._stage = 0.0, ""

    def say(self, stage: str, line: str) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._told_at < _TELL_SECONDS:
            return
        self._told_at, self._stage = now, stage
        text = line.replace(self._token, _MASK) if self._token else line
        found = _PERCENT.search(text)
        percent = min(int(found[1]), 100) if found else None
        payload = {"stage": stage, "percent": percent, "message": text.replace("\x00", "")[:_LINE]}
        with work.fenced(self._lease):
            events.tell(self._session, "progress", payload)


def _fail(session: ImportSession, lease: Lease, message: str) -> None:
    sent = unseal(session)
    kept = Sent({}, repository=sent.repository.without_token() if sent.repository else None)
    _end(session, lease, kept, status=ImportStatus.FAILED, error=message.replace("\x00", ""))


def _end(session: ImportSession, lease: Lease, sent: Sent, **values: Any) -> None:
    """The row and the last event of its stream, in one transaction."""
    seal(session, sent)
    for name, value in values.items():
        setattr(session, name, value)
    with work.fenced(lease):
        changed = ImportSession.objects.filter(pk=session.pk, status=ImportStatus.ANALYZING).update(
            **values,
            sealed=session.sealed,
            source=session.source,
            revision=session.revision + 1,
            updated_at=timezone.now(),
        )
        if changed:
            events.tell(session, "done", events.ending_of(session))
