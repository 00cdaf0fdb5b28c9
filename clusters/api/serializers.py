"""Shapes of the routes of clusters: what comes in, and what goes out. Credentials only ever come in."""

from typing import Any

from rest_framework import serializers

from clusters.access import is_their_default, rights_of, shared_by, shown_name
from clusters.models import AuthType, Cluster, ClusterAccess, ClusterStatus, ConnectionLog, ShareRole
from clusters.selectors import is_stale
from clusters.services import Finding, Given
from clusters.types import OWNER
from core.api.times import format_time

Serializer = serializers.Serializer[Any]

_KUBECONFIG = 512 * 1024
_PEM = 128 * 1024
_TOKEN = 16 * 1024
_LABELS = 64
ROLES = [OWNER, *ShareRole.values]
_ADDRESS_FIELDS = ("server", "ca_data", "fingerprint")
_CREDENTIAL_FIELDS = ("token", "client_certificate_data", "client_key_data", "kubeconfig", "context")


def _secret(length: int, help_text: str = "") -> serializers.CharField:
    return serializers.CharField(
        max_length=length,
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
        help_text=help_text,
    )


class CredentialFields(Serializer):
    """Which of them are needed depends on `auth_type`."""

    token = _secret(_TOKEN, "for bearer_token")
    client_certificate_data = _secret(_PEM, "for client_certificate: PEM, or PEM in base64")
    client_key_data = _secret(_PEM, "for client_certificate: PEM, or PEM in base64")
    kubeconfig = _secret(_KUBECONFIG, "for kubeconfig: the text of the file")
    context = serializers.CharField(  # type: ignore[assignment]  # a field, not the property of the serializer
        max_length=1000,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="for kubeconfig: which context; empty for the current one",
    )
    ca_data = serializers.CharField(
        max_length=_PEM,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="the authority that signed the server's certificate: PEM, or PEM in base64",
    )
    fingerprint = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="pin the server's certificate or its authority: the SHA-256 that `presented_certificate` shows",
    )


class DescriptionFields(Serializer):
    display_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    labels = serializers.DictField(
        child=serializers.CharField(max_length=200, allow_blank=True), required=False, allow_empty=True
    )

    def validate_labels(self, labels: dict[str, str]) -> dict[str, str]:
        if len(labels) > _LABELS:
            raise serializers.ValidationError(f"A cluster has at most {_LABELS} labels.")
        if any(not key.strip() or len(key) > 200 or "\x00" in key for key in labels):
            raise serializers.ValidationError("The name of a label has 1 to 200 characters.")
        return labels


class ClusterIn(DescriptionFields, CredentialFields):
    name = serializers.CharField(max_length=1000, help_text="[a-z0-9][a-z0-9._-]{0,62}, neither default nor practice")
    server = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True, help_text="optional with a kubeconfig"
    )
    auth_type = serializers.ChoiceField(choices=AuthType.choices)
    is_default = serializers.BooleanField(required=False, default=False)


class ClusterChangeIn(DescriptionFields, CredentialFields):
    """Only what is sent changes. Another host in `server` needs credentials with it."""

    name = serializers.CharField(max_length=1000, required=False)
    server = serializers.CharField(max_length=2000, required=False)
    auth_type = serializers.ChoiceField(choices=AuthType.choices, required=False)


class CredentialsIn(CredentialFields):
    auth_type = serializers.ChoiceField(
        choices=AuthType.choices, required=False, help_text="only where the kind of credential changes"
    )


class PresentedCertificateOut(Serializer):
    fingerprint = serializers.CharField(help_text="SHA-256 of the certificate, in hex")
    subject = serializers.CharField()
    issuer = serializers.CharField()
    not_after = serializers.CharField()
    is_ca = serializers.BooleanField()
    certificate = serializers.CharField(help_text="PEM")


class ClusterOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    display_name = serializers.CharField()
    description = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField())
    server = serializers.CharField()
    access = serializers.ChoiceField(choices=ClusterAccess.choices)
    auth_type = serializers.ChoiceField(choices=AuthType.choices)
    ca_data = serializers.CharField(help_text="the authority that is trusted, PEM; empty for the system's own")
    fingerprint = serializers.CharField(help_text="the certificate that is pinned; empty for none")
    is_default = serializers.BooleanField()
    role = serializers.ChoiceField(choices=ROLES, help_text="owner, or what you may do with what is shared with you")
    namespaces = serializers.ListField(
        child=serializers.CharField(), help_text="the only ones that are shared with you; empty for all"
    )
    shared_by = serializers.CharField(help_text="empty for your own")
    status = serializers.ChoiceField(choices=ClusterStatus.choices)
    reason = serializers.CharField(
        help_text="empty when connected, else dns, refused, tls, timeout, unauthorized, forbidden or network"
    )
    error = serializers.CharField()
    presented_certificate = PresentedCertificateOut(
        allow_null=True, help_text="with reason tls: what the server showed, to look at and pin"
    )
    version = serializers.CharField()
    node_count = serializers.IntegerField(allow_null=True)
    refreshed_at = serializers.DateTimeField(allow_null=True, help_text="of the metadata; null before the first time")
    checked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ClusterListOut(Serializer):
    clusters = ClusterOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ClusterTestOut(Serializer):
    status = serializers.ChoiceField(choices=["healthy", "unhealthy"])
    version = serializers.CharField(required=False)
    nodes = serializers.IntegerField(
        required=False, allow_null=True, help_text="null where the identity may not list them"
    )
    reason = serializers.CharField(required=False)
    error = serializers.CharField(required=False)
    presented_certificate = PresentedCertificateOut(required=False)


class ClusterStatusOut(Serializer):
    cluster = serializers.CharField()
    status = serializers.ChoiceField(choices=ClusterStatus.choices)
    reason = serializers.CharField()
    error = serializers.CharField()
    version = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    is_stale = serializers.BooleanField()


class ConnectionLogOut(Serializer):
    id = serializers.CharField()
    action = serializers.CharField()
    success = serializers.BooleanField()
    error = serializers.CharField(help_text="empty for a success")
    created_at = serializers.DateTimeField()


class ConnectionLogListOut(Serializer):
    logs = ConnectionLogOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ClusterMessageOut(Serializer):
    message = serializers.CharField()


def given_of(data: dict[str, Any], auth_type: str) -> Given:
    """The part of a validated body that says where and as whom."""
    names = (*_ADDRESS_FIELDS, *_CREDENTIAL_FIELDS)
    return Given(auth_type=auth_type, **{name: data.get(name) for name in names})


def description_of(data: dict[str, Any]) -> dict[str, Any]:
    """The part that only describes, as far as it was sent."""
    return {name: data[name] for name in ("display_name", "description", "labels") if name in data}


def cluster_out(cluster: Cluster) -> dict[str, Any]:
    """As whoever read it knows it."""
    rights = rights_of(cluster)
    return {
        "id": cluster.pk,
        "name": shown_name(cluster),
        "display_name": cluster.display_name,
        "description": cluster.description,
        "labels": cluster.labels,
        "server": cluster.server,
        "access": cluster.access,
        "auth_type": cluster.auth_type,
        "ca_data": cluster.ca_data,
        "fingerprint": cluster.fingerprint,
        "is_default": is_their_default(cluster),
        "role": rights.role,
        "namespaces": sorted(rights.namespaces or ()),
        "shared_by": shared_by(cluster),
        "status": cluster.status,
        "reason": cluster.reason,
        "error": cluster.error,
        "presented_certificate": cluster.presented_certificate,
        "version": cluster.version,
        "node_count": cluster.node_count,
        "refreshed_at": format_time(cluster.refreshed_at),
        "checked_at": format_time(cluster.checked_at),
        "created_at": format_time(cluster.created_at),
        "updated_at": format_time(cluster.updated_at),
    }


def test_out(finding: Finding) -> dict[str, Any]:
    """Healthy with version and nodes, or unhealthy with the reason."""
    if finding.is_healthy:
        return {"status": "healthy", "version": finding.version, "nodes": finding.nodes}
    body: dict[str, Any] = {"status": "unhealthy", "reason": finding.reason, "error": finding.error}
    if finding.certificate is not None:
        body["presented_certificate"] = finding.certificate.as_json()
    return body


def status_out(cluster: Cluster) -> dict[str, Any]:
    return {
        "cluster": shown_name(cluster),
        "status": cluster.status,
        "reason": cluster.reason,
        "error": cluster.error,
        "version": cluster.version,
        "checked_at": format_time(cluster.checked_at),
        "is_stale": is_stale(cluster),
    }


def log_out(entry: ConnectionLog) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "action": entry.action,
        "success": entry.is_success,
        "error": entry.error,
        "created_at": format_time(entry.created_at),
    }
