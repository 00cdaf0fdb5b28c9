"""Shapes of the routes for administrators: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from accounts.models import OneTimeCode, Role, User
from accounts.selectors import reset_link
from core.api.times import format_time

Serializer = serializers.Serializer[Any]


class AdminUserIn(Serializer):
    role = serializers.ChoiceField(choices=["user", "admin"], required=False)
    is_disabled = serializers.BooleanField(required=False)

    def validate_role(self, value: str) -> Role:
        return Role(value)


class AdminUserOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=["user", "admin"])
    is_disabled = serializers.BooleanField()
    is_email_verified = serializers.BooleanField()
    sessions = serializers.IntegerField(help_text="how many hold now")
    last_seen_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AdminUserListOut(Serializer):
    users = AdminUserOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ResetLinkOut(Serializer):
    link = serializers.CharField(allow_null=True, help_text="null where it went out by mail")
    is_mailed = serializers.BooleanField()
    email = serializers.CharField()
    expires_at = serializers.DateTimeField()


def admin_user_out(user: User) -> dict[str, Any]:
    """`user` as `selectors.list_users` read it."""
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "is_disabled": not user.is_active,
        "is_email_verified": user.is_email_verified,
        "sessions": user.session_count,  # type: ignore[attr-defined]
        "last_seen_at": format_time(user.last_seen_at),  # type: ignore[attr-defined]
        "created_at": format_time(user.created_at),
        "updated_at": format_time(user.updated_at),
    }


def reset_link_out(code: OneTimeCode) -> dict[str, Any]:
    return {
        "link": reset_link(code),
        "is_mailed": code.is_mailed,
        "email": code.email,
        "expires_at": format_time(code.expires_at),
    }
