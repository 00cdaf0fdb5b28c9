"""Every change of people, sessions and codes. The modules beside this one hold them by concern."""

from accounts.principals import principal_of, session_principal
from accounts.services.administration import (
    change_user,
    end_session_of,
    end_sessions_of,
    make_reset_link,
)
from accounts.services.codes import prune_codes, send_code
from accounts.services.identities import (
    exchange,
    link_identity,
    prepare_link,
    prune_arrivals,
    receive,
    unlink_identity,
)
from accounts.services.invites import generate_invite_code, set_auto_regenerate
from accounts.services.personal_tokens import NewToken, create_token, prune_tokens, revoke_token
from accounts.services.profiles import (
    change_password,
    request_email_verification,
    request_password_reset,
    reset_password,
    update_profile,
    verify_email,
)
from accounts.services.sessions import (
    Grant,
    end_session,
    log_in,
    prune_sessions,
    refresh_by_access_token,
    refresh_by_token,
    start_session,
)
from accounts.services.signup import create_user, ensure_first_admin, register

__all__ = [
    "Grant",
    "NewToken",
    "change_password",
    "change_user",
    "create_token",
    "create_user",
    "end_session",
    "end_session_of",
    "end_sessions_of",
    "ensure_first_admin",
    "exchange",
    "generate_invite_code",
    "link_identity",
    "log_in",
    "make_reset_link",
    "prepare_link",
    "principal_of",
    "prune_arrivals",
    "prune_codes",
    "prune_sessions",
    "prune_tokens",
    "receive",
    "refresh_by_access_token",
    "refresh_by_token",
    "register",
    "request_email_verification",
    "request_password_reset",
    "reset_password",
    "revoke_token",
    "send_code",
    "session_principal",
    "set_auto_regenerate",
    "start_session",
    "unlink_identity",
    "update_profile",
    "verify_email",
]
