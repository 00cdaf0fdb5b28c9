"""What stands in the way of a workflow is another's: its owner reads whose, somebody with whom one workflow is shared
does not. What was taken over is shown as no longer one's own, until it is again."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import principal_of
from clusters.practice.server import PracticeServer
from clusters.services import gateway_for
from notifications.services import take_in
from realtime.selectors import read
from tests.factories import JsonClient, make_client, make_user
from tests.integration.live.support import PATIENCE, watching
from tests.integration.runs.support import node, practice_server, serving, work_off
from workflows.models import Run
from workflows.runs.events import is_personal, render_latest, stream_of
from workflows.runs.naming import Names

__all__ = ["practice_server"]

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
API = "/v1/api"
SECRET_NAME = "Merger with Initech"
PLACE = {"cluster": "home", "namespace": "shop"}


class Person:
    def __init__(self, user: User) -> None:
        self.user = user
        self.client: JsonClient = make_client(user)

    def post(self, path: str, sent: Json | None = None) -> Json:
        answer = self.client.post(f"{API}/{path}", sent or {})
        assert answer.status_code in (200, 201), answer.content
        return dict(answer.json())

    def get(self, path: str) -> Json:
        answer = self.client.get(f"{API}/{path}")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def draw(self, name: str, colour: str = "blue") -> str:
        nodes = [node("settings", "configmap", data={"COLOUR": colour})]
        return str(self.post("workflows", {"name": name, "nodes": nodes, "edges": [], **PLACE})["id"])

    def run(self, workflow: str, **more: Any) -> Json:
        started = self.post(f"workflows/{workflow}/run", {**PLACE, **more})
        work_off(Run.objects.get(pk=started["run_id"]))
        return self.get(f"runs/{started['run_id']}")

    def node(self, workflow: str) -> Json:
        (found,) = self.get(f"workflows/{workflow}/status")["nodes"]
        return dict(found)

    def told(self, workflow: str) -> str:
        """All that the stream of the workflow has told this person."""
        names = Names(principal_of(self.user))
        events = read(stream=stream_of(workflow), after=0, limit=1000)
        names.learn([event.payload["data"] for event in events])
        own = [names.in_frame(render_latest(event)) for event in events if is_personal(event)]
        assert own, "nothing of it was told"
        return str(own)


@pytest.fixture
def owner(practice_server: PracticeServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 5.0)
    with serving(practice_server, settings):
        settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
        found = Person(make_user("owner@example.com"))
        tenant = f"others-{found.user.pk}"
        signs = {"auth_type": "bearer_token", "token": practice_server.tenant_token(tenant)}
        place = {"server": practice_server.tenant_url(tenant), "ca_data": practice_server.ca_pem}
        assert found.post("clusters", {"name": "home", **place, **signs})["status"] == "connected"
        yield found


@pytest.fixture
def guest(owner: Person) -> Person:
    """Who may run on the owner's cluster."""
    found = Person(make_user("guest@example.com"))
    owner.post("clusters/home/share", {"email": found.user.email, "role": "editor"})
    return found


def everything_of(person: Person, workflow: str, run: str) -> dict[str, str]:
    """Each page on which words about the run or its nodes stand."""
    pages = [
        f"runs/{run}",
        f"workflows/{workflow}/runs",
        f"workflows/{workflow}/targets",
        f"workflows/{workflow}/status",
        f"workflows/{workflow}/drift",
        f"workflows/{workflow}/nodes/settings/diagnostics",
        "notifications",
        "audit",
        "dashboard/recent-workflows",
        "dashboard/stats",
        "search?q=Merger",
        "search?q=settings",
        "workflows",
    ]
    return {page: str(person.get(page)) for page in pages}


