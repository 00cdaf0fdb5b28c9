"""Logins for private repositories, one for each Git host: kept sealed, replaced, removed."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from builds import events
from builds.errors import BadBuild, GitLoginNotFound, TooManyGitLogins
from builds.logins import GIT_LOGIN_PURPOSE
from builds.models import GitLogin
from builds.selectors import visible_git_logins
from builds.sources.addresses import git_fault, host_of
from builds.sources.types import GitSource
from core.principal import Principal
from vault.services import encrypt_text

MOST_LOGINS = 50
_USERNAME, _ADDRESS = 255, 300


@transaction.atomic
def keep_git_login(*, git_url: str, username: str, token: str, actor: Principal) -> GitLogin:
    """For every build from the host of `git_url` that is given none of its own. Replaces the one that was there.

    Raises BadBuild, TooManyGitLogins.
    """
    _check(git_url, username, token)
    address, now = host_of(git_url), timezone.now()
    mine = GitLogin.objects.filter(workspace=actor.workspace)
    if mine.exclude(address=address).count() >= MOST_LOGINS:
        raise TooManyGitLogins(MOST_LOGINS)
    empty = {"token": b"", "created_at": now, "updated_at": now}
    login, is_new = GitLogin.objects.get_or_create(workspace_id=actor.workspace, address=address, defaults=empty)
    login.username, login.updated_at = username, now
    login.token = encrypt_text(token, purpose=GIT_LOGIN_PURPOSE, row=login.pk)
    login.save()
    _record(login, events.GIT_LOGIN_CREATED if is_new else events.GIT_LOGIN_UPDATED, actor)
    return login


@transaction.atomic
def remove_git_login(*, login_id: str, actor: Principal) -> None:
    """Builds from that host need one of their own from now on."""
    login = visible_git_logins(actor).filter(pk=login_id).first()
    if login is None:
        raise GitLoginNotFound
    _record(login, events.GIT_LOGIN_DELETED, actor)
    login.delete()


def _check(git_url: str, username: str, token: str) -> None:
    fault = git_fault(GitSource(git_url, username=username, token=token))
    if fault is not None:
        raise BadBuild(*fault)
    if len(host_of(git_url)) > _ADDRESS:
        raise BadBuild("git_url", "The name of the host is too long.")
    if not token:
        raise BadBuild("token", "It is a token, or a password, for this host.")
    if len(username) > _USERNAME or ":" in username:
        raise BadBuild("username", f"A user has up to {_USERNAME} characters, and no colon.")


def _record(login: GitLogin, action: str, actor: Principal) -> None:
    record(
        action=action, object_type="git_login", object_id=login.pk, object_name=login.address, detail={}, actor=actor
    )
