"""In whose words webhooks are told: what a target may say, what it may not, and the shipped ones word by word."""

import json
from typing import Any

import msgspec
import pytest

from plugins.loading.finding import find_plugins
from plugins.loading.installed import Installed
from plugins.sdk.plugin import BadPlugin, Plugin
from plugins.sdk.webhook import BadTarget, WebhookTarget

FACTS: dict[str, Any] = {
    "id": "01",
    "kind": "cluster.lost",
    "is_bad": True,
    "title": "The cluster <!channel> & [co] cannot be reached",
    "message": "Reason: timeout.",
    "url": "https://sails.example.com/clusters/home",
    "subject_type": "cluster",
    "subject_id": "c1",
    "created_at": "2026-03-24T10:00:00Z",
}
GOOD = FACTS | {"is_bad": False, "kind": "cluster.recovered"}
SHIPPED = {target.name: target for _, target in Installed(find_plugins([])).of("webhook_targets")}


def said(target: WebhookTarget, facts: dict[str, Any] = FACTS, **secrets: str) -> Any:
    return json.loads(target.render(facts, secrets)[0])


def target(**more: Any) -> WebhookTarget:
    return msgspec.convert({"name": "t", "display_name": "T", "body": {}} | more, WebhookTarget)


def test_facts_choices_and_secrets() -> None:
    found = target(
        body={
            "a": "$title!",
            "b": ["$is_bad", "is $is_bad"],
            "c": {"when_bad": 1, "when_good": "$kind"},
            "d": "$secret.k",
        },
        secrets=[{"name": "k", "title": "Key"}],
        headers={"X-Key": "Key $secret.k"},
        escape={"<": "("},
    )
    found.check()
    body, headers = found.render(GOOD | {"title": "<$secret.k $kind>"}, {"k": "s3cret"})
    assert json.loads(body) == {
        "a": "($secret.k $kind>!",
        "b": [False, "is false"],
        "c": "cluster.recovered",
        "d": "s3cret",
    }, "what is told is never read as a place"
    assert headers == {"X-Key": "Key s3cret"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "No"}, "lower-case"),
        ({"display_name": " "}, "no display_name"),
        ({"url": "http://example.com/"}, "https://"),
        ({"body": "$nothing"}, "speaks of $nothing"),
        ({"body": {"when_bad": 1, "when_good": "$nothing"}}, "speaks of $nothing"),
        ({"body": "$secret.key"}, "speaks of $secret.key"),
        ({"headers": {"Authorization": "$title"}}, "speaks of $title"),
        ({"headers": {"Host": "x"}}, "the header 'Host'"),
        ({"headers": {"Sailcloth-Signature": "x"}}, "the header 'Sailcloth-Signature'"),
        ({"headers": {"A b": "x"}}, "the header 'A b'"),
        ({"headers": {"X": "a\r\nHost: b"}}, "holds what no header may hold"),
        ({"secrets": [{"name": "a", "title": "A"}, {"name": "a", "title": "B"}]}, "different names"),
        ({"secrets": [{"name": "Not This", "title": "A"}]}, "different names"),
        ({"escape": {"ab": "c"}}, "single characters"),
        ({"body": "x" * 17_000}, "larger than 16 KiB"),
    ],
    ids=[
        "name", "title", "plain", "fact", "other-branch", "secret", "header-fact", "host", "ours", "header-name",
        "line-break", "twice", "secret-name", "escape", "large",
    ],
)  # fmt: skip
def test_what_a_target_may_not_be(more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadTarget, match=words.replace("$", r"\$")):
        target(**more).check()
    bad = Plugin(name="p-p", display_name="P", description="", category="c", webhook_targets=(target(**more),))
    with pytest.raises(BadPlugin, match="webhook target"):
        bad.check()


def test_two_of_one_name() -> None:
    twice = Plugin(name="p-p", display_name="P", description="", category="c", webhook_targets=(target(), target()))
    with pytest.raises(BadPlugin, match="same name"):
        twice.check()


def test_each_shipped_one_says_where_its_format_is_from() -> None:
    assert sorted(SHIPPED) == ["discord", "opsgenie", "pagerduty", "slack", "teams"]
    for each in SHIPPED.values():
        assert each.source.startswith("https://") and each.description
        assert each.url or each.url_hint


def test_slack_reads_no_command_in_a_name() -> None:
    assert said(SHIPPED["slack"]) == {
        "text": "The cluster &lt;!channel&gt; &amp; [co] cannot be reached",
        "attachments": [
            {
                "color": "danger",
                "fallback": "The cluster &lt;!channel&gt; &amp; [co] cannot be reached",
                "text": "Reason: timeout.",
                "actions": [{"type": "button", "text": "Open", "url": FACTS["url"]}],
            }
        ],
    }
    assert said(SHIPPED["slack"], GOOD)["attachments"][0]["color"] == "good"


def test_pagerduty_resolves_what_it_triggered() -> None:
    bad, good = (said(SHIPPED["pagerduty"], facts, routing_key="R1") for facts in (FACTS, GOOD))
    assert (bad["event_action"], good["event_action"]) == ("trigger", "resolve")
    assert bad["dedup_key"] == good["dedup_key"] == "sailcloth/cluster/c1"
    assert bad["routing_key"] == "R1"
    assert bad["payload"] == {
        "summary": FACTS["title"],
        "source": "Sailcloth",
        "severity": "error",
        "timestamp": "2026-03-24T10:00:00Z",
        "class": "cluster.lost",
        "custom_details": {"message": "Reason: timeout."},
    }


def test_the_others() -> None:
    card = said(SHIPPED["teams"])["attachments"][0]["content"]
    assert card["body"][0]["text"] == "The cluster <!channel> & \\[co\\] cannot be reached"
    assert (card["type"], card["actions"][0]["url"]) == ("AdaptiveCard", FACTS["url"])
    discord = said(SHIPPED["discord"])
    assert discord["allowed_mentions"] == {"parse": []}
    assert discord["embeds"][0]["title"] == FACTS["title"]
    body, headers = SHIPPED["opsgenie"].render(FACTS, {"api_key": "K"})
    assert headers == {"Authorization": "GenieKey K"}
    assert json.loads(body)["alias"] == "sailcloth/cluster/c1"
