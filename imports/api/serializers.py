"""Shapes of the routes of imports."""

from typing import Any

import msgspec
from rest_framework import serializers

from core.api.etag import make_etag
from core.api.times import format_time
from imports.intake import Kind
from imports.merge import Note
from imports.models import ImportSession, ImportStatus
from imports.report import ChoiceKind, Verdict
from workflows.api.graph_fields import EdgeShape, NodeShape, Serializer
from workflows.api.workflow_serializers import WorkflowOut

Json = dict[str, Any]
_TEXT = 2 * 1024 * 1024


def _answers(**more: Any) -> serializers.DictField:
    return serializers.DictField(
        child=serializers.CharField(max_length=20_000, allow_blank=True, trim_whitespace=False), required=False, **more
    )


class GitCredentialsIn(Serializer):
    username = serializers.CharField(max_length=200, required=False, allow_blank=True)
    token = serializers.CharField(max_length=8_000, trim_whitespace=False, help_text="a token or a password")
    keep = serializers.BooleanField(
        required=False,
        help_text="true unless said otherwise: for builds of what is made of it (GET /builds/git-logins); else "
        "forgotten once it was read",
    )


class SourceIn(Serializer):
    """A text, the address of a repository, or a namespace of a cluster."""

    content = serializers.CharField(
        max_length=_TEXT,
        trim_whitespace=False,
        required=False,
        help_text="the text of a Compose file, of Kubernetes manifests or a Dockerfile",
    )
    filename = serializers.CharField(max_length=200, required=False, allow_blank=True)
    git_url = serializers.CharField(max_length=2_000, required=False, help_text="https://github.com/team/app")
    ref = serializers.CharField(
        max_length=250, required=False, allow_blank=True, help_text="a branch, a tag or a commit; else the default"
    )
    path = serializers.CharField(
        max_length=1_000,
        required=False,
        allow_blank=True,
        help_text="the folder or file of the repository that is meant",
    )
    submodules = serializers.BooleanField(
        required=False, help_text="fetch its submodules as well, by the same rules; else they are left out"
    )
    credentials = GitCredentialsIn(required=False, help_text="sealed, and sent to its host alone")

    cluster = serializers.CharField(max_length=100, required=False, help_text="the name or id of a cluster")
    namespace = serializers.CharField(max_length=200, required=False, help_text="of the cluster: all that is in it")

    def validate(self, attrs: Json) -> Json:
        if sum(name in attrs for name in ("content", "git_url", "cluster")) != 1:
            raise serializers.ValidationError(
                "Send a text in content, or the address of a repository in git_url, or cluster and namespace."
            )
        if ("cluster" in attrs) != ("namespace" in attrs):
            raise serializers.ValidationError("A cluster and a namespace go together; send both.")
        return attrs


class AnalyzeIn(Serializer):
    source = SourceIn()  # type: ignore[assignment]
    profiles = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=200)
    env = _answers(help_text="variables, as the shell or an .env file would give them")


class UploadIn(Serializer):
    file = serializers.ListField(
        child=serializers.FileField(max_length=300, allow_empty_file=True),
        max_length=500,
        help_text="files, or one archive (zip, tar, tar.gz) with all of them",
    )
    path = serializers.ListField(
        child=serializers.CharField(max_length=500),
        required=False,
        max_length=500,
        help_text="the path of each file in its folder, in the same order; else its name alone counts",
    )
    profiles = serializers.CharField(required=False, allow_blank=True, help_text="names, separated by commas")
    env = serializers.CharField(
        required=False, allow_blank=True, max_length=200_000, help_text="the text of an .env file"
    )


class ChoicesIn(Serializer):
    choices = _answers(help_text="by the id of the choice; an empty text takes a decision back")
    profiles = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=200)
    env = _answers(help_text="variables; sent, they replace those from before")


class ApplyIn(Serializer):
    import_id = serializers.CharField(max_length=36)
    workflow_id = serializers.CharField(max_length=36)
    choices = _answers()


