"""Building again when somebody pushes."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import selectors as accounts
from accounts.services import principal_of
from audit.services import record
from builds import events
from builds.configuration import engine_name
from builds.consumers import check_consumer
from builds.errors import HookHeardAlready, HookNotFound, HookRefused, NoEngine, NotFromGit
from builds.models import Build, BuildDelivery, BuildHook, SourceKind
from builds.selectors import get_build, visible_hooks
from builds.services.ending import copy_of
from builds.services.starting import enqueue_build
from builds.signatures import digest_of, is_genuine, read_call
from builds.types import Consumer
from core.principal import Principal
from vault.services import decrypt_text, encrypt_text

_PURPOSE = "builds.hook"
_REMEMBERED = timedelta(days=90)


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
def delete_hook(*, hook_id: str, actor: Principal) -> BuildHook:
    """From now on nobody is heard there."""
    hook = visible_hooks(actor).filter(pk=hook_id).first()
    if hook is None:
        raise HookNotFound
    ident = hook.pk
    hook.delete()
    hook.pk = ident
    _record(hook, events.HOOK_DELETED, actor)
    return hook


def hear_hook(*, hook_id: str, headers: Mapping[str, str], body: bytes) -> Build | None:
    """A call from a Git host. None when it is genuine but nothing to build.

    Raises HookNotFound, HookRefused, HookHeardAlready, and what the start of a build raises: the rights of whoever
    made the webhook are looked at anew.
    """
    hook = BuildHook.objects.select_related("build").filter(pk=hook_id).first()
    if hook is None:
        raise HookNotFound
    secret = decrypt_text(hook.secret, purpose=_PURPOSE, row=hook.pk)
    if not is_genuine(hook.provider, secret, headers, body):
        raise HookRefused
    call = read_call(hook.provider, headers, body)
    if not call.is_push or not _is_of(hook.build, call.ref):
        return None
    owner = accounts.get_users({hook.owner_id}).get(hook.owner_id)
    if owner is None:
        raise HookNotFound
    engine = engine_name()
    if not engine:
        raise NoEngine
    actor = principal_of(owner)
    if hook.build.consumer_kind:
        check_consumer(Consumer(hook.build.consumer_kind, hook.build.consumer_id), actor)
    with transaction.atomic():
        _remember(hook, digest_of(hook.provider, body))
        build = enqueue_build(copy_of(hook.build, engine, actor), events.PUSHED, actor)
        BuildHook.objects.filter(pk=hook.pk).update(build=build, last_used_at=timezone.now())
    return build


def forget_deliveries() -> int:
    """The sweep: calls that nobody would repeat any more."""
    return BuildDelivery.objects.filter(created_at__lt=timezone.now() - _REMEMBERED).delete()[0]


def _is_of(build: Build, ref: str) -> bool:
    """Without a ref every branch counts."""
    wanted = str(build.source.get("ref") or "")
    return not wanted or wanted.removeprefix("refs/heads/").removeprefix("refs/tags/") == ref


def _remember(hook: BuildHook, digest: str) -> None:
    try:
        with transaction.atomic():
            BuildDelivery.objects.create(hook=hook, digest=digest, created_at=timezone.now())
    except IntegrityError:
        raise HookHeardAlready from None


def _record(hook: BuildHook, action: str, actor: Principal) -> None:
    record(
        action=action,
        object_type="build_webhook",
        object_id=hook.pk,
        object_name=str(hook.build.source.get("git_url", "")),
        detail={"provider": hook.provider, "build": hook.build_id},
        actor=actor,
    )
