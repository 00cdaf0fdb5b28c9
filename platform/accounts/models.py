"""Who may use this installation: people, their workspaces and sessions. Knows nothing of what they make."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.ids import new_id


class Role(models.TextChoices):
    USER = "user"
    ADMIN = "admin"


class MemberRole(models.TextChoices):
    """What a person may do in a workspace, or with something shared."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class UserManager(BaseUserManager["User"]):
    """People are made by `services.create_user`, which also makes their workspace."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


def normalise_email(email: str) -> str:
    """E-mail addresses are compared and stored in lower case."""
    return email.strip().lower()


class User(AbstractBaseUser):
    """A person. `last_login` is not kept: sessions know it better."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.USER)
    avatar_url = models.CharField(max_length=2000, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_email_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_login = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)


class Workspace(models.Model):
    """What everything owned belongs to. Each person has a personal one from the moment of sign-up."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_workspaces")
    # Set for a personal one: the row itself says that a person has at most one.
    personal_of = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="personal_workspace")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(personal_of=None) | Q(personal_of=F("owner")), name="workspace_personal_of_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one person may do in one workspace."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=MemberRole.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_one_per_workspace_and_user"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.workspace_id}"


class Session(models.Model):
    """One sign-in. Its tokens are derived from the row and our key, so the table holds nothing that signs
    anyone in.

    Every refresh replaces the pair of access and refresh token; both of a pair carry the same `token_id`. The
    previous id is known, so that a second tab gets the same answer; an older one betrays a stolen token.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    token_id = models.CharField(max_length=36, default=new_id)
    previous_token_id = models.CharField(max_length=36, blank=True, default="")
    # When the newest pair of tokens was made.
    rotated_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    user_agent = models.CharField(max_length=300, blank=True, default="")
    ip = models.CharField(max_length=45, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="session_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at}"


class PersonalToken(models.Model):
    """What a program signs in with in its person's name. Only the hash of the token is kept; `hint` is its
    beginning, by which people know it again.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.CharField(max_length=45, blank=True, default="")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="token_of_user")]

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"


class CodePurpose(models.TextChoices):
    PASSWORD_RESET = "password_reset"  # noqa: S105 - what a code is for, not a password
    EMAIL_VERIFICATION = "email_verification"


class OneTimeCode(models.Model):
    """A link that somebody gets by mail, or from an admin where there is no mail.

    `digest` finds the row; `sealed` is the code under the vault's key until it has been used, for whoever
    sends it.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=32, choices=CodePurpose.choices)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    is_mailed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose"], name="code_of_user")]

    def __str__(self) -> str:
        return f"{self.purpose} for {self.user_id}"


class Arrival(models.Model):
    """Somebody who came back from a provider, until the front end trades the one-time code for a session.

    `browser_digest` is of the notes' own secret, so that the code means nothing in another browser; `link_for` is
    the person who wanted to link the identity, or nobody for a sign-in.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    browser_digest = models.CharField(max_length=64)
    link_for = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    provider = models.CharField(max_length=32)
    uid = models.CharField(max_length=64)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="arrival_by_expiry")]

    def __str__(self) -> str:
        return f"{self.provider} {self.uid}"


class SignupMode(models.TextChoices):
    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


class SignupSetting(models.Model):
    """The one row that says who may sign up. The invite code is sealed by the vault."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    mode = models.CharField(max_length=16, choices=SignupMode.choices, default=SignupMode.OPEN)
    invite_code = models.BinaryField(null=True)
    is_auto_regenerated = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="signup_setting_only_one"),
            models.CheckConstraint(condition=Q(mode__in=SignupMode.values), name="signup_setting_mode_known"),
        ]

    def __str__(self) -> str:
        return self.mode
