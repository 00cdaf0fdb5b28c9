"""Provenance and SBOM where the engine makes them, and an honest nothing where it does not.

The scanner is a small one of ours: those that there are cannot be pulled where these tests run.
https://github.com/moby/buildkit/blob/master/docs/attestations/sbom-protocol.md
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from builds.models import Build
from builds.selectors import describe_engine
from tests.factories import make_client
from tests.integration.builds.support import BASE, OPEN, Builder, docker, lines_of

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

INDEX = "application/vnd.oci.image.index.v1+json"
ANY = f"{INDEX}, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
STATEMENT = json.dumps(
    {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://spdx.dev/Document",
        "predicate": {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "app", "packages": []},
    }
)


@pytest.fixture
def scanner(builder: Builder, tmp_path: Path) -> str:
    folder = tmp_path / "scanner"
    folder.mkdir()
    (folder / "statement").write_text(STATEMENT)
    (folder / "scan").write_text('#!/bin/sh\ncp /statement "$BUILDKIT_SCAN_DESTINATION/app.spdx.json"\n')
    (folder / "Dockerfile").write_text(f'FROM {BASE}\nCOPY statement scan /\nENTRYPOINT ["sh", "/scan"]\n')
    image = f"{OPEN}/{builder.word}/scanner:1"
    docker("build", "--quiet", "--tag", image, str(folder))
    docker("push", "--quiet", image)
    return image


def kept_in_registry(build: Build) -> set[str]:
    """The types of what stands beside the image."""
    repository = build.image.partition("/")[2]
    index = fetched(repository, build.digest)
    manifests = [
        fetched(repository, item["digest"])
        for item in index.get("manifests", ())
        if item.get("annotations", {}).get("vnd.docker.reference.type") == "attestation-manifest"
    ]
    return {layer["annotations"]["in-toto.io/predicate-type"] for each in manifests for layer in each["layers"]}


def fetched(repository: str, digest: str) -> dict[str, Any]:
    request = urllib.request.Request(f"http://{OPEN}/v2/{repository}/manifests/{digest}", headers={"Accept": ANY})
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


@pytest.mark.parametrize("wanted", ["both", "provenance", "none"])
def test_what_the_engine_can(builder: Builder, scanner: str, settings: Any, wanted: str) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(
        update={"build_attestations": wanted != "none", "build_sbom_image": scanner if wanted == "both" else "none"}
    )
    can = describe_engine().has_attestations
    build = builder.build(f"FROM {BASE}\nRUN echo {builder.word} > /word\n")
    assert build.status == "succeeded", (build.error, lines_of(build))
    kinds = {"both": ["provenance", "sbom"], "provenance": ["provenance"], "none": []}[wanted] if can else []
    assert build.attestations == kinds
    assert len(kept_in_registry(build)) == len(kinds)
    assert any("spdx" in kind for kind in kept_in_registry(build)) is ("sbom" in kinds)
    docker("rmi", "--force", f"{build.image}:{build.tag}")
    assert (
        docker("run", "--rm", "--network=none", f"{build.image}@{build.digest}", "cat", "/word").strip() == builder.word
    )


def test_the_detail_says_which(builder: Builder) -> None:
    build = builder.start(f"FROM {BASE}\n")
    Build.objects.filter(pk=build.pk).update(attestations=["provenance"])
    assert make_client(User.objects.get(pk=builder.actor.id)).get(f"/v1/api/builds/{build.pk}").json()[
        "attestations"
    ] == ["provenance"]


def test_a_scanner_that_is_missing(builder: Builder, settings: Any) -> None:
    """It is built all the same, and that is said; only an engine that would use it misses it."""
    missing = f"{OPEN}/{builder.word}/no-scanner:1"
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_sbom_image": missing})
    can = describe_engine().has_attestations
    build = builder.build(f"FROM {BASE}\nRUN echo {builder.word}\n")
    assert (build.status, build.attestations) == ("succeeded", ["provenance"] if can else []), build.error
    assert any(f"There is no SBOM: {missing}" in line for line in lines_of(build)) is can
