"""What administrators do with the accounts of others: role, access, sessions, a link for a new password."""

from django.db import transaction
from django.db.models import Q

from accounts.errors import AccountDisabled, LastAdmin, UserNotFound
from accounts.models import CodePurpose, OneTimeCode, Role, User
from accounts.services.codes import end_codes, issue_code
from accounts.services.sessions import end_sessions, revoke_session
from audit.services import record
from core.errors import NotFound, PermissionDenied
from core.principal import Principal


@transaction.atomic
def change_user(*, user_id: str, role: Role | None = None, is_disabled: bool | None = None, actor: Principal) -> User:
    """What is None stays. An installation keeps one administrator who can sign in (409).

    Whoever is disabled is signed out everywhere at once; what is theirs stays, and so do their runs.
    """
    user, other_admins = _locked(user_id, actor)
    before = (user.role, user.is_active)
    if role is not None:
        user.role = role
    if is_disabled is not None:
        user.is_active = not is_disabled
    was_admin = before == (Role.ADMIN, True)
    if was_admin and (user.role, user.is_active) != before and not other_admins:
        raise LastAdmin
    if user.role != before[0]:
        _record("user.role_changed", user, actor, {"from": before[0], "to": str(user.role)})
    if user.is_active != before[1]:
        if not user.is_active:
            end_sessions(user=user)
            end_codes(user=user)
        _record("user.enabled" if user.is_active else "user.disabled", user, actor)
    if (user.role, user.is_active) != before:
        user.save(update_fields=["role", "is_active", "updated_at"])
    return user


@transaction.atomic
def end_session_of(*, user_id: str, session_id: str, actor: Principal) -> None:
    """Sign somebody out in one place."""
    user, _ = _locked(user_id, actor)
    if not revoke_session(user=user, session_id=session_id):
        raise NotFound("There is no such session.")
    _record("user.session_ended", user, actor, {"session": session_id})


@transaction.atomic
def end_sessions_of(*, user_id: str, actor: Principal) -> int:
    """Sign somebody out everywhere; how many sessions that were."""
    user, _ = _locked(user_id, actor)
    ended = end_sessions(user=user)
    _record("user.sessions_ended", user, actor, {"sessions": ended})
    return ended


@transaction.atomic
def make_reset_link(*, user_id: str, actor: Principal) -> OneTimeCode:
    """A link for a new password: mailed where there is a mail server, else for the administrator to pass on."""
    user, _ = _locked(user_id, actor)
    if not user.is_active:
        raise AccountDisabled
    code = issue_code(user=user, purpose=CodePurpose.PASSWORD_RESET)
    _record("password.reset_link_made", user, actor, {"is_mailed": code.is_mailed})
    return code


def _locked(user_id: str, actor: Principal) -> tuple[User, bool]:
    """The user, and whether another administrator can sign in. All administrators are locked, in one order: of two who
    demote each other one comes too late."""
    if not actor.is_admin:
        raise PermissionDenied("Only administrators change the accounts of others.")
    rows = User.objects.select_for_update().filter(Q(pk=user_id) | Q(role=Role.ADMIN, is_active=True))
    found = {user.pk: user for user in rows.order_by("pk")}
    user = found.pop(user_id, None)
    if user is None:
        raise UserNotFound
    return user, bool(found)


def _record(action: str, user: User, actor: Principal, detail: dict[str, object] | None = None) -> None:
    record(
        action=action, object_type="user", object_id=user.pk, object_name=user.email, detail=detail or {}, actor=actor
    )
