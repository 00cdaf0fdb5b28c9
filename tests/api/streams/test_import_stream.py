"""GET /import/:id/stream over real sockets."""

import pytest

from accounts.services import principal_of, start_session
from imports import services
from imports.types import Source
from tests.factories import make_user
from tests.integration.streams.conftest import Client, Servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(settings):
    settings.ALLOWED_HOSTS = ["*"]
    servers = Servers()
    yield servers.start()
    servers.stop()


def opened(port, session, user, **more):
    actor = principal_of(user)
    return Client(
        port, f"/v1/api/import/{session.pk}/stream", token=start_session(user=user, actor=actor).token, **more
    )


@pytest.fixture
def member(transactional_db):
    return make_user("member@example.com")


@pytest.fixture
def session(member):
    files = {"compose.yaml": b"services: {web: {image: 'nginx:1.27'}}"}
    return services.begin_import(files=files, source=Source("content", "compose.yaml"), actor=principal_of(member))


def test_what_is_ready_is_told_and_done(port, member, session):
    with opened(port, session, member) as client:
        _, name, data = client.event()
        assert (name, data["status"], data["id"]) == ("snapshot", "ready", session.pk)
        _, name, data = client.event()
        assert (name, data["status"]) == ("done", "ready")
        assert data["analysis"]["kind"] == "compose"


def test_somebody_elses_is_not_there(port, session):
    with opened(port, session, make_user("other@example.com")) as client:
        assert client.response.status_code == 404
