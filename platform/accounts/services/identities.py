"""People whom a provider vouches for: who they become here, and which identities belong to an account.

An address never decides whose account it is; only the identity does, or the person who is signed in.
"""

import hashlib
import secrets
import time
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from social_django.models import Association, Nonce, UserSocialAuth

from accounts import passwords, throttle
from accounts.errors import (
    AccountClosed,
    AccountExists,
    EmailTaken,
    IdentityTaken,
    InvalidSignInCode,
    LastSignIn,
    SignupIsClosed,
    WrongPassword,
)
from accounts.models import Arrival, SignupMode, SignupSetting, User
from accounts.oauth import JOURNEY_SECONDS, Claims
from accounts.principals import principal_of
from accounts.services.sessions import Grant, start_session
from accounts.services.signup import check_signup, create_user
from audit.services import record
from core.context import current_request
from core.errors import NotFound
from core.principal import Principal

CODE_LIFETIME = timedelta(seconds=60)
# Where sign-up needs an invite code, a newcomer is asked for it between the callback and the session.
INVITED_LIFETIME = timedelta(minutes=10)


@transaction.atomic
def receive(*, claims: Claims, browser: str, link_for: str = "") -> str:
    """The one-time code for who came back; what cannot succeed is refused before there is one.

    `browser` is the secret of the browser that began, `link_for` the person who wants to link the identity.
    """
    identity = _identity(claims.provider, claims.uid)
    lifetime = CODE_LIFETIME
    if link_for:
        if identity is not None and identity.user_id != link_for:
            raise IdentityTaken
    elif identity is not None:
        if not identity.user.is_active:
            raise AccountClosed
    else:
        lifetime = _check_newcomer(claims)
    code = secrets.token_urlsafe(32)
    Arrival.objects.create(
        digest=_digest(code),
        browser_digest=_digest(browser),
        link_for_id=link_for or None,
        provider=claims.provider,
        uid=claims.uid,
        email=claims.email,
        name=claims.name,
        expires_at=timezone.now() + lifetime,
    )
    return code


def exchange(*, code: str, browser: str | None, invite_code: str = "") -> Grant:
    """A session for a one-time code; a newcomer becomes a user. A refusal leaves the code as it was.

    `browser` is None for a caller that is no browser, and so cannot be lured into somebody else's session.
    """
    address = current_request().ip
    throttle.hit(throttle.LOGIN_BY_ADDRESS, address)
    with transaction.atomic():
        arrival = _redeem(code, browser=browser)
        identity = _identity(arrival.provider, arrival.uid)
        user = identity.user if identity is not None else _sign_up(arrival, invite_code)
        if not user.is_active:
            raise AccountClosed
        grant = start_session(user=user, actor=principal_of(user))
    throttle.give_back(throttle.LOGIN_BY_ADDRESS, address)
    return grant


def prepare_link(*, current_password: str, actor: Principal) -> User:
    """Before somebody goes to link an identity. It opens the account, so it takes the password, as a new
    address does; who has none has proven themselves at a provider.
    """
    user = User.objects.get(pk=actor.id)
    if user.has_usable_password():
        throttle.hit(throttle.LOGIN_BY_ACCOUNT, user.email)
        if not passwords.is_right(user, current_password):
            raise WrongPassword
        throttle.give_back(throttle.LOGIN_BY_ACCOUNT, user.email)
    return user


@transaction.atomic
def link_identity(*, code: str, actor: Principal) -> UserSocialAuth:
    """The identity belongs to the actor from now on; only to the one who went for it."""
    arrival = _redeem(code, link_for=actor.id)
    identity = _identity(arrival.provider, arrival.uid)
    if identity is None:
        return _link(arrival, User.objects.get(pk=actor.id), actor)
    if identity.user_id != actor.id:
        raise IdentityTaken
    return identity


@transaction.atomic
def unlink_identity(*, identity_id: str, actor: Principal) -> None:
    """Never the last way in."""
    user = User.objects.select_for_update().get(pk=actor.id)
    identities = list(UserSocialAuth.objects.filter(user=user))
    identity = next((each for each in identities if str(each.pk) == identity_id), None)
    if identity is None:
        raise NotFound("There is no such linked account.")
    if len(identities) == 1 and not user.has_usable_password():
        raise LastSignIn
    _record("identity.unlinked", identity, actor)
    identity.delete()


def prune_arrivals() -> int:
    """Forget codes, states and nonces that are over."""
    deleted, _ = Arrival.objects.filter(expires_at__lt=timezone.now()).delete()
    states, _ = Nonce.objects.filter(timestamp__lt=int(time.time()) - JOURNEY_SECONDS).delete()
    return deleted + states + Association.cleanup_expired()


def _check_newcomer(claims: Claims) -> timedelta:
    """How long a newcomer's code holds; raises if they may not come in. Asked again when they do."""
    if User.objects.filter(email=claims.email).exists():
        raise AccountExists
    setting = SignupSetting.objects.filter(pk=SignupSetting.ONLY).first()
    mode = setting.mode if setting else SignupMode.OPEN
    if mode == SignupMode.CLOSED:
        raise SignupIsClosed
    return INVITED_LIFETIME if mode == SignupMode.INVITE else CODE_LIFETIME


def _redeem(code: str, *, browser: str | None = None, link_for: str = "") -> Arrival:
    """The row of a code, used from now on; within the transaction of what it allows."""
    now = timezone.now()
    arrivals = Arrival.objects.filter(digest=_digest(code), link_for_id=link_for or None)
    if browser is not None:
        arrivals = arrivals.filter(browser_digest=_digest(browser))
    # One statement: of two who come at the same time, one wins.
    if not arrivals.filter(used_at=None, expires_at__gt=now).update(used_at=now):
        raise InvalidSignInCode
    return arrivals.get()


def _sign_up(arrival: Arrival, invite_code: str) -> User:
    throttle.hit(throttle.REGISTER_BY_ADDRESS, current_request().ip)
    check_signup(invite_code)
    try:
        user = create_user(email=arrival.email, name=arrival.name, is_email_verified=True)
    except EmailTaken:
        raise AccountExists from None
    _link(arrival, user, principal_of(user))
    return user


def _link(arrival: Arrival, user: User, actor: Principal) -> UserSocialAuth:
    try:
        with transaction.atomic():
            identity = UserSocialAuth.objects.create(
                user=user,
                provider=arrival.provider,
                uid=arrival.uid,
                id_key="issuer+subject",
                # For showing only. The provider's tokens are not kept: nothing here needs them.
                extra_data={"email": arrival.email, "name": arrival.name},
            )
    except IntegrityError:
        raise IdentityTaken from None
    _record("identity.linked", identity, actor)
    return identity


def _identity(provider: str, uid: str) -> UserSocialAuth | None:
    rows = UserSocialAuth.objects.select_related("user__personal_workspace")
    return rows.filter(provider=provider, uid=uid).first()


def _record(action: str, identity: UserSocialAuth, actor: Principal) -> None:
    record(
        action=action,
        object_type="identity",
        object_id=str(identity.pk),
        object_name=identity.extra_data.get("email", ""),
        detail={"provider": identity.provider},
        actor=actor,
    )


def _digest(text: str) -> str:
    """Both are 256 random bits: a plain hash can neither be guessed nor reversed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