def test_a_guest_does_not_read_the_name_of_what_is_in_the_way(owner: Person, guest: Person) -> None:
    assert owner.run(owner.draw(SECRET_NAME))["status"] == "succeeded"
    second = owner.draw("Second", "red")
    owner.post(f"workflows/{second}/share", {"email": guest.user.email, "role": "editor"})

    named = f'It belongs to the workflow "{SECRET_NAME}".'
    reasons = {
        person: person.post(f"workflows/{second}/plan", PLACE)["plan"]["objects"][0]["reason"]
        for person in (owner, guest)
    }
    assert reasons == {owner: named, guest: "It belongs to another workflow."}

    run = guest.run(second)
    assert run["status"] == "failed"
    assert "It belongs to another workflow." in run["error"]
    assert named in owner.get(f"runs/{run['id']}")["error"]
    again = guest.run(second)
    assert again["status"] == "failed"
    with CaptureQueriesContext(connection) as asked:
        assert len(owner.get(f"workflows/{second}/runs")["runs"]) == 2
    assert sum(each["sql"].startswith('SELECT "workflows_target"."id"') for each in asked) == 1, "once for all"
    take_in()
    shown, seen = everything_of(owner, second, run["id"]), everything_of(guest, second, run["id"])
    assert [page for page, text in seen.items() if "Initech" in text] == []
    assert [page for page, text in {**shown, **seen}.items() if "applyset-" in text] == [], "an id is nothing to read"
    for page in (f"runs/{run['id']}", f"workflows/{second}/runs", f"workflows/{second}/status"):
        assert SECRET_NAME in shown[page] and "another workflow" in seen[page], page
    assert SECRET_NAME in shown[f"workflows/{second}/nodes/settings/diagnostics"]
    assert SECRET_NAME in owner.told(second)
    assert "Initech" not in guest.told(second) and "applyset-" not in guest.told(second)
    assert owner.get("notifications")["notifications"], "who runs hears of it"


def test_two_who_share_a_cluster_read_nothing_of_each_other(owner: Person, guest: Person) -> None:
    """Neither has a workflow of the other, and neither may take over what the other has deployed."""
    assert owner.run(owner.draw(SECRET_NAME))["status"] == "succeeded"
    own = guest.draw("Of the guest", "red")
    plan = guest.post(f"workflows/{own}/plan", {**PLACE, "take_over": True, "force_conflicts": True})["plan"]
    assert [each["reason"] for each in plan["objects"]] == ["It belongs to another workflow."]
    assert plan["objects"][0]["diff"] == [], "nor what is in it"
    run = guest.run(own, take_over=True, force_conflicts=True)
    assert (run["status"], "another workflow" in run["error"]) == ("failed", True)
    take_in()
    seen = everything_of(guest, own, run["id"])
    assert [page for page, text in seen.items() if "Initech" in text or "blue" in text] == []
    assert [page for page, text in seen.items() if "applyset-" in text] == []


def test_what_was_taken_over_is_not_shown_as_well(owner: Person, guest: Person) -> None:
    first, second = owner.draw("First"), owner.draw(SECRET_NAME)
    owner.post(f"workflows/{first}/share", {"email": guest.user.email, "role": "viewer"})
    assert owner.run(first)["status"] == "succeeded"
    with watching(gateway_for):
        until(lambda: owner.node(first), "healthy")
        assert owner.run(second, take_over=True)["status"] == "succeeded"
        lost = until(lambda: owner.node(first), "idle")
        assert (lost["health"], lost["message"]) == ("unknown", f'Managed by the workflow "{SECRET_NAME}" now.')
        assert [each["reason"] for each in lost["objects"]] == ["TakenOver"]
        assert guest.node(first)["message"] == "Managed by another workflow now."
        found = owner.get(f"workflows/{first}/nodes/settings/diagnostics")
        assert [each["cause"] for each in found["checks"] if each["status"] == "error"] == ["belongs_to_another"]
        assert SECRET_NAME in str(found)
        assert SECRET_NAME in owner.told(first)
        for page, text in everything_of(guest, first, owner.get(f"workflows/{first}/runs")["runs"][0]["id"]).items():
            assert "Initech" not in text, page
        assert "Initech" not in guest.told(first)
        until(lambda: owner.node(second), "healthy")

        # It comes back with the objects, and goes with them.
        assert owner.run(first, take_over=True)["status"] == "succeeded"
        assert until(lambda: owner.node(first), "healthy")["message"] == ""
        until(lambda: owner.node(second), "idle")
        (target,) = owner.get(f"workflows/{first}/targets")["targets"]
        started = owner.post(f"targets/{target['id']}/undeploy")
        work_off(Run.objects.get(pk=started["run_id"]))
        until(lambda: owner.node(second), "deleted")
        assert owner.run(second)["status"] == "succeeded"
        until(lambda: owner.node(second), "healthy")


def until(look: Callable[[], Json], state: str) -> Json:
    deadline = time.monotonic() + PATIENCE
    while (found := look())["state"] != state:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found
