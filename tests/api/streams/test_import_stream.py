"""GET /import/:id/stream over real sockets."""

import pytest

from accounts.services import principal_of, start_session
from core.work import runner
from imports import execution, services
from imports.origin import Repository
from imports.types import Source
from tests.factories import make_user
from tests.integration.builds.git_server import serving
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


@pytest.mark.enable_socket
def test_a_repository_is_followed_from_the_wish_to_the_end(port, member, settings, tmp_path):
    settings.ALLOWED_NETWORKS, settings.DATA_DIR = ("127.0.0.0/8",), tmp_path
    with serving(tmp_path) as server:
        server.make("shop", {"compose.yaml": "services: {web: {image: 'nginx:1.27'}}\n"})
        repository = Repository(f"{server.url}/shop.git")
        asked = services.begin_fetch(repository=repository, actor=principal_of(member))
        with opened(port, asked, member) as client:
            _, name, data = client.event()
            assert (name, data["status"], data["analysis"]) == ("snapshot", "analyzing", None)
            assert runner.run_next([execution.WORK_KIND])
            told = []
            while not told or told[-1][1] != "done":
                told.append(client.event())
    assert {name for _, name, _ in told[:-1]} == {"progress"}
    assert [data["stage"] for _, _, data in told[:-1]][-1] == "looking"
    assert all(data.keys() == {"stage", "percent", "message"} for _, _, data in told[:-1])
    assert told[-1][2] == {"status": "ready", "error": ""}
