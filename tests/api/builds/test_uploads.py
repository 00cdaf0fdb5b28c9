"""Archives that are uploaded to be built."""

import io
import tarfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from builds.models import BuildUpload, BuildUploadPart
from builds.services import forget_uploads
from clusters.registries.models import Registry
from tests.api.builds.conftest import API
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("Dockerfile")
        info.size = 13
        tar.addfile(info, io.BytesIO(b"FROM scratch\n"))
    return buffer.getvalue()


def send(client: JsonClient, data: bytes, name: str = "app.tar.gz") -> Any:
    return client.post(f"{API}/uploads", {"file": SimpleUploadedFile(name, data)}, format="multipart")


def test_upload_can_be_built(client: JsonClient, registry: Registry) -> None:
    answer = send(client, archive(), "../../app.tar.gz")
    assert answer.status_code == 201 and answer.json()["filename"] == "app.tar.gz"
    assert answer.json()["size"] == len(archive()) == sum(len(part.data) for part in BuildUploadPart.objects.all())
    built = client.post(f"{API}/start", {"source": {"upload": answer.json()["upload"]}, "image": "app"})
    assert built.status_code == 201 and built.json()["source"]["kind"] == "upload"


def test_upload_is_its_owners(client: JsonClient, stranger: JsonClient, registry: Registry) -> None:
    upload = send(client, archive()).json()["upload"]
    answer = stranger.post(f"{API}/start", {"source": {"upload": upload}, "image": "app"})
    assert answer.status_code == 400 and answer.json()["code"] == "upload_not_found"


def test_upload_expires(client: JsonClient, registry: Registry) -> None:
    upload = send(client, archive()).json()["upload"]
    BuildUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post(f"{API}/start", {"source": {"upload": upload}, "image": "app"})
    assert answer.json()["code"] == "upload_not_found"
    assert forget_uploads() and not BuildUploadPart.objects.exists()


def test_upload_is_bounded(client: JsonClient, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_upload_mb": 1})
    answer = send(client, b"\x1f\x8b" + bytes(1024 * 1024 + 1))
    assert answer.status_code == 413 and answer.json()["code"] == "upload_too_large"
    assert not BuildUpload.objects.exists()


@pytest.mark.parametrize("data", [pytest.param(b"hello" * 100, id="text"), pytest.param(b"", id="nothing")])
def test_what_is_no_archive_is_refused(client: JsonClient, data: bytes) -> None:
    answer = send(client, data)
    assert answer.status_code == 400 and "file" in answer.json()["fields"]
    assert client.post(f"{API}/uploads", {}, format="multipart").status_code == 400
