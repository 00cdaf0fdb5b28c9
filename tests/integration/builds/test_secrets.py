"""A secret reaches the step that asks for it, and is seen nowhere else: no log, row, event, image or its history."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core import serializers

from builds.models import Build, BuildChunk
from realtime.models import Event
from tests.integration.builds.support import BASE, DOCKER, Builder, docker, everything, lines_of

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

CANARY = "canary-7f3a9c-of-the-build"
# What the engine has in its cache it does not run, and does not say.
SPEAKING = f"""\
FROM {BASE}
ENV ROUND={uuid4().hex}
ARG API_TOKEN
RUN echo "argument <$API_TOKEN>"
RUN --mount=type=secret,id=API_TOKEN test -s /run/secrets/API_TOKEN && echo it is right
RUN --mount=type=secret,id=npm cat /run/secrets/npm; echo; base64 -w0 /run/secrets/npm; cat /run/secrets/npm | cut -c1-9
"""


def written_everywhere(build: Build) -> Iterator[str]:
    """All that is kept and shown of a build, the image with its history and layers included."""
    yield str(everything(build))
    yield serializers.serialize("json", Build.objects.all())
    yield str(list(Event.objects.values_list("payload", flat=True)))
    name = f"{build.image}:{build.tag}"
    yield docker("history", "--no-trunc", name)
    yield docker("inspect", name)
    saved = subprocess.run([DOCKER, "save", name], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield file.read().decode(errors="replace")


def test_secret_is_seen_nowhere(builder: Builder) -> None:
    build = builder.build(SPEAKING, build_args={"API_TOKEN": CANARY}, secrets={"npm": CANARY})
    assert build.status == "succeeded", (build.error, lines_of(build))
    lines = lines_of(build)
    assert "argument <>" in lines and "it is right" in lines and "***" in lines
    assert any("API_TOKEN is a secret, so it is not given to ARG" in line for line in lines)
    assert not [text for text in written_everywhere(build) if CANARY in text]


def test_failure_does_not_tell_it_either(builder: Builder) -> None:
    text = f"FROM {BASE}\nRUN --mount=type=secret,id=npm cat /run/secrets/npm >&2; exit 7\n"
    build = builder.build(text, secrets={"npm": CANARY})
    assert (build.status, build.error_code) == ("failed", "command_failed"), build.error
    assert CANARY not in build.error + str(everything(build)) and "***" in lines_of(build)
    assert BuildChunk.objects.filter(build=build).exists()


def test_without_buildkit_it_is_refused(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The classic builder would leave it in the image."""
    monkeypatch.setattr("builds.engines.docker.warden.hold", lambda *_, **__: False)
    build = builder.build(f"FROM {BASE}\n", secrets={"npm": CANARY})
    assert (build.status, build.error_code) == ("failed", "secrets_unsupported")


def test_nothing_is_left_on_the_disk(builder: Builder, settings: object) -> None:
    build = builder.build(f"FROM {BASE}\nLABEL x=y\n", secrets={"npm": CANARY}, registry="protected")
    assert build.status == "succeeded", build.error
    assert not list((settings.DATA_DIR / "builds").iterdir())  # type: ignore[attr-defined]
