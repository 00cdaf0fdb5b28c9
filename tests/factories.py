"""What tests of several apps begin with. Tiny on purpose: an app's own things are made in its own tests."""

from itertools import count

from rest_framework.test import APIClient

from accounts.models import Role, User
from accounts.services import create_user, principal_of, start_session

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_user(email: str = "", *, name: str = "Ada", role: Role = Role.USER, password: str = PASSWORD) -> User:
    """A person with a personal workspace and a confirmed address."""
    return create_user(
        email=email or f"user{next(_numbers)}@example.com",
        name=name,
        password=password,
        role=role,
        is_email_verified=True,
    )


class JsonClient(APIClient):
    """Sends JSON unless told otherwise, as the API expects."""

    default_format = "json"


def make_client(user: User | None = None) -> JsonClient:
    """A client that signed in as `user`, or as nobody."""
    client = JsonClient()
    if user is not None:
        grant = start_session(user=user, actor=principal_of(user))
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {grant.token}")
    return client
