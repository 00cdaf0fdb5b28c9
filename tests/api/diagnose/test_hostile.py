"""Whatever is sent to a fix: never a 500, and what is kept can be read again."""

import json
import random
from typing import Any

import pytest

from tests.api.diagnose.conftest import Ill
from workflows.diagnose import core_catalog

JUNK: tuple[Any, ...] = (
    None, "", "x", "a b", "-1", "\x00", "💥", "9" * 400, -1, 0, 1.5, 1e308, 10**30, True, [], {}, ["x"], {"a": {}},
    "nginx:1.27", "64Mi", "8080", 8080, "http", "web", "0 3 * * *", "'unclosed",
)  # fmt: skip
NAMES = (
    "container", "image", "memory", "command", "probe", "port", "path", "name", "key", "value", "resource", "amount",
    "replicas", "cpu", "limits", "seconds", "schedule", "workload", "target_port", "service", "new_service", "size",
    "ingress_class", "storage_class", "maximum", "tls.crt", "yaml",
)  # fmt: skip


@pytest.mark.parametrize("node_id", ["web", "front", "token", "later", "about", "nobody", "a%00b", "%F0%9F%92%A5"])
def test_any_value(drawn: Ill, node_id: str) -> None:
    chance = random.Random(node_id)
    for fix_type in [*core_catalog().fixes, "nothing", "x" * 100]:
        for _ in range(2):
            values = {name: chance.choice(JUNK) for name in chance.sample(NAMES, 4)}
            url = drawn.node(node_id)
            query = {"values": json.dumps(values), "target": chance.choice(["", "x", "\x00"])}
            seen = drawn.client.get(f"{url}/fix-template/{fix_type}", query)
            done = drawn.client.post(f"{url}/fix", {"fix_type": fix_type, "values": values})
            for answer in (seen, done):
                assert answer.status_code in (200, 400, 404, 409), (fix_type, values, answer.content)
                if answer.status_code >= 400:
                    assert answer.json()["error"] and answer.json()["code"]
    assert drawn.client.get(drawn.url).status_code == 200
