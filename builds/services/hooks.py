"""Building again when somebody pushes."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from accounts.services import principal_of
from audit.services import record
from builds import events
from builds.configuration import engine_name
from builds.consumers import check_consumer
from builds.errors import HookHeardAlready, HookNotFound, HookRefused, NoEngine, NotFromGit
from builds.models import Build, BuildDelivery, BuildHook, DeliveryOutcome, SourceKind
from builds.selectors import get_build, get_hook
from builds.services.deliveries import note_delivery, remember_once
from builds.services.ending import copy_of
from builds.services.starting import enqueue_build
from builds.signatures import Call, digest_of, is_genuine, read_call, signed
from builds.types import Consumer
from core.errors import AppError
from core.principal import Principal, system_principal
from vault.services import decrypt_text, encrypt_text

_PURPOSE = "builds.hook"
_REMEMBERED = timedelta(days=90)
_ANY_BRANCH = "main"


@transaction.atomic
def create_hook(*, build_id: str, provider: str, actor: Principal) -> tuple[BuildHook, str]:
    """The webhook, and its secret, which is shown this once."""
    build = get_build(build_id=build_id, actor=actor)
    if build.source_kind != SourceKind.GIT:
        raise NotFromGit
    secret = secrets.token_urlsafe(32)
    hook = BuildHook(
        workspace_id=actor.workspace,
        owner_id=actor.id,
        provider=provider,
        build=build,
        created_at=timezone.now(),
    )
    hook.secret = encrypt_text(secret, purpose=_PURPOSE, row=hook.pk)
    hook.save(force_insert=True)
    _record(hook, events.HOOK_CREATED, actor)
    return hook, secret


@transaction.atomic
def rotate_hook(*, hook_id: str, actor: Principal) -> tuple[BuildHook, str]:
    """The webhook with another secret, which is shown this once; calls that know the old one are refused from now."""
    hook = get_hook(hook_id=hook_id, actor=actor)
    secret = secrets.token_urlsafe(32)
    hook.secret = encrypt_text(secret, purpose=_PURPOSE, row=hook.pk)
    hook.save(update_fields=["secret"])
    _record(hook, events.HOOK_ROTATED, actor)
    return hook, secret


@transaction.atomic
def delete_hook(*, hook_id: str, actor: Principal) -> BuildHook:
    """From now on nobody is heard there."""
    hook = get_hook(hook_id=hook_id, actor=actor)
    ident = hook.pk
    hook.delete()
    hook.pk = ident
    _record(hook, events.HOOK_DELETED, actor)
    return hook


def send_test(*, hook_id: str, actor: Principal) -> Build | None:
    """A push as the host would send it, signed with the webhook's secret: it is heard, and builds, as any other."""
    hook = get_hook(hook_id=hook_id, actor=actor)
    ref = str(hook.build.source.get("ref") or "") or _ANY_BRANCH
    # The nonce makes it a call of its own: the same twice would be a replay.
    push = {"ref": f"refs/heads/{_short(ref)}", "test": True, "nonce": secrets.token_hex(8)}
    body = json.dumps(push).encode()
    secret = decrypt_text(hook.secret, purpose=_PURPOSE, row=hook.pk)
    _record(hook, events.HOOK_TESTED, actor)
    return hear_hook(hook_id=hook.pk, headers=signed(hook.provider, secret, body), body=body)


def hear_hook(*, hook_id: str, headers: Mapping[str, str], body: bytes) -> Build | None:
    """A call from a Git host. None when it is genuine but nothing to build. What became of it is kept for its maker.

    Raises HookNotFound, HookRefused, HookHeardAlready, and what the start of a build raises: the rights of whoever
    made the webhook are looked at anew.
    """
    hook = BuildHook.objects.select_related("build").filter(pk=hook_id).first()
    if hook is None:
        raise HookNotFound
    secret = decrypt_text(hook.secret, purpose=_PURPOSE, row=hook.pk)
    digest = digest_of(hook.provider, body)
    if not is_genuine(hook.provider, secret, headers, body):
        note_delivery(hook, digest, DeliveryOutcome.BAD_SIGNATURE)
        raise HookRefused
    call = read_call(hook.provider, headers, body)
    left_alone = _left_alone(hook.build, call)
    if left_alone is not None:
        note_delivery(hook, digest, left_alone, call)
        return None
    try:
        return _build_again(hook, call, digest)
    except HookHeardAlready:
        note_delivery(hook, digest, DeliveryOutcome.REPLAYED, call)
        raise
    except AppError as error:
        note_delivery(hook, digest, DeliveryOutcome.FAILED, call, error=error.message)
        raise


def forget_deliveries() -> int:
    """The sweep: calls that nobody would repeat any more."""
    return BuildDelivery.objects.filter(created_at__lt=timezone.now() - _REMEMBERED).delete()[0]


def _build_again(hook: BuildHook, call: Call, digest: str) -> Build:
    owner = accounts.get_users({hook.owner_id}).get(hook.owner_id)
    if owner is None or not owner.is_active:
        raise HookNotFound
    engine = engine_name(hook.build.engine)
    if not engine:
        raise NoEngine
    actor = principal_of(owner)
    if hook.build.consumer_kind:
        check_consumer(Consumer(hook.build.consumer_kind, hook.build.consumer_id), actor)
    with transaction.atomic():
        delivery = remember_once(hook, digest, call)
        build = enqueue_build(
            copy_of(hook.build, engine, actor),
            events.PUSHED,
            actor,
            told_by=system_principal("webhook", actor.workspace),
        )
        BuildDelivery.objects.filter(pk=delivery.pk).update(build=build)
        BuildHook.objects.filter(pk=hook.pk).update(build=build, last_used_at=timezone.now())
    return build


def _left_alone(build: Build, call: Call) -> DeliveryOutcome | None:
    """Why nothing is built; None when it is. Without a ref the default branch counts, and where the host does not
    tell which that is, every branch."""
    if call.is_ping:
        return DeliveryOutcome.PING
    if not call.is_push:
        return DeliveryOutcome.NOTHING_TO_BUILD
    wanted = str(build.source.get("ref") or "") or call.default_branch
    return None if not wanted or _short(wanted) == call.ref else DeliveryOutcome.OTHER_BRANCH


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def _record(hook: BuildHook, action: str, actor: Principal) -> None:
    record(
        action=action,
        object_type="build_webhook",
        object_id=hook.pk,
        object_name=str(hook.build.source.get("git_url", "")),
        detail={"provider": hook.provider, "build": hook.build_id},
        actor=actor,
    )
