"""All scenarios at once: drawn, deployed, diagnosed, repaired and looked at again, by REST, each group in a namespace
of its own. The tests only judge what came of it."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from clusters.kube.gateway import ClusterError
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from clusters.practice_link import register_practice, unregister_practice
from clusters.services import call, forget_all, gateway_for
from tests.cluster.diagnose.scenarios import GROUPS, PRACTICE, REAL, SCENARIOS, Scenario
from tests.cluster.runs.conftest import API, KUBECONFIG, Rest
from tests.factories import make_client, make_user
from tests.integration.runs.support import practice_server

__all__ = ["practice_server"]

Json = dict[str, Any]
PATIENCE = 30.0
_PARAMS = [
    PRACTICE,
    pytest.param(
        REAL, marks=[pytest.mark.kube, pytest.mark.skipif(not KUBECONFIG, reason="needs SAILCLOTH_TEST_KUBECONFIG")]
    ),
]


@dataclass
class Field:
    """What was seen of each scenario: as it was found, the fix as it was proposed, and as it was afterwards."""

    cluster: str
    before: dict[str, Json] = field(default_factory=dict)
    templates: dict[str, Json] = field(default_factory=dict)
    after: dict[str, Json] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def is_on(self, scenario: Scenario) -> bool:
        return self.cluster in scenario.on

    def is_fixed(self, scenario: Scenario) -> bool:
        return bool(scenario.fix) and self.is_on(scenario) and self.cluster in scenario.fixes_on


class Farmer:
    """Does what a person would do, group by group."""

    def __init__(self, rest: Rest, found: Field) -> None:
        self.rest = rest
        self.found = found
        self.workflows: dict[str, str] = {}
        self.stem = rest.namespace

    def __call__(self) -> None:
        for group in GROUPS:
            self._plant(group)
        wanted = [scenario for scenario in SCENARIOS if self.found.is_on(scenario)]
        self._look(wanted, self.found.before, lambda scenario, doc: bool(scenario.causes & causes_of(doc)))
        fixed = [scenario for scenario in wanted if self.found.is_fixed(scenario)]
        for scenario in fixed:
            self._repair(scenario)
        for group in sorted({scenario.group for scenario in fixed}):
            self._run(group)
        healing = [scenario for scenario in fixed if self.found.cluster in scenario.heals]
        self._look(healing, self.found.after, lambda scenario, doc: not scenario.causes & causes_of(doc))

    def _plant(self, group: str) -> None:
        members = [each for each in SCENARIOS if each.group == group and self.found.is_on(each)]
        nodes = [node for each in members for node in each.nodes]
        edges = [edge for each in members for edge in each.edges]
        self.workflows[group] = self.rest.draw(nodes, edges, name=f"Field {group}")
        self._run(group)

    def _run(self, group: str) -> None:
        """What fails is not waited for: it is looked at."""
        self.rest.namespace = f"{self.stem}-{group}"
        self.rest.run(self.workflows[group], timeout_seconds=1)

    def _look(self, wanted: list[Scenario], into: dict[str, Json], is_enough: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        waiting = wanted
        while waiting and time.monotonic() < deadline:
            for scenario in waiting:
                into[scenario.name] = self.rest.get(f"{self._node(scenario)}/diagnostics")
            waiting = [scenario for scenario in waiting if not is_enough(scenario, into[scenario.name])]
            time.sleep(0.2)

    def _repair(self, scenario: Scenario) -> None:
        path = self._node(scenario)
        self.found.templates[scenario.name] = self.rest.get(f"{path}/fix-template/{scenario.fix}")
        sent = {"fix_type": scenario.fix, "values": scenario.values}
        if scenario.fix == "run_again":
            return  # The run that follows does it.
        answer = self.rest.client.post(f"{API}/{path}/fix", sent)
        assert answer.status_code == 200, (scenario.name, answer.json())
        self.found.answers.append(answer.content.decode())

    def _node(self, scenario: Scenario) -> str:
        return f"workflows/{self.workflows[scenario.group]}/nodes/{scenario.node_id}"


def causes_of(document: Json) -> set[str]:
    return {check["cause"] for check in document["checks"]}


@pytest.fixture(scope="module", params=_PARAMS)
def found(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, practice_server: PracticeServer
) -> Iterator[Field]:
    with django_db_blocker.unblock(), override_settings(PRACTICE_ENABLED=True), pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflows.deploy.record.PATIENCE", 20.0)
        # Being a good guest would take longer than all the rest.
        patch.setattr("clusters.kube.throttle.TokenBucket.take", _at_once)
        register_practice(practice_server)
        rest = Rest(make_client(make_user()), request.param)
        seen = Field(request.param)
        if request.param == REAL:
            kubeconfig = Path(KUBECONFIG).read_text()
            rest.post("clusters", {"name": "real", "auth_type": "kubeconfig", "kubeconfig": kubeconfig})
        try:
            Farmer(rest, seen)()
            yield seen
        finally:
            _clear(rest)
            unregister_practice()
            forget_all()
            call_command("flush", interactive=False, verbosity=0)


async def _at_once(_bucket: Any) -> None:
    """No waiting."""


def _clear(rest: Rest) -> None:
    """The namespaces go, and nobody waits for them."""
    (cluster,) = Cluster.objects.filter(name=rest.cluster)
    gateway = gateway_for(cluster.pk)

    async def clear() -> None:
        kind = (await gateway.capabilities()).find("", "Namespace")
        assert kind is not None
        for group in GROUPS:
            with contextlib.suppress(ClusterError):
                await gateway.delete(kind, f"{rest.namespace.rpartition('-')[0]}-{group}")

    call(clear())
