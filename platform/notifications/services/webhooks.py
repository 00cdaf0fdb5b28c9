"""Webhooks: added with a secret that is shown once, changed, tried and removed by whom they belong to."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from core.api.times import format_time
from core.errors import InvalidInput
from core.ids import new_id
from core.principal import Principal
from notifications.errors import TooManyWebhooks
from notifications.kinds import Kind
from notifications.models import Webhook
from notifications.selectors import get_webhook
from notifications.webhooks import PURPOSE, TARGET_PURPOSE, NotDelivered, call, note
from plugins.sdk.webhook import WebhookTarget
from plugins.selectors import webhook_targets
from vault.services import encrypt_text

MAX_WEBHOOKS = 5
_PREFIX = "whsec_"
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class NewWebhook:
    """`secret` is seen here and never again."""

    row: Webhook
    secret: str


@transaction.atomic
def add_webhook(
    *,
    url: str,
    kinds: Sequence[Kind],
    target: str = "",
    secrets_of_target: Mapping[str, str] | None = None,
    actor: Principal,
) -> NewWebhook:
    """Of all kinds where none is named, in our own words where there is no target. An empty address is that of the
    target, if it has one."""
    wanted = _target(target, actor)
    url = url or (wanted.url if wanted else "")
    _check_url(url)
    given = _check_secrets(wanted, secrets_of_target or {})
    user = User.objects.select_for_update().get(pk=actor.id)
    if Webhook.objects.filter(user=user).count() >= MAX_WEBHOOKS:
        raise TooManyWebhooks(MAX_WEBHOOKS)
    secret = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    ident = new_id()
    sealed = encrypt_text(secret, purpose=PURPOSE, row=ident)
    row = Webhook.objects.create(
        id=ident,
        user=user,
        url=url,
        secret=sealed,
        kinds=_values(kinds),
        target=target,
        target_secrets=_sealed(given, ident),
    )
    _record("webhook.created", row, actor)
    return NewWebhook(row, secret)


@transaction.atomic
def change_webhook(
    *,
    webhook_id: str,
    url: str | None = None,
    kinds: Sequence[Kind] | None = None,
    is_enabled: bool | None = None,
    actor: Principal,
) -> Webhook:
    """Only what is given. Turned on again, its failures are forgotten."""
    row = get_webhook(webhook_id=webhook_id, actor=actor)
    if url is not None:
        _check_url(url)
        row.url = url
    if kinds is not None:
        row.kinds = _values(kinds)
    if is_enabled is not None:
        row.is_enabled = is_enabled
        row.failures = 0 if is_enabled else row.failures
    row.save(update_fields=["url", "kinds", "is_enabled", "failures", "updated_at"])
    _record("webhook.updated", row, actor)
    return row


@transaction.atomic
def remove_webhook(*, webhook_id: str, actor: Principal) -> None:
    row = get_webhook(webhook_id=webhook_id, actor=actor)
    _record("webhook.deleted", row, actor)
    row.delete()


def try_webhook(*, webhook_id: str, actor: Principal) -> Webhook:
    """One call now, whether it is on or not; how it went is in the row."""
    row = get_webhook(webhook_id=webhook_id, actor=actor)
    body = {
        "id": new_id(),
        "kind": "test",
        "is_bad": False,
        "title": "A webhook is tried out",
        "message": "It arrived.",
        "url": f"{settings.PUBLIC_URL}/settings/notifications",
        "subject": {"type": "webhook", "id": row.pk},
        "created_at": format_time(timezone.now()),
    }
    try:
        call(row, body)
    except NotDelivered as error:
        note(row, str(error))
    else:
        note(row, "")
    _record("webhook.tested", row, actor)
    row.refresh_from_db()
    return row


def _target(target_id: str, actor: Principal) -> WebhookTarget | None:
    if not target_id:
        return None
    found = next((each.target for each in webhook_targets(actor) if each.id == target_id), None)
    if found is None:
        message = f"There is no target {target_id} among the plugins that you use; turn its plugin on, or leave it out."
        raise InvalidInput(message, fields={"target": [message]})
    return found


def _check_secrets(target: WebhookTarget | None, given: Mapping[str, str]) -> dict[str, str]:
    """Exactly those that the target asks for, each fit for a header."""
    asked = {each.name: each.title for each in target.secrets} if target else {}
    wrong = {f"secrets.{name}": ["The target asks for no such secret; leave it out."] for name in given.keys() - asked}
    for name, title in asked.items():
        value = given.get(name, "").strip()
        if not value or not value.isprintable():
            wrong[f"secrets.{name}"] = [f"{title} is needed, in one line."]
    if wrong:
        raise InvalidInput(next(iter(wrong.values()))[0], fields=wrong)
    return {name: given[name].strip() for name in asked}


def _sealed(values: Mapping[str, str], row: str) -> bytes:
    text = msgspec.json.encode(dict(values)).decode()
    return encrypt_text(text, purpose=TARGET_PURPOSE, row=row) if values else b""


def _check_url(url: str) -> None:
    """An address and nothing that would be read as a secret in it; where it leads is checked at every call."""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or not url.isprintable() or " " in url:
        message = "It must be an address such as https://example.com/hooks/sailcloth."
        raise InvalidInput(message, fields={"url": [message]})
    if parts.username or parts.password:
        message = "The address must not hold a password: check the signature of what arrives instead."
        raise InvalidInput(message, fields={"url": [message]})


def _values(kinds: Sequence[Kind]) -> list[str]:
    return [kind.value for kind in Kind if kind in kinds]


def _record(action: str, row: Webhook, actor: Principal) -> None:
    # A path may hold what lets one in there.
    detail: dict[str, Any] = {
        "host": urlsplit(row.url).hostname,
        "kinds": row.kinds,
        "is_enabled": row.is_enabled,
        "target": row.target,
    }
    record(
        action=action,
        object_type="webhook",
        object_id=row.pk,
        object_name=str(detail["host"]),
        detail=detail,
        actor=actor,
    )
