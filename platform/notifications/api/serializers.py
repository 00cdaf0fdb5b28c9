"""Shapes of the routes of notifications: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from core.api.times import format_time
from notifications.kinds import BAD, Kind
from notifications.mail import can_mail
from notifications.models import Notification
from notifications.selectors import Wish

Serializer = serializers.Serializer[Any]


class SubjectOut(Serializer):
    type = serializers.ChoiceField(choices=["run", "build", "cluster"])
    id = serializers.CharField()


class NotificationOut(Serializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    is_bad = serializers.BooleanField(help_text="whether something went wrong")
    title = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    url = serializers.CharField(help_text="where the front end shows what it is about")
    subject = SubjectOut()
    is_read = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class NotificationListOut(Serializer):
    notifications = NotificationOut(many=True)
    unread = serializers.IntegerField(help_text="of all, whatever the list is narrowed to")
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class MarkIn(Serializer):
    is_read = serializers.BooleanField()


class ReadAllIn(Serializer):
    up_to = serializers.CharField(
        max_length=36, required=False, allow_blank=True, allow_null=True, help_text="the newest one that was seen"
    )


class UnreadOut(Serializer):
    marked = serializers.IntegerField()
    unread = serializers.IntegerField()


class PreferenceIn(Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    in_app = serializers.BooleanField()
    email = serializers.BooleanField()


class PreferenceOut(PreferenceIn):
    """The same both ways."""


class PreferencesIn(Serializer):
    preferences = serializers.ListField(child=PreferenceIn(), max_length=len(Kind))


class MailOut(Serializer):
    is_available = serializers.BooleanField(help_text="whether this installation has a mail server")
    address = serializers.CharField()
    is_verified = serializers.BooleanField(help_text="mail only goes to an address that is confirmed")


class PreferencesOut(Serializer):
    preferences = PreferenceOut(many=True)
    email = MailOut()


def notification_out(row: Notification) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "is_bad": row.kind in BAD,
        "title": row.title,
        "message": row.message,
        "url": row.url,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "is_read": row.read_at is not None,
        "created_at": format_time(row.created_at),
    }


def preferences_out(wishes: list[Wish], user: User) -> dict[str, Any]:
    return {
        "preferences": [{"kind": wish.kind, "in_app": wish.is_in_app, "email": wish.is_by_email} for wish in wishes],
        "email": {
            "is_available": can_mail(),
            "address": user.email,
            "is_verified": user.is_email_verified,
        },
    }
