"""News by a call to somebody's own address: signed, tried again while it does not answer, and given up in the end.

The signature is HMAC-SHA256 with the webhook's secret over `<timestamp>.<body>`, in hex, so that an old call cannot
be sent again by somebody who saw it: `Sailcloth-Timestamp` is the time of the try in Unix seconds.
"""

import hashlib
import hmac
import time
from collections.abc import Collection
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec
import requests
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.api.times import format_time
from core.ids import new_id
from core.network import Guard
from core.outgoing import send
from core.work import services as work
from core.work.types import Lease
from notifications.kinds import BAD, Notice
from notifications.models import Webhook
from plugins.sdk.webhook import FACTS
from plugins.selectors import find_webhook_target
from realtime.types import StreamEvent
from vault.services import decrypt_text

WORK_KIND = "notifications.webhook"
PURPOSE = "webhook"
TARGET_PURPOSE = "webhook-target"
SECONDS = 10.0
# About an hour, with what lies between them.
_ATTEMPTS = 7
# Deliveries in a row; then it is turned off until somebody turns it on again.
MOST_FAILURES = 5


class NotDelivered(Exception):
    """Why an address did not take a call, in words for its owner."""


def enqueue_deliveries(*, people: Collection[str], event: StreamEvent, notice: Notice) -> None:
    """Within the transaction that took the event in: one delivery for each webhook that wants to know."""
    for webhook in Webhook.objects.filter(user_id__in=people, is_enabled=True):
        if not webhook.kinds or notice.kind in webhook.kinds:
            work.enqueue(
                kind=WORK_KIND,
                key=f"{event.stream}:{event.cursor}:{webhook.pk}",
                payload={
                    "webhook_id": webhook.pk,
                    "body": body_of(notice, event.created_at),
                },
                workspace=event.workspace,
                max_attempts=_ATTEMPTS,
            )


def body_of(notice: Notice, at: datetime) -> dict[str, Any]:
    """What is sent; `id` is the same however often it is tried."""
    return {
        "id": new_id(),
        "kind": notice.kind.value,
        "is_bad": notice.kind in BAD,
        "title": notice.title,
        "message": notice.message,
        "url": f"{settings.PUBLIC_URL}{notice.url}",
        "subject": {"type": notice.subject_type, "id": notice.subject_id},
        "created_at": format_time(at),
    }


def deliver(lease: Lease) -> None:
    """One try. What the address does not take is raised, so that it is tried again."""
    webhook = Webhook.objects.filter(pk=lease.payload["webhook_id"], is_enabled=True, user__is_active=True).first()
    if webhook is None:
        return
    work.check(lease)
    try:
        call(webhook, lease.payload["body"])
    except NotDelivered as error:
        note(webhook, str(error))
        raise
    note(webhook, "")


def give_up(lease: Lease, error: str) -> None:
    """No try is left: one more failure in a row, and after some of them the webhook is off."""
    rows = Webhook.objects.filter(pk=lease.payload["webhook_id"])
    with transaction.atomic():
        rows.update(failures=F("failures") + 1)
        rows.filter(failures__gte=MOST_FAILURES).update(is_enabled=False)


def call(webhook: Webhook, body: dict[str, Any]) -> None:
    """Send `body` once. Any 2xx within ten seconds is an arrival; all else raises `NotDelivered`."""
    text, more = _in_words_of(webhook, body)
    stamp = str(int(time.time()))
    secret = decrypt_text(webhook.secret, purpose=PURPOSE, row=webhook.pk)
    headers = more | {
        "Content-Type": "application/json",
        "User-Agent": "Sailcloth",
        "Sailcloth-Delivery": str(body["id"]),
        "Sailcloth-Timestamp": stamp,
        "Sailcloth-Signature": sign(secret, stamp, text),
    }
    guard = Guard(settings.ALLOWED_NETWORKS)
    try:
        answer = send(guard, "POST", webhook.url, seconds=SECONDS, data=text, headers=headers)
    except requests.exceptions.SSLError:
        raise NotDelivered("Its certificate is not trusted.") from None
    except requests.Timeout:
        raise NotDelivered(f"It did not answer within {SECONDS:.0f} seconds.") from None
    except requests.RequestException:
        raise NotDelivered("It cannot be reached from here, or is in a network that is not allowed.") from None
    if not HTTPStatus(200) <= answer.status_code < HTTPStatus(300):
        raise NotDelivered(f"It answered {answer.status_code}.")


def _in_words_of(webhook: Webhook, body: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The bytes and the headers that its target wants: our own JSON where it has none."""
    if not webhook.target:
        return msgspec.json.encode(body), {}
    target = find_webhook_target(webhook.target)
    if target is None:
        raise NotDelivered(f"The plugin that brought {webhook.target} is not installed any more, or is broken.")
    facts = {**body, "subject_type": body["subject"]["type"], "subject_id": body["subject"]["id"]}
    try:
        return target.render({name: facts[name] for name in FACTS}, target_secrets(webhook))
    except (ValueError, KeyError):
        raise NotDelivered(f"The plugin of {webhook.target} has changed: add the webhook anew.") from None


def target_secrets(webhook: Webhook) -> dict[str, str]:
    if not webhook.target_secrets:
        return {}
    text = decrypt_text(webhook.target_secrets, purpose=TARGET_PURPOSE, row=webhook.pk)
    return msgspec.json.decode(text, type=dict[str, str])


def sign(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def note(webhook: Webhook, problem: str) -> None:
    """How the last try went; an arrival ends a row of failures."""
    changed: dict[str, Any] = {"tried_at": timezone.now(), "problem": problem}
    Webhook.objects.filter(pk=webhook.pk).update(**changed, **({} if problem else {"failures": 0}))
