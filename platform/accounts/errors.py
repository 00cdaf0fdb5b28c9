"""What accounts refuse, one class per reason."""

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, Unauthenticated, Unavailable


class InvalidCredentials(Unauthenticated):
    """Says the same for a wrong password, an unknown address and a closed account."""

    code = "invalid_credentials"

    def __init__(self) -> None:
        super().__init__("Invalid email or password")


class SessionEnded(Unauthenticated):
    code = "session_ended"

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again.")


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        message = "There is already an account with this e-mail address."
        super().__init__(message, fields={"email": [message]})


class SignupIsClosed(PermissionDenied):
    code = "signup_closed"

    def __init__(self) -> None:
        super().__init__("Nobody can sign up here at the moment. Ask an administrator.")


class InvalidInviteCode(InvalidInput):
    code = "invalid_invite_code"

    def __init__(self, given: bool) -> None:
        message = "This invite code is not valid." if given else "You need an invite code to sign up here."
        super().__init__(message, fields={"invite_code": [message]})


class InvalidCode(InvalidInput):
    code = "invalid_code"

    def __init__(self) -> None:
        message = "This link is not valid any more. Ask for a new one."
        super().__init__(message, fields={"code": [message]})


class WrongPassword(InvalidInput):
    code = "wrong_password"

    def __init__(self) -> None:
        message = "This is not your current password."
        super().__init__(message, fields={"current_password": [message]})


class TooManyTokens(Conflict):
    code = "too_many_tokens"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} tokens, which is the most. Revoke one that is not used any more.")


class UnknownProvider(NotFound):
    code = "unknown_provider"

    def __init__(self) -> None:
        super().__init__("There is no such sign-in provider on this installation.")


class SignInCancelled(InvalidInput):
    code = "sign_in_cancelled"

    def __init__(self, provider: str) -> None:
        super().__init__(f"You did not sign in at {provider}.")


class SignInExpired(InvalidInput):
    """A state that this browser did not begin with, that was used, or that is too old."""

    code = "sign_in_expired"

    def __init__(self) -> None:
        super().__init__("This sign-in took too long, was used already or was begun in another browser. Start again.")


class InvalidSignInCode(InvalidInput):
    code = "invalid_code"

    def __init__(self) -> None:
        message = "This sign-in has been used already or took too long. Start again."
        super().__init__(message, fields={"code": [message]})


class ProviderUnavailable(Unavailable):
    code = "provider_unavailable"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} does not answer. Try again in a little while.")


class ProviderMisconfigured(Unavailable):
    code = "provider_misconfigured"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} refuses this installation. Tell an administrator.")


class ProviderAnswerInvalid(Unavailable):
    code = "provider_answer_invalid"

    def __init__(self, provider: str) -> None:
        super().__init__(f"What {provider} answered cannot be trusted. Start again, or tell an administrator.")


class EmailNotVerified(PermissionDenied):
    code = "email_not_verified"

    def __init__(self) -> None:
        super().__init__("Your e-mail address is not verified there. Verify it at the provider, then try again.")


class DomainNotAllowed(PermissionDenied):
    code = "domain_not_allowed"

    def __init__(self) -> None:
        super().__init__("Addresses of this domain may not sign in here. Use another account there.")


class AccountExists(Conflict):
    """Somebody has the address already: an identity is linked only by who is signed in."""

    code = "account_exists"

    def __init__(self) -> None:
        super().__init__(
            "There is an account with this address already. Sign in to it, then link this one in settings."
        )


class AccountClosed(PermissionDenied):
    code = "account_closed"

    def __init__(self) -> None:
        super().__init__("This account is closed. Ask an administrator.")


class IdentityTaken(Conflict):
    code = "identity_taken"

    def __init__(self) -> None:
        super().__init__("This account is already linked to somebody here.")


class LastSignIn(Conflict):
    code = "last_sign_in"

    def __init__(self) -> None:
        super().__init__("It is your only way to sign in. Choose a password first.")


class UserNotFound(NotFound):
    code = "user_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class LastAdmin(Conflict):
    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last administrator who can sign in: make somebody else one first.")


class AccountDisabled(Conflict):
    code = "account_disabled"

    def __init__(self) -> None:
        super().__init__("This account is disabled: enable it first.")