class CreateIn(Serializer):
    import_id = serializers.CharField(max_length=36)
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    cluster = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)
    namespace = serializers.CharField(max_length=200, required=False, allow_blank=True)
    choices = _answers()


class OptionOut(Serializer):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ChoiceOut(Serializer):
    id = serializers.CharField()
    text = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=[each.value for each in ChoiceKind])
    options = OptionOut(many=True)


class PlainRowOut(Serializer):
    path = serializers.CharField()
    key = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[each.value for each in Verdict])
    target = serializers.CharField(allow_blank=True, help_text="what it became; empty when nothing")
    message = serializers.CharField(allow_blank=True)
    choices = ChoiceOut(many=True)


class RowOut(PlainRowOut):
    file = serializers.CharField(allow_null=True)
    line = serializers.IntegerField(allow_null=True)


class GraphOut(Serializer):
    nodes = NodeShape(many=True)
    edges = EdgeShape(many=True)


class CountsOut(Serializer):
    kept = serializers.IntegerField()
    mapped = serializers.IntegerField()
    approximated = serializers.IntegerField()
    refused = serializers.IntegerField()


class AnalysisOut(Serializer):
    kind = serializers.ChoiceField(choices=[each.value for each in Kind])
    name = serializers.CharField(allow_blank=True)
    files = serializers.ListField(child=serializers.CharField())
    profiles = serializers.ListField(child=serializers.CharField(), help_text="all that the files know")
    active_profiles = serializers.ListField(child=serializers.CharField(), help_text="those of them that are on")
    graph = GraphOut()
    report = RowOut(many=True)
    counts = CountsOut()
    questions = ChoiceOut(many=True)
    warnings = serializers.ListField(child=serializers.CharField())


class ImportSourceOut(Serializer):
    type = serializers.CharField(help_text="content, upload, git or cluster")
    name = serializers.CharField(allow_blank=True)
    ref = serializers.CharField(required=False, help_text="of a repository: what was asked for")
    path = serializers.CharField(required=False)
    revision = serializers.CharField(required=False, help_text="the commit that was read")
    submodules = serializers.BooleanField(required=False, help_text="whether they were fetched as well")
    cluster = serializers.CharField(required=False, help_text="the id of the cluster that was read")
    namespace = serializers.CharField(required=False)


class ImportSummaryOut(Serializer):
    id = serializers.CharField()
    import_id = serializers.CharField(help_text="the same")
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    source = ImportSourceOut()  # type: ignore[assignment]
    error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ImportOut(ImportSummaryOut):
    analysis = AnalysisOut(allow_null=True)


class ImportListOut(Serializer):
    imports = ImportSummaryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class FileOut(Serializer):
    name = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class FilesOut(Serializer):
    files = FileOut(many=True)


class NoteOut(Serializer):
    node_id = serializers.CharField()
    name = serializers.CharField()
    what = serializers.ChoiceField(choices=["added", "updated", "removed", "kept"])
    message = serializers.CharField()


class CreatedOut(Serializer):
    workflow = WorkflowOut()
    report = PlainRowOut(many=True)


class AppliedOut(CreatedOut):
    notes = NoteOut(many=True, help_text="what the merge did, node by node")


class ImportDeletedOut(Serializer):
    message = serializers.CharField()


def summary_out(session: ImportSession) -> Json:
    return {
        "id": session.pk,
        "import_id": session.pk,
        "status": session.status,
        "source": session.source,
        "error": session.error,
        "created_at": format_time(session.created_at),
        "updated_at": format_time(session.updated_at),
        "expires_at": format_time(session.expires_at),
    }


def import_out(session: ImportSession) -> Json:
    return {**summary_out(session), "analysis": session.analysis}


def note_out(note: Note) -> Json:
    return dict(msgspec.to_builtins(note))


def etag_of(session: ImportSession) -> str:
    return make_etag(session.pk, session.revision)
