"""What accounts refuse, one class per reason."""

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, Unauthenticated


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
