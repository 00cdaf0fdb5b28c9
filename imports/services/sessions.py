"""Sessions: files come in, are looked through, and wait for a person's decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from core.principal import Principal
from core.work import services as work
from imports.analysis import analysis_json
from imports.archives import MAX_BYTES, MAX_FILES, ArchiveError, is_archive, unpack
from imports.compose import ComposeError
from imports.compose.loading.dotenv import parse_dotenv
from imports.errors import BadArchive, ImportChanged, ImportNotReady, TooMuch, UnreadableInput
from imports.masking import masked_texts
from imports.models import ImportSession, ImportStatus
from imports.selectors import get_import, visible_imports
from imports.services.converting import conversion_of
from imports.services.sealing import seal, unseal
from imports.types import Sent, Source

WORK_KIND = "imports.fetch"
_NAME = 300
# Of one person. Each holds files, so they are forgotten from the oldest on.
MOST_KEPT = 30


def read_files(uploads: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """Uploaded files by their path; an archive among them stands for what is in it."""
    files: dict[str, bytes] = {}
    for name, content in uploads:
        try:
            found = unpack(name, content) if is_archive(name, content) else {name: content}
        except ArchiveError as error:
            raise BadArchive(str(error)) from None
        files |= found
    if len(files) > MAX_FILES:
        raise TooMuch(f"These are {len(files):,} files; send at most {MAX_FILES:,}.")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise TooMuch(f"The files are larger than {MAX_BYTES // 2**20} MiB together; send only what is needed.")
    return files


def read_variables(text: str) -> dict[str, str]:
    """The variables of an `.env` file that was sent beside the files."""
    try:
        return parse_dotenv(text, {}, file="env")[0]
    except ComposeError as error:
        raise UnreadableInput(error.violations) from None


def begin_import(
    *,
    files: Mapping[str, bytes],
    source: Source,
    profiles: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    actor: Principal,
) -> ImportSession:
    """Looks through the files at once. What cannot be read leaves nothing behind. `notes` are told as warnings."""
    sent = Sent(dict(files), list(profiles), dict(variables or {}), notes=list(notes))
    kind, conversion = conversion_of(sent)
    session = new_session(source, actor)
    session.status, session.analysis = ImportStatus.READY, analysis_json(kind, conversion, sent)
    seal(session, sent)
    with transaction.atomic():
        forget_oldest(actor)
        session.save(force_insert=True)
        record(session, "import.analyzed", actor)
    return session


def new_session(source: Source, actor: Principal) -> ImportSession:
    """Not stored yet; `analyzing`."""
    return ImportSession(
        workspace_id=actor.workspace,
        owner_id=actor.id,
        source=replace(source, name=source.name[:_NAME]).as_json(),
        expires_at=timezone.now() + timedelta(hours=settings.IMPORT_HOURS),
    )


def choose(
    *,
    import_id: str,
    choices: Mapping[str, str],
    profiles: Sequence[str] | None = None,
    variables: Mapping[str, str] | None = None,
    actor: Principal,
) -> ImportSession:
    """The same files with other decisions: `choices` are added to those made before, an empty one takes its
    decision back."""
    _refuse_unready(get_import(import_id=import_id, actor=actor))
    session = ImportSession.objects.get(pk=import_id)
    sent = with_choices(unseal(session), choices)
    if profiles is not None:
        sent.profiles = list(profiles)
    if variables is not None:
        sent.variables = dict(variables)
    kind, conversion = conversion_of(sent)
    session.analysis = analysis_json(kind, conversion, sent)
    seal(session, sent)
    session.updated_at = timezone.now()
    with transaction.atomic():
        # Another decision may have come meanwhile, and this one knows nothing of it.
        changed = ImportSession.objects.filter(pk=session.pk, revision=session.revision).update(
            analysis=session.analysis,
            sealed=session.sealed,
            revision=session.revision + 1,
            updated_at=session.updated_at,
        )
        if not changed:
            raise ImportChanged
        session.revision += 1
        record(session, "import.decided", actor)
    return session


def _refuse_unready(session: ImportSession) -> None:
    if session.status != ImportStatus.READY:
        raise ImportNotReady(session.status)


def with_choices(sent: Sent, choices: Mapping[str, str]) -> Sent:
    """Decisions on top of those that were made."""
    merged = {**sent.choices, **choices}
    sent.choices = {name: value for name, value in merged.items() if value != ""}
    return sent


def sources_of(*, import_id: str, actor: Principal) -> list[tuple[str, str]]:
    """Name and text of the files that say what there is, to show beside the report; secret values are hidden."""
    session = get_import(import_id=import_id, actor=actor)
    _refuse_unready(session)
    sent = unseal(ImportSession.objects.get(pk=session.pk))
    _, conversion = conversion_of(sent)
    return masked_texts(sent.files, conversion)


@transaction.atomic
def delete_import(*, import_id: str, actor: Principal) -> None:
    """Workflows that were made from it stay."""
    session = get_import(import_id=import_id, actor=actor)
    record(session, "import.deleted", actor)
    # Whoever is fetching for it finds out soon, and stops.
    work.cancel(kind=WORK_KIND, key=session.pk)
    session.delete()


def forget_oldest(actor: Principal) -> None:
    mine = visible_imports(actor).order_by("-created_at", "-pk").values_list("pk", flat=True)
    ImportSession.objects.filter(pk__in=list(mine[MOST_KEPT - 1 :])).delete()


def prune_imports() -> int:
    """Removes what has expired."""
    deleted, _ = ImportSession.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def record(session: ImportSession, action: str, actor: Principal) -> None:
    audit.record(
        action=action,
        object_type="import",
        object_id=session.pk,
        object_name=str(session.source.get("name") or ""),
        detail={"source": session.source.get("type")},
        workspace=session.workspace_id,
        actor=actor,
    )
