"""Shapes of the routes of accounts: what comes in, and what goes out."""

from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers
from social_django.models import UserSocialAuth

from accounts.models import OneTimeCode, Session, User
from accounts.oauth import configured_providers
from accounts.selectors import reset_link
from accounts.services import Grant
from core.api.times import format_time

Serializer = serializers.Serializer[Any]


class PasswordField(serializers.CharField):
    """Taken as typed, blanks included. The rules are the service's; here only what would cost time is cut
    off.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=4096, **kwargs)


class RegisterIn(Serializer):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    name = serializers.CharField(max_length=200)
    invite_code = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)


class LoginIn(Serializer):
    """Both are any text: an address or a password that cannot be is a mismatch like every other."""

    email = serializers.CharField(max_length=1000, allow_blank=True)
    password = PasswordField(allow_blank=True)


class RefreshIn(Serializer):
    refresh_token = serializers.CharField(max_length=1000, required=False, allow_blank=True, allow_null=True)


class ForgotIn(Serializer):
    email = serializers.CharField(max_length=1000)


class ResetIn(Serializer):
    code = serializers.CharField(max_length=200)
    password = PasswordField()


class CodeIn(Serializer):
    code = serializers.CharField(max_length=200)


class ExchangeIn(CodeIn):
    invite_code = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)


class LinkIn(Serializer):
    provider = serializers.CharField(max_length=32)
    current_password = PasswordField(required=False, allow_blank=True, allow_null=True)


class ProfileIn(Serializer):
    name = serializers.CharField(max_length=200, required=False)
    avatar_url = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        allow_null=True,
        validators=[URLValidator(schemes=["http", "https"], message="This is not a web address.")],
    )
    email = serializers.EmailField(max_length=254, required=False)
    current_password = PasswordField(required=False, allow_blank=True)


class PasswordChangeIn(Serializer):
    current_password = PasswordField()
    new_password = PasswordField()


class RegenerateIn(Serializer):
    auto_regenerate = serializers.BooleanField()


class UserOut(Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=["user", "admin"])


class GrantOut(Serializer):
    token = serializers.CharField()
    user = UserOut()
    refresh_token = serializers.CharField(allow_null=True, help_text="null where the cookie holds it")
    expires_in = serializers.IntegerField()


class ProfileOut(UserOut):
    avatar_url = serializers.CharField()
    is_email_verified = serializers.BooleanField()
    has_password = serializers.BooleanField(help_text="false for whoever signs in by a provider only")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DepartureOut(Serializer):
    url = serializers.CharField(help_text="the provider's page; go there in this browser")


class IdentityOut(Serializer):
    id = serializers.CharField()
    provider = serializers.CharField()
    display_name = serializers.CharField(help_text="the provider's name as people know it")
    icon = serializers.CharField()
    email = serializers.CharField(help_text="the address there")
    name = serializers.CharField()
    created_at = serializers.DateTimeField()


class IdentityListOut(Serializer):
    identities = IdentityOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class SignupOut(Serializer):
    enabled = serializers.BooleanField()
    signup = serializers.ChoiceField(choices=["open", "invite", "closed"])


class ProviderOut(Serializer):
    name = serializers.CharField()
    display_name = serializers.CharField()
    icon = serializers.CharField()


class MethodsOut(Serializer):
    password = SignupOut()
    providers = ProviderOut(many=True)


class SessionOut(Serializer):
    id = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    user_agent = serializers.CharField()
    ip = serializers.CharField()
    is_current = serializers.BooleanField()


class SessionListOut(Serializer):
    sessions = SessionOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class ResetOut(Serializer):
    id = serializers.CharField()
    email = serializers.CharField()
    name = serializers.CharField()
    link = serializers.CharField(allow_null=True, help_text="null where it went out by mail")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ResetListOut(Serializer):
    password_resets = ResetOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class InviteCodeOut(Serializer):
    invite_code = serializers.CharField(allow_null=True)


class RegenerateOut(Serializer):
    auto_regenerate = serializers.BooleanField()


class MessageOut(Serializer):
    message = serializers.CharField()


def user_out(user: User) -> dict[str, Any]:
    """The short form of a person, in token answers and elsewhere."""
    return {"id": user.pk, "name": user.name, "email": user.email, "role": user.role}


def grant_out(grant: Grant, *, in_cookie: bool) -> dict[str, Any]:
    """A browser that keeps the refresh token in its cookie does not get it a second time, where scripts
    could read it.
    """
    return {
        "token": grant.token,
        "user": user_out(grant.user),
        "refresh_token": None if in_cookie else grant.refresh_token,
        "expires_in": grant.expires_in,
    }


def profile_out(user: User) -> dict[str, Any]:
    return user_out(user) | {
        "avatar_url": user.avatar_url,
        "is_email_verified": user.is_email_verified,
        "has_password": user.has_usable_password(),
        "created_at": format_time(user.created_at),
        "updated_at": format_time(user.updated_at),
    }


def session_out(session: Session, current_id: str) -> dict[str, Any]:
    return {
        "id": session.pk,
        "created_at": format_time(session.created_at),
        "last_used_at": format_time(session.last_used_at),
        "expires_at": format_time(session.expires_at),
        "user_agent": session.user_agent,
        "ip": session.ip,
        "is_current": session.pk == current_id,
    }


def identity_out(identity: UserSocialAuth) -> dict[str, Any]:
    """A provider that is not offered any more is shown by the name it had."""
    known = {provider.name: provider for provider in configured_providers()}
    provider = known.get(identity.provider)
    return {
        "id": str(identity.pk),
        "provider": identity.provider,
        "display_name": provider.display_name if provider else identity.provider,
        "icon": provider.icon if provider else "openid",
        "email": identity.extra_data.get("email", ""),
        "name": identity.extra_data.get("name", ""),
        "created_at": format_time(identity.created),
    }


def reset_out(code: OneTimeCode) -> dict[str, Any]:
    return {
        "id": code.pk,
        "email": code.email,
        "name": code.user.name,
        "link": reset_link(code),
        "created_at": format_time(code.created_at),
        "expires_at": format_time(code.expires_at),
    }
