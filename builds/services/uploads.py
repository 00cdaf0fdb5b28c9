"""Archives that wait to be built."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from audit.services import record
from builds import events
from builds.configuration import UPLOAD_LIFE, most_upload_bytes
from builds.errors import BadBuild, TooManyBuilds, UploadTooLarge
from builds.models import BuildUpload, BuildUploadPart
from core.principal import Principal

_PART = 1024 * 1024
MOST_UPLOADS = 20
# (offset, bytes) by which archives that can be opened begin: zip, gzip, bzip2, xz, zstd, tar.
_MAGIC = ((0, b"PK\x03\x04"), (0, b"\x1f\x8b"), (0, b"BZh"), (0, b"\xfd7zXZ\x00"), (257, b"ustar"))


def upload_source(*, filename: str, chunks: Iterable[bytes], actor: Principal) -> BuildUpload:
    """Keep an archive (tar, tar.gz, tar.bz2, tar.xz or zip) for a day. What is in it is looked at when it is built."""
    now = timezone.now()
    mine = BuildUpload.objects.filter(workspace=actor.workspace, expires_at__gt=now)
    if mine.count() >= MOST_UPLOADS:
        raise TooManyBuilds(MOST_UPLOADS)
    digest, size = hashlib.sha256(), 0
    upload = BuildUpload(
        workspace_id=actor.workspace,
        filename=Path(filename).name[:200] or "archive",
        expires_at=now + UPLOAD_LIFE,
        created_at=now,
    )
    with transaction.atomic():
        upload.size = 0
        upload.save(force_insert=True)
        for number, part in enumerate(_parts(chunks)):
            if number == 0:
                _check_archive(part)
            size += len(part)
            if size > most_upload_bytes():
                raise UploadTooLarge(most_upload_bytes() // 1024**2)
            digest.update(part)
            BuildUploadPart.objects.create(upload=upload, number=number, data=part)
        if not size:
            raise BadBuild("file", "The archive is empty.")
        upload.size, upload.sha256 = size, digest.hexdigest()
        upload.save(update_fields=["size", "sha256"])
        record(
            action=events.UPLOADED,
            object_type="build_upload",
            object_id=upload.pk,
            object_name=upload.filename,
            detail={"size": size},
            actor=actor,
        )
    return upload


def write_upload(upload_id: str, path: Path) -> bool:
    """Onto a worker's disk; whether it was still there."""
    parts = BuildUploadPart.objects.filter(upload=upload_id).order_by("number").values_list("data", flat=True)
    with path.open("wb") as file:
        for data in parts.iterator(chunk_size=4):
            file.write(data)
    return path.stat().st_size > 0


def forget_uploads() -> int:
    """The sweep: those that have expired."""
    return BuildUpload.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _check_archive(head: bytes) -> None:
    if not any(head[start : start + len(magic)] == magic for start, magic in _MAGIC):
        raise BadBuild("file", "It is not an archive: send a tar, tar.gz, tar.bz2, tar.xz or zip.")


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= _PART:
            yield bytes(waiting[:_PART])
            del waiting[:_PART]
    if waiting:
        yield bytes(waiting)
