"""The rules for passwords, and comparing them without telling who exists."""

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts.models import User
from core.errors import InvalidInput

MIN_LENGTH = 8
# Hashing costs time in proportion to length: nobody needs more, and an attacker shall not have it.
MAX_LENGTH = 1024


def check_rules(password: str, *, field: str = "password") -> None:
    """Raise a 400 that names `field` when the password is not acceptable."""
    message = ""
    if len(password) < MIN_LENGTH:
        message = f"The password needs at least {MIN_LENGTH} characters."
    elif len(password) > MAX_LENGTH:
        message = f"The password may have at most {MAX_LENGTH} characters."
    elif settings.CHECK_COMMON_PASSWORDS and _is_common(password):
        message = "This password is too common: it is among the first that anyone would try."
    if message:
        raise InvalidInput(message, code="invalid_password", fields={field: [message]})


def is_right(user: User | None, password: str) -> bool:
    """Takes as long for nobody as for somebody."""
    if user is None or not user.has_usable_password():
        make_password(password)
        return False
    return user.check_password(password) and user.is_active


def _is_common(password: str) -> bool:
    try:
        _common_passwords().validate(password)
    except ValidationError:
        return True
    return False


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    return CommonPasswordValidator()
