"""Adding, changing, testing, choosing and removing registries: the work of administrators.

A registry is asked before the transaction begins, never within.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit.services import record
from clusters.kube.connection import BadConnection, check_authority, decode_pem
from clusters.registries import events, logins
from clusters.registries.addresses import Address, BadAddress, read_address
from clusters.registries.credentials import check_login, seal, stored_login
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.errors import (
    BadRegistry,
    RegistryChanged,
    RegistryNameTaken,
    RegistryNotFound,
    RegistryPlaceTaken,
)
from clusters.registries.models import Registry, RegistryAudience, RegistryGrant, RegistryStatus
from clusters.registries.references import newest_first
from clusters.registries.selectors import find_registry, get_registry, require_admin
from clusters.registries.types import Found, FoundTags, Given, Login
from core.principal import Principal

# May refuse a change (If-Match), seeing the row as it is under its lock.
Check = Callable[[Registry], None]
MAX_NAME = 63
MAX_USERS = 100
_ERROR = 500


def no_check(registry: Registry) -> None:
    """Any state will do."""


def create_registry(
    *,
    name: str,
    kind: str,
    given: Given,
    description: str = "",
    available_to: str = RegistryAudience.EVERYONE,
    users: Sequence[str] = (),
    is_default: bool = False,
    actor: Principal,
) -> Registry:
    """Add one, whether or not it answers; the first becomes the default. `users` are the addresses of those who may
    use one that is for selected people."""
    require_admin(actor)
    _check_name(name)
    address = _read_address(given.url or "", kind)
    login = check_login(kind, given.username or "", given.password or "")
    now = timezone.now()
    with transaction.atomic():
        registry = Registry(
            workspace_id=actor.workspace,
            owner_id=actor.id,
            name=name,
            description=description,
            type=kind,
            ca_data=_authority(given.ca_data),
            available_to=available_to,
            created_at=now,
            updated_at=now,
        )
        _put_address(registry, address)
        seal(registry, login)
        defaults = _lock_defaults()
        registry.is_default = is_default or not defaults
        if is_default:
            Registry.objects.filter(pk__in=defaults).update(is_default=False)
        _save(registry, force_insert=True)
        _put_users(registry, users)
        events.tell_changed(registry.pk)
        detail = {"type": kind, "url": address.url, "available_to": available_to, "users": sorted(users)}
        _tell(registry, events.CREATED, detail, actor)
    return registry


def update_registry(
    *,
    registry_id: str,
    given: Given,
    changes: dict[str, Any] | None = None,
    users: Sequence[str] | None = None,
    check: Check = no_check,
    actor: Principal,
) -> Registry:
    """Change what is given. `changes` has any of name, description, type and available_to; another place needs the
    credentials with it, else whoever may change but never read them could have them sent somewhere else."""
    require_admin(actor)
    wanted = changes or {}
    if "name" in wanted:
        _check_name(wanted["name"])
    with transaction.atomic():
        registry = _lock(registry_id, actor)
        check(registry)
        changed = [field for field, value in wanted.items() if getattr(registry, field) != value]
        for field in changed:
            setattr(registry, field, wanted[field])
        reached = _put_connection(registry, given, is_other_type="type" in changed)
        changed += reached
        if users is not None and _put_users(registry, users):
            changed.append("users")
        if not changed:
            return registry
        if reached:
            registry.status, registry.reason, registry.error = RegistryStatus.UNKNOWN, "", ""
            registry.checked_at = None
        registry.revision += 1
        registry.updated_at = timezone.now()
        _save(registry)
        if set(changed) & {"url", "credentials", "available_to", "users", "type"}:
            events.tell_changed(registry.pk)
        _tell(registry, events.UPDATED, {"changed": changed}, actor)
    return registry


@transaction.atomic
def delete_registry(*, registry_id: str, check: Check = no_check, actor: Principal) -> Registry:
    """Forget it and its credentials. What was pulled stays where it is."""
    require_admin(actor)
    registry = _lock(registry_id, actor)
    check(registry)
    ident = registry.pk
    registry.delete()
    registry.pk = ident
    events.tell_changed(ident)
    _tell(registry, events.DELETED, {"url": logins.address_of(registry).url}, actor)
    return registry


def test_registry(*, registry_id: str, actor: Principal) -> Found:
    """Try it now with its login. A password that is not accepted fails; where nobody is asked for one, that is said."""
    require_admin(actor)
    seen = get_registry(registry_id=registry_id, actor=actor)
    found = logins.find_out(seen)
    with transaction.atomic():
        registry = Registry.objects.select_for_update().filter(pk=seen.pk).first()
        if registry is None:
            raise RegistryNotFound
        if registry.revision == seen.revision:
            # What was found is of the registry as it was.
            registry.status = RegistryStatus.HEALTHY if found.is_healthy else RegistryStatus.UNHEALTHY
            registry.reason, registry.error = found.reason, found.error[:_ERROR]
            registry.checked_at = timezone.now()
            registry.save(update_fields=["status", "reason", "error", "checked_at"])
        _tell(registry, events.TESTED, {"reason": found.reason}, actor)
    return found


def find_tags(*, image: str, actor: Principal) -> FoundTags:
    """Ask the registry of an image which tags there are, as a run of `actor` would pull it. What a registry does or
    fails to do is part of the answer."""
    reference, registry = find_registry(image=image, actor=actor)
    try:
        return FoundTags(tuple(newest_first(logins.tags_of(reference, registry))))
    except RegistryError as error:
        return FoundTags((), error.reason, error.message)
    except BadAddress as error:
        # A place that is never asked, as the metadata of a machine.
        return FoundTags((), "refused", str(error))


@transaction.atomic
def set_default_registry(*, registry_id: str, check: Check = no_check, actor: Principal) -> Registry:
    """From now on it is used where none is named. That is no change of the registry, so its ETag stays."""
    require_admin(actor)
    defaults = _lock_defaults()
    registry = _lock(registry_id, actor)
    check(registry)
    if registry.pk not in defaults:
        Registry.objects.filter(pk__in=defaults).update(is_default=False)
        registry.is_default = True
        _save(registry, update_fields=["is_default"])
        _tell(registry, events.DEFAULT_CHANGED, {}, actor)
    return registry


def _lock(registry_id: str, actor: Principal) -> Registry:
    seen = get_registry(registry_id=registry_id, actor=actor)
    registry = Registry.objects.select_for_update().filter(pk=seen.pk).first()
    if registry is None:
        raise RegistryNotFound
    return registry


def _lock_defaults() -> list[str]:
    """The one that is, to be changed by one at a time; where two find none, the constraint decides."""
    return [str(pk) for pk in Registry.objects.select_for_update().filter(is_default=True).values_list("pk", flat=True)]


def _save(registry: Registry, **how: Any) -> None:
    """The constraints have the last word; which of them it was is found out afterwards."""
    try:
        with transaction.atomic():
            registry.save(**how)
    except IntegrityError:
        others = Registry.objects.exclude(pk=registry.pk)
        if others.filter(name=registry.name).exists():
            raise RegistryNameTaken(registry.name) from None
        everyone = RegistryAudience.EVERYONE
        same = others.filter(host=registry.host, path=registry.path, available_to=everyone).first()
        if same is not None and registry.available_to == everyone:
            raise RegistryPlaceTaken(logins.address_of(registry).url, same.name) from None
        raise RegistryChanged from None


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable() or name != name.strip():
        raise BadRegistry("name", f"name: A registry's name has 1 to {MAX_NAME} printable characters.")


def _read_address(url: str, kind: str) -> Address:
    try:
        return read_address(url, kind)
    except BadAddress as error:
        raise BadRegistry("url", str(error)) from None


def _authority(text: str | None) -> str:
    if not text or not text.strip():
        return ""
    try:
        pem = decode_pem(text, "ca_data")
        check_authority(pem, "ca_data")
    except BadConnection as error:
        raise BadRegistry("ca_data", f"ca_data: {error.message}") from None
    return pem


def _put_address(registry: Registry, address: Address) -> None:
    registry.host, registry.path, registry.is_plain_http = address.host, address.path, address.is_plain_http


def _put_connection(registry: Registry, given: Given, *, is_other_type: bool) -> list[str]:
    """Which of url, ca_data and credentials are other than before."""
    before = logins.address_of(registry)
    after = _read_address(before.url if given.url is None else given.url, registry.type)
    changed = ["url"] if after != before else []
    if given.ca_data is not None and (pem := _authority(given.ca_data)) != registry.ca_data:
        registry.ca_data = pem
        changed.append("ca_data")
    login = stored_login(registry)
    if after.api != before.api and login is not None and given.password is None:
        raise BadRegistry("password", "password: Another host needs the credentials with it; send them as well.")
    _put_address(registry, after)
    wanted = _wanted_login(registry.type, login, given)
    if wanted != login or (is_other_type and wanted is not None):
        seal(registry, wanted)
        registry.credentials_revision += 1
        changed.append("credentials")
    return changed


def _wanted_login(kind: str, before: Login | None, given: Given) -> Login | None:
    """What is not sent stays; two empty ones remove it."""
    username = given.username if given.username is not None else before.username if before else ""
    password = given.password if given.password is not None else before.password if before else ""
    return check_login(kind, username, password)


def _put_users(registry: Registry, emails: Sequence[str]) -> bool:
    """Let exactly these use it. Whether that is other than before."""
    if len(emails) > MAX_USERS:
        raise BadRegistry("users", f"users: At most {MAX_USERS} people.")
    wanted: dict[str, str] = {}
    for email in emails:
        user = accounts.find_user_by_email(email)
        if user is None or not user.is_email_verified:
            raise BadRegistry("users", f"users: Nobody has a confirmed account with the address {email}.")
        wanted[user.personal_workspace.pk] = user.email
    before = set(RegistryGrant.objects.filter(registry=registry).values_list("workspace_id", flat=True))
    RegistryGrant.objects.filter(registry=registry).exclude(workspace__in=wanted).delete()
    RegistryGrant.objects.bulk_create(
        RegistryGrant(registry=registry, workspace_id=workspace, email=email)
        for workspace, email in wanted.items()
        if workspace not in before
    )
    return before != set(wanted)


def _tell(registry: Registry, type: str, detail: dict[str, Any], actor: Principal) -> None:
    """Audit record and event of one change. Last in its transaction."""
    record(
        action=type,
        object_type="registry",
        object_id=registry.pk,
        object_name=registry.name,
        detail=detail,
        workspace=registry.workspace_id,
        actor=actor,
    )
    events.publish(registry, type)
