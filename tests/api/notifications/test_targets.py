"""Webhooks in the words of a service that a plugin describes: shipped, in a folder, turned off, gone."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from core.work.models import Work
from notifications.models import Webhook
from tests.api.notifications.conftest import tell
from tests.api.notifications.test_webhooks import HOOKS, Listener, add, client, deliver, listener
from tests.api.plugins.conftest import folder, put
from tests.factories import JsonClient, make_client

__all__ = ["client", "folder", "listener", "put"]

pytestmark = pytest.mark.django_db(transaction=True)

GULLS = """
api_version: "1.1"
id: gulls
display_name: Gulls
description: They cry.
category: notifications
webhook_targets:
  - name: cry
    display_name: Gull
    secrets: [{name: fish, title: Fish}]
    headers: {X-Fish: $secret.fish}
    body: {cry: {when_bad: "Kree! $title", when_good: "Kee. $title"}}
"""


def ids(who: JsonClient) -> list[str]:
    answer = who.get(f"{HOOKS}/targets?limit=100")
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["targets"]]


def test_what_there_is(client: JsonClient) -> None:
    answer = client.get(f"{HOOKS}/targets?search=pager").json()
    assert (answer["total"], answer["page"]) == (1, 1)
    assert answer["targets"] == [
        {
            "id": "messengers.pagerduty",
            "display_name": "PagerDuty",
            "description": "An incident when something goes wrong, resolved when a cluster is back.",
            "icon": "siren",
            "url": "https://events.pagerduty.com/v2/enqueue",
            "url_hint": "",
            "source_url": "https://developer.pagerduty.com/docs/events-api-v2/trigger-events/",
            "secrets": [
                {
                    "name": "routing_key",
                    "title": "Integration key",
                    "help": "Of an Events API v2 integration of the service.",
                }
            ],
        }
    ]
    assert ids(client)[:2] == ["messengers.discord", "messengers.teams"]
    assert client.get(f"{HOOKS}/targets?limit=1&page=2").json()["targets"][0]["id"] == "messengers.teams"
    assert make_client().get(f"{HOOKS}/targets").status_code == 401
    inside = client.get("/v1/api/plugins/messengers").json()["webhook_targets"]
    assert {"id": "messengers.slack", "display_name": "Slack"}.items() <= inside[0].items()


def test_an_address_of_its_own_need_not_be_given(client: JsonClient) -> None:
    made = add(client, "", target="messengers.pagerduty", secrets={"routing_key": "R1"})
    assert (made["url"], made["target"]) == ("https://events.pagerduty.com/v2/enqueue", "messengers.pagerduty")


def test_it_is_told_in_its_words_signed_with_what_it_asks_for(
    client: JsonClient, member: User, listener: Listener, put: Callable[[str, str], None]
) -> None:
    put("gulls", GULLS)
    made = add(client, listener.url, target="gulls.cry", secrets={"fish": "canary-fish"})
    tell(member)
    deliver()
    ((headers, body),) = listener.heard
    assert json.loads(body) == {"cry": "Kree! Shop could not be deployed on home"}
    assert headers["X-Fish"] == "canary-fish"
    signed = f"{headers['Sailcloth-Timestamp']}.".encode() + body
    assert headers["Sailcloth-Signature"] == hmac.new(made["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert client.post(f"{HOOKS}/{made['id']}/test").json()["problem"] == ""
    assert json.loads(listener.heard[1][1]) == {"cry": "Kee. A webhook is tried out"}
    seen = [client.get(HOOKS).json(), *(list(each.objects.values()) for each in (AuditEntry, Work, Webhook))]
    assert "canary-fish" not in str(seen)

    client.post("/v1/api/plugins/gulls/disable", {})
    assert "gulls.cry" not in ids(client)
    assert client.post(f"{HOOKS}/{made['id']}/test").json()["problem"] == "", "what is there goes on"
    put("gulls", GULLS.replace("name: fish, title", "name: bread, title").replace("secret.fish", "secret.bread"))
    assert "has changed" in client.post(f"{HOOKS}/{made['id']}/test").json()["problem"]
    put("gulls", "id: [")
    assert "not installed any more, or is broken" in client.post(f"{HOOKS}/{made['id']}/test").json()["problem"]


def test_the_network_is_guarded_for_it_too(client: JsonClient, settings: Any) -> None:
    settings.ALLOWED_NETWORKS = []
    made = add(client, "http://169.254.169.254/", target="messengers.slack")
    assert "cannot be reached" in client.post(f"{HOOKS}/{made['id']}/test").json()["problem"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://example.com/", "target": "messengers.pigeon"}, "target"),
        ({"url": "https://example.com/", "target": "messengers.pagerduty"}, "secrets.routing_key"),
        ({"target": "messengers.pagerduty", "secrets": {"routing_key": "a\nb"}}, "secrets.routing_key"),
        ({"url": "https://example.com/", "target": "messengers.slack", "secrets": {"x": "y"}}, "secrets.x"),
        ({"url": "https://example.com/", "secrets": {"x": "y"}}, "secrets.x"),
        ({"target": "messengers.slack"}, "url"),
        (
            {"url": "https://example.com/", "target": "messengers.opsgenie", "secrets": {"api_key": ["k"]}},
            "secrets.api_key",
        ),
    ],
    ids=["no such target", "no secret", "two lines", "one too many", "none asked for", "no address", "no text"],
)
def test_what_cannot_be_added(client: JsonClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(HOOKS, body)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field]), answer.json()
    assert not Webhook.objects.exists()
