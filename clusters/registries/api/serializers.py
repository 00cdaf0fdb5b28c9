"""Shapes of the routes of registries: what comes in, and what goes out. Credentials only ever come in."""

from typing import Any

from rest_framework import serializers

from clusters.registries.credentials import MAX_PASSWORD
from clusters.registries.logins import address_of
from clusters.registries.models import Registry, RegistryAudience, RegistryStatus, RegistryType
from clusters.registries.references import ImageReference
from clusters.registries.services import MAX_USERS
from clusters.registries.types import Found, FoundTags, Given
from core.api.times import format_time
from core.principal import Principal

Serializer = serializers.Serializer[Any]

_PEM = 128 * 1024
_DESCRIBED = ("name", "description", "type", "available_to")


class _PlaceFields(Serializer):
    url = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="registry.example.com:5000/team, with https:// or http:// in front where that matters; "
        "not needed where a type has one well-known place",
    )
    host = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="where there is no url")
    path = serializers.CharField(
        max_length=255, required=False, allow_blank=True, help_text="with host: the beginning of its repositories"
    )
    username = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        allow_null=True,
        write_only=True,
        help_text="ecr: the id of the access key; gcr: empty for the key of a service account",
    )
    password = serializers.CharField(
        max_length=MAX_PASSWORD,
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
        help_text="or a token; ecr: the secret of the access key; gcr: the JSON key of a service account. "
        "null keeps it, an empty user and password remove both",
    )
    ca_data = serializers.CharField(
        max_length=_PEM,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="an authority to trust beside the system's own: PEM, or PEM in base64",
    )
    users = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        max_length=MAX_USERS,
        required=False,
        help_text="with available_to selected: who may use it, by address",
    )


class RegistryIn(_PlaceFields):
    name = serializers.CharField(max_length=1000)
    type = serializers.ChoiceField(choices=RegistryType.choices)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    available_to = serializers.ChoiceField(
        choices=RegistryAudience.choices,
        required=False,
        default=RegistryAudience.EVERYONE,
        help_text="whoever may use it finds its password in the pull secrets on their clusters",
    )
    is_default = serializers.BooleanField(required=False, default=False)


class RegistryChangeIn(_PlaceFields):
    """Only what is sent changes. Another host needs its credentials with it."""

    name = serializers.CharField(max_length=1000, required=False)
    type = serializers.ChoiceField(choices=RegistryType.choices, required=False)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    available_to = serializers.ChoiceField(choices=RegistryAudience.choices, required=False)


class RegistryOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=RegistryType.choices)
    url = serializers.CharField()
    host = serializers.CharField(help_text="with its port; every name of Docker Hub is docker.io")
    path = serializers.CharField(help_text="only repositories below it; empty for all")
    description = serializers.CharField()
    ca_data = serializers.CharField()
    has_credentials = serializers.BooleanField()
    available_to = serializers.ChoiceField(choices=RegistryAudience.choices)
    users = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="only for administrators: who was selected"
    )
    is_default = serializers.BooleanField()
    status = serializers.ChoiceField(choices=RegistryStatus.choices, help_text="what the last test found")
    reason = serializers.CharField(
        help_text="empty, or dns, refused, tls, timeout, network, unauthorized, forbidden, busy or protocol"
    )
    error = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RegistryListOut(Serializer):
    registries = RegistryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class RegistryLookupOut(Serializer):
    found = serializers.BooleanField()
    registry = RegistryOut(required=False, help_text="by which a run of yours would pull the image")
    host = serializers.CharField()
    repository = serializers.CharField()
    tag = serializers.CharField(help_text="latest where none is given; empty beside a digest")
    digest = serializers.CharField()


class ImageTagsOut(Serializer):
    tags = serializers.ListField(
        child=serializers.CharField(), help_text="at most 1000, the highest version first; empty when it did not say"
    )
    reason = serializers.CharField(
        allow_blank=True,
        help_text="why it did not: dns, refused, tls, timeout, network, unauthorized, forbidden, not_found, busy, …",
    )
    error = serializers.CharField(allow_blank=True)


class RegistryTestOut(Serializer):
    status = serializers.ChoiceField(choices=["healthy", "unhealthy"])
    is_authenticated = serializers.BooleanField(
        required=False, help_text="false where the registry asks nobody for a password, so that ours was not tested"
    )
    reason = serializers.CharField(required=False)
    error = serializers.CharField(required=False)


class RegistryMessageOut(Serializer):
    message = serializers.CharField()


def given_of(data: dict[str, Any]) -> Given:
    """The part of a validated body that says where and as whom."""
    url = data.get("url")
    if url is None and data.get("host"):
        url = "/".join(filter(None, (data["host"], data.get("path"))))
    return Given(url, data.get("username"), data.get("password"), data.get("ca_data"))


def described(data: dict[str, Any]) -> dict[str, Any]:
    """The part that only describes, as far as it was sent."""
    return {name: data[name] for name in _DESCRIBED if name in data}


def registry_out(registry: Registry, actor: Principal) -> dict[str, Any]:
    shown = {
        "id": registry.pk,
        "name": registry.name,
        "type": registry.type,
        "url": address_of(registry).url,
        "host": registry.host,
        "path": registry.path,
        "description": registry.description,
        "ca_data": registry.ca_data,
        "has_credentials": bool(registry.credentials),
        "available_to": registry.available_to,
        "is_default": registry.is_default,
        "status": registry.status,
        "reason": registry.reason,
        "error": registry.error,
        "checked_at": format_time(registry.checked_at),
        "created_at": format_time(registry.created_at),
        "updated_at": format_time(registry.updated_at),
    }
    if actor.is_admin:
        shown["users"] = sorted(grant.email for grant in registry.grants.all())
    return shown


def lookup_out(reference: ImageReference, registry: Registry | None, actor: Principal) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "found": registry is not None,
        "host": reference.host,
        "repository": reference.repository,
        "tag": reference.tag,
        "digest": reference.digest,
    }
    if registry is not None:
        shown["registry"] = registry_out(registry, actor)
    return shown


def tags_out(found: FoundTags) -> dict[str, Any]:
    return {"tags": list(found.tags), "reason": found.reason, "error": found.error}


def test_out(found: Found) -> dict[str, Any]:
    """Healthy, or unhealthy with the reason."""
    if found.is_healthy:
        return {"status": "healthy", "is_authenticated": found.is_authenticated}
    return {"status": "unhealthy", "reason": found.reason, "error": found.error}
