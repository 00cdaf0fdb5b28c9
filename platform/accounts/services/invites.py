"""Who may sign up: everyone, until an administrator makes an invite code."""

import secrets

from django.db import transaction

from accounts.models import SignupMode, SignupSetting
from audit.services import record
from core.principal import Principal
from vault.services import decrypt_text, encrypt_text

_SEAL = "accounts.invite-code"
# No 0 and O, 1 and I: a code is read out and typed.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 12


@transaction.atomic
def generate_invite_code(*, actor: Principal) -> str:
    """A new code; from now on nobody signs up without it."""
    setting = _locked_setting()
    setting.mode = SignupMode.INVITE
    code = new_invite_code(setting)
    record(action="invite_code.generated", object_type="signup", object_id=str(SignupSetting.ONLY), actor=actor)
    return code


@transaction.atomic
def set_auto_regenerate(*, is_on: bool, actor: Principal) -> SignupSetting:
    """Whether each use of the code replaces it."""
    setting = _locked_setting()
    setting.is_auto_regenerated = is_on
    setting.save()
    record(
        action="signup.updated",
        object_type="signup",
        object_id=str(SignupSetting.ONLY),
        detail={"auto_regenerate": is_on},
        actor=actor,
    )
    return setting


def new_invite_code(setting: SignupSetting) -> str:
    """Replace the code of `setting`, which the caller has locked."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    setting.invite_code = encrypt_text(code, purpose=_SEAL, row=str(setting.pk))
    setting.save()
    return code


def read_invite_code(setting: SignupSetting) -> str:
    """The code, or nothing while there is none."""
    if not setting.invite_code:
        return ""
    return decrypt_text(setting.invite_code, purpose=_SEAL, row=str(setting.pk))


def _locked_setting() -> SignupSetting:
    SignupSetting.objects.get_or_create(pk=SignupSetting.ONLY)
    return SignupSetting.objects.select_for_update().get(pk=SignupSetting.ONLY)
