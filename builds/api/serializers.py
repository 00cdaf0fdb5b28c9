"""Shapes of the routes of builds: what comes in, and what goes out. Secrets only ever come in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from builds.models import Build, BuildUpload, SourceKind
from builds.services.inputs import MOST_FILES, MOST_PLATFORMS
from builds.states import BuildStatus
from builds.types import Consumer, GivenBuild, GivenSource
from core.api.times import format_time

Serializer = serializers.Serializer[Any]

WORKFLOW = "workflow"
_ARGUMENT_SCHEMA = {
    "type": "object",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"value": {"type": "string"}, "secret": {"type": "boolean"}},
                "required": ["value"],
            },
        ]
    },
}


@extend_schema_field(_ARGUMENT_SCHEMA)
class ArgumentsField(serializers.DictField):
    """Text, or {value, secret}."""


class BuildSourceIn(Serializer):
    """Exactly one of `git_url`, `upload` and `files`."""

    git_url = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    ref = serializers.CharField(max_length=250, required=False, allow_blank=True, help_text="branch, tag or commit")
    subdirectory = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    submodules = serializers.BooleanField(
        required=False, help_text="bring the submodules of the repository as well, by the same rules"
    )
    username = serializers.CharField(max_length=255, required=False, allow_blank=True, write_only=True)
    token = serializers.CharField(
        max_length=16384, required=False, allow_blank=True, write_only=True, trim_whitespace=False
    )
    upload = serializers.CharField(
        max_length=36, required=False, allow_blank=True, help_text="the id that POST /builds/uploads gave"
    )
    files = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        required=False,
        help_text=f"text by relative path, up to {MOST_FILES} files and 1 MiB",
    )


class BuildIn(Serializer):
    source = BuildSourceIn(required=False)  # type: ignore[assignment]  # the stubs know it as an argument of fields
    dockerfile = serializers.CharField(
        max_length=1024 * 1024,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="a path in the source, or the text itself; without it `Dockerfile`, else one that fits is written",
    )
    image = serializers.CharField(
        max_length=1000, help_text="team/app, or with the host of a registry of the list in front"
    )
    tag = serializers.CharField(
        max_length=128, required=False, allow_blank=True, help_text="latest where none is given"
    )
    registry_id = serializers.CharField(max_length=36, required=False, allow_blank=True)
    engine = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="docker or cluster; the usual one where none is named",
    )
    build_args = ArgumentsField(
        required=False,
        help_text="text, or {value, secret}; one that is secret, or looks so by its name, is given as a secret",
    )
    secrets = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        required=False,
        write_only=True,
        help_text="files that RUN --mount=type=secret,id=NAME sees, and nothing else",
    )
    target = serializers.CharField(max_length=128, required=False, allow_blank=True, help_text="a stage")
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=MOST_PLATFORMS, required=False
    )
    workflow_id = serializers.CharField(max_length=36, required=False, allow_blank=True)
    node_id = serializers.CharField(max_length=100, required=False, allow_blank=True)


class BuildSourceOut(Serializer):
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    git_url = serializers.CharField(required=False)
    ref = serializers.CharField(required=False)
    subdirectory = serializers.CharField(required=False)
    submodules = serializers.BooleanField(required=False, help_text="true where they are brought as well")
    upload = serializers.CharField(required=False)
    files = serializers.ListField(child=serializers.CharField(), required=False)


class BuildStepOut(Serializer):
    name = serializers.CharField()
    status = serializers.CharField(help_text="running, done, cached, failed or cancelled")
    seconds = serializers.FloatField(allow_null=True)
    started_at = serializers.DateTimeField(required=False, help_text="when it was first told of")


class BuildSummaryOut(Serializer):
    id = serializers.CharField()
    status = serializers.ChoiceField(choices=[(s.value, s.value) for s in BuildStatus])
    is_cancelling = serializers.BooleanField()
    progress = serializers.FloatField(help_text="0 to 1")
    source = BuildSourceOut()  # type: ignore[assignment]
    image = serializers.CharField()
    tag = serializers.CharField()
    digest = serializers.CharField(help_text="once it is pushed")
    size = serializers.IntegerField(allow_null=True, help_text="bytes in the engine")
    revision = serializers.CharField(help_text="the commit")
    registry_id = serializers.CharField(allow_null=True)
    workflow_id = serializers.CharField(allow_null=True)
    node_id = serializers.CharField(allow_null=True)
    engine = serializers.CharField()
    started_by = serializers.CharField()
    retry_of = serializers.CharField(allow_null=True)
    error = serializers.CharField()
    error_code = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True, help_text="from its turn to its end")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()


class BuildOut(BuildSummaryOut):
    steps = BuildStepOut(many=True)
    dockerfile = serializers.CharField(help_text="the path, where one was named")
    dockerfile_text = serializers.CharField(help_text="what was built, once it is known")
    is_dockerfile_detected = serializers.BooleanField()
    target = serializers.CharField()
    platforms = serializers.ListField(child=serializers.CharField())
    build_args = serializers.DictField(child=serializers.CharField())
    secret_names = serializers.ListField(child=serializers.CharField())
    attestations = serializers.ListField(
        child=serializers.ChoiceField(choices=["provenance", "sbom"]),
        help_text="what the engine made and pushed beside the image; empty where it makes none",
    )
    log_lines = serializers.IntegerField()


class BuildListOut(Serializer):
    builds = BuildSummaryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class BuildEngineOut(Serializer):
    is_configured = serializers.BooleanField()
    name = serializers.CharField(help_text="docker, cluster, or empty")
    names = serializers.ListField(
        child=serializers.CharField(), help_text="those that a build may choose among in `engine`, the usual one first"
    )
    version = serializers.CharField()
    has_buildkit = serializers.BooleanField(help_text="secrets, stages in parallel, cache mounts")
    has_attestations = serializers.BooleanField(help_text="provenance, SBOM and several platforms at once")
    problem = serializers.CharField(help_text="why it cannot be used now; empty when it can")


class BuildUploadIn(Serializer):
    file = serializers.FileField()


class BuildUploadOut(Serializer):
    upload = serializers.CharField(help_text="for `source.upload`")
    filename = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    expires_at = serializers.DateTimeField()


def given_of(data: dict[str, Any]) -> GivenBuild:
    """From a validated body."""
    source = dict(data.get("source") or {})
    text = data.get("dockerfile") or ""
    if not any(source.get(name) for name in ("git_url", "upload", "files")) and "\n" in text.strip():
        # A Dockerfile alone is a source too.
        source["files"] = {"Dockerfile": text}
        text = ""
    arguments, marked, plain = _arguments(data.get("build_args") or {})
    return GivenBuild(
        source=given_source_of(source),
        image=data["image"],
        tag=data.get("tag") or "",
        dockerfile=text,
        registry_id=data.get("registry_id") or "",
        engine=data.get("engine") or "",
        target=data.get("target") or "",
        platforms=tuple(data.get("platforms") or ()),
        build_args=arguments,
        secrets=data.get("secrets") or {},
        secret_args=frozenset(marked),
        plain_args=frozenset(plain),
    )


def given_source_of(source: dict[str, Any]) -> GivenSource:
    """From a validated `source`."""
    return GivenSource(
        **{name: source.get(name) or "" for name in ("git_url", "ref", "subdirectory", "username", "token")},
        upload=source.get("upload") or "",
        files=source.get("files"),
        submodules=bool(source.get("submodules")),
    )


def consumer_of(data: dict[str, Any]) -> Consumer | None:
    """A workflow, or a node of one."""
    workflow, node = data.get("workflow_id") or "", data.get("node_id") or ""
    if not workflow:
        if node:
            raise serializers.ValidationError({"workflow_id": ["A node belongs to a workflow; name it as well."]})
        return None
    return Consumer(WORKFLOW, f"{workflow}/{node}" if node else workflow)


def consumer_ids(build: Build) -> tuple[str | None, str | None]:
    """(workflow, node) for which it is."""
    workflow, _, node = build.consumer_id.partition("/") if build.consumer_kind == WORKFLOW else ("", "", "")
    return workflow or None, node or None


def _arguments(given: dict[str, Any]) -> tuple[dict[str, str], set[str], set[str]]:
    values: dict[str, str] = {}
    marked: set[str] = set()
    plain: set[str] = set()
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(value.get("value"), str) and set(value) <= {"value", "secret"}:
            values[name] = value["value"]
            (marked if value.get("secret") else plain).add(name)
        elif isinstance(value, str):
            values[name] = value
        elif isinstance(value, bool | int | float):
            values[name] = str(value).lower() if isinstance(value, bool) else str(value)
        else:
            raise serializers.ValidationError({"build_args": [f"{name[:80]} is text, or {{value, secret}}."]})
    return values, marked, plain


def build_summary_out(build: Build) -> dict[str, Any]:
    workflow, node = consumer_ids(build)
    since, until = build.started_at, build.finished_at
    return {
        "id": build.pk,
        "status": build.status,
        "is_cancelling": build.cancel_requested_at is not None and not build.is_finished,
        "progress": build.progress,
        "source": _source_out(build),
        "image": build.image,
        "tag": build.tag,
        "digest": build.digest,
        "size": build.size,
        "revision": build.revision,
        "registry_id": build.registry_id,
        "workflow_id": workflow,
        "node_id": node,
        "engine": build.engine,
        "started_by": build.started_by,
        "retry_of": build.retry_of_id,
        "error": build.error,
        "error_code": build.error_code,
        "seconds": round((until - since).total_seconds(), 1) if since and until else None,
        "created_at": format_time(build.created_at),
        "started_at": format_time(since),
        "finished_at": format_time(until),
        "updated_at": format_time(build.updated_at),
    }


def build_out(build: Build) -> dict[str, Any]:
    return {
        **build_summary_out(build),
        "steps": build.steps,
        "dockerfile": build.dockerfile,
        "dockerfile_text": build.dockerfile_text,
        "is_dockerfile_detected": build.is_dockerfile_detected,
        "target": build.target,
        "platforms": build.platforms,
        "build_args": build.build_args,
        "secret_names": build.secret_names,
        "attestations": build.attestations,
        "log_lines": build.log_lines,
    }


def upload_out(upload: BuildUpload) -> dict[str, Any]:
    return {
        "upload": upload.pk,
        "filename": upload.filename,
        "size": upload.size,
        "sha256": upload.sha256,
        "expires_at": format_time(upload.expires_at),
    }


def _source_out(build: Build) -> dict[str, Any]:
    source = dict(build.source)
    if "files" in source:
        source["files"] = sorted(source["files"])
    return {"kind": build.source_kind, **source}
