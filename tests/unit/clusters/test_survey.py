"""Looking a cluster over through a gateway that refuses, lies or hangs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clusters.kube.gateway import ClusterError, ListPage, NotFound, Refused, Unreachable
from clusters.services import survey as surveying
from clusters.services.pace import CLAIM, HEALTHY, LONGEST, pause_after
from clusters.services.survey import survey
from clusters.services.usage import measure, used_of
from plugins.sdk.capabilities import Capabilities, ServedKind

Answer = Callable[[], Awaitable[Any]] | Any
UNKNOWN = Refused("Who?", reason="Unauthorized", status=401)
FORBIDDEN = Refused("No.", reason="Forbidden", status=403)
NODE = {
    "metadata": {"name": "n1", "labels": {"node-role.kubernetes.io/worker": ""}},
    "status": {
        "conditions": [{"type": "Ready", "status": "True"}],
        "capacity": {"cpu": "1500m", "memory": "2Gi", "pods": "110", "ephemeral-storage": "1000Ki"},
        "nodeInfo": {"kubeletVersion": "v1.36.1"},
    },
}


async def hang() -> None:
    await asyncio.sleep(60)


class Scripted:
    """A gateway that answers by a script: by plural for lists, by path for the rest. What is not in it is a 404."""

    def __init__(self, **script: Answer) -> None:
        self.script: dict[str, Answer] = {
            "/version": {"gitVersion": "v1.36.1", "platform": "linux/amd64"},
            "capabilities": Capabilities("v1.36.1", (ServedKind("", "v1", "Pod", "pods", True, ("get",)),)),
            **script,
        }
        self.asked: list[str] = []

    async def _answer(self, name: str) -> Any:
        self.asked.append(name)
        answer = self.script.get(name, NotFound("Not there.", reason="NotFound", status=404))
        if isinstance(answer, ClusterError):
            raise answer
        return await answer() if callable(answer) else answer

    async def list(self, kind: ServedKind, namespace: str = "", *, labels: str = "", fields: str = "") -> ListPage:
        return ListPage(await self._answer(kind.resource), "1")

    async def capabilities(self, *, refresh: bool = False) -> Capabilities:
        return await self._answer("capabilities")  # type: ignore[no-any-return]

    async def raw(self, method: str, path: str, *, query: Any = None, body: Any = None) -> Any:
        name = path if body is None else f"rules in {body['spec']['namespace']}"
        return await self._answer(name)


def look(gateway: Scripted, **more: Any) -> Any:
    return asyncio.run(survey(gateway, **more))  # type: ignore[arg-type]


def weigh(gateway: Scripted, **more: Any) -> Any:
    return asyncio.run(measure(gateway, **more))  # type: ignore[arg-type]


def namespaces(*names: str) -> list[dict[str, Any]]:
    return [{"metadata": {"name": name}} for name in names]


class TestSurvey:
    def test_what_may_not_be_seen_is_a_note(self) -> None:
        """A credential for one namespace is normal."""
        rules = {"status": {"resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}}
        found = look(
            Scripted(nodes=FORBIDDEN, namespaces=FORBIDDEN, storageclasses=FORBIDDEN, **{"rules in shop": rules}),
            interesting=["shop"],
        )
        assert (found.version, found.platform, found.nodes, found.namespaces) == ("v1.36.1", "linux/amd64", (), ())
        assert [(each.namespace, each.rules[0].resources) for each in found.permissions] == [("shop", ("pods",))]
        assert "Nodes: this identity may not see them." in found.notes
        assert "Namespaces: this identity may not see them." in found.notes
        assert "What we may do in default: the cluster does not serve them." in found.notes

    def test_so_many_namespaces_and_no_more_are_reviewed(self) -> None:
        gateway = Scripted(nodes=[], storageclasses=[], namespaces=namespaces(*(f"n{n:02}" for n in range(50))))
        found = look(gateway, interesting=["n40"])
        asked = [name for name in gateway.asked if name.startswith("rules in ")]
        assert len(asked) == surveying.MAX_REVIEWED
        assert asked[:3] == ["rules in default", "rules in n40", "rules in n00"]
        assert len(found.namespaces) == 50
        assert "What we may do was asked for in 8 of 50 namespaces." in found.notes

    def test_a_part_that_hangs_costs_that_part(self) -> None:
        began = time.monotonic()
        found = look(Scripted(nodes=hang, storageclasses=[], namespaces=namespaces("a")), within=0.3)
        assert time.monotonic() - began < 2
        assert (found.nodes, found.namespaces) == ((), ("a",))
        assert "Nodes: the cluster did not answer in time." in found.notes

    def test_all_of_it_hangs(self) -> None:
        with pytest.raises(Unreachable) as raised:
            look(Scripted(**{"/version": hang}), within=0.2)
        assert raised.value.reason == "timeout"

    @pytest.mark.parametrize(
        "error", [Refused("Who?", reason="Unauthorized", status=401), Unreachable("-", reason="dns")]
    )
    def test_who_is_not_known_fails(self, error: ClusterError) -> None:
        with pytest.raises(type(error)):
            look(Scripted(**{"/version": error}))

    def test_who_is_not_known_only_later_fails_too(self) -> None:
        with pytest.raises(Refused):
            look(Scripted(nodes=UNKNOWN))

    def test_a_version_that_is_not_ours_to_know(self) -> None:
        assert look(Scripted(nodes=[NODE], **{"/version": FORBIDDEN})).version == ""

    def test_nonsense(self) -> None:
        odd = [{"metadata": None, "status": []}, {"metadata": {"name": 7}, "status": {"capacity": {"cpu": "lots"}}}]
        gateway = Scripted(
            nodes=odd,
            namespaces=odd,
            storageclasses=odd,
            **{
                "/version": {"gitVersion": 1, "platform": None},
                "rules in default": {"status": {"resourceRules": [1, {}]}},
            },
        )
        found = look(gateway)
        assert (found.version, found.namespaces, found.permissions[0].rules[0].verbs) == ("", (), ())
        assert found.nodes[0].cpu is None


class TestUsage:
    def test_from_metrics(self) -> None:
        item = {"metadata": {"name": "n1"}, "usage": {"cpu": "250000000n", "memory": "512Mi"}}
        pods = [{"spec": {"nodeName": "n1"}}, {"spec": {"nodeName": "n1"}}, {"spec": {}}]
        found = weigh(Scripted(nodes=[NODE], pods=pods, **{"/apis/metrics.k8s.io/v1beta1/nodes": {"items": [item]}}))
        assert (found.source, found.notes) == ("metrics.k8s.io", ())
        used, node = found.nodes[0].used, found.nodes[0].node
        assert (used.cpu, used.memory, used.pods, used.storage) == (0.25, 512 * 2**20, 2, None)
        assert (node.cpu, node.memory, node.pods, node.storage) == (1.5, 2 * 2**30, 110, 1024_000)
        assert (node.is_ready, node.roles, node.version) == (True, ("worker",), "v1.36.1")

    def test_from_kubelets(self) -> None:
        summary = {
            "node": {
                "cpu": {"usageNanoCores": 120_000_000},
                "memory": {"workingSetBytes": 1000},
                "fs": {"usedBytes": 2000},
            },
            "pods": [{}, {}, {}],
        }
        other = {**NODE, "metadata": {"name": "n2"}}
        found = weigh(Scripted(nodes=[other, NODE], **{"/api/v1/nodes/n1/proxy/stats/summary": summary}))
        assert found.source == "kubelet"
        assert [(each.node.name, each.used.cpu, each.used.pods) for each in found.nodes] == [
            ("n1", 0.12, 3),
            ("n2", None, None),
        ]
        assert found.notes == ("Kubelet: the cluster does not pass questions on to its nodes.",)

    def test_from_nowhere(self) -> None:
        found = weigh(Scripted(nodes=[NODE], pods=FORBIDDEN))
        assert (found.source, found.nodes[0].used.pods) == ("none", None)
        assert found.notes[-1] == "Pods: this identity may not see all of them."

    def test_a_part_that_hangs(self) -> None:
        began = time.monotonic()
        found = weigh(Scripted(nodes=[NODE], pods=hang), within=0.3)
        assert time.monotonic() - began < 2
        assert found.notes[-1] == "The cluster did not tell everything in time."
        with pytest.raises(Unreachable):
            weigh(Scripted(nodes=hang), within=0.2)

    @pytest.mark.parametrize("document", [{}, {"node": []}, {"node": {"cpu": {"usageNanoCores": "x"}}, "pods": 3}])
    def test_nonsense(self, document: dict[str, Any]) -> None:
        assert used_of(document).cpu is None


class TestPace:
    def test_well(self) -> None:
        from clusters.selectors import FRESH

        waits = {pause_after(0) for _ in range(200)}
        assert len(waits) > 100
        # The sweep comes once a minute.
        assert max(waits).total_seconds() + 60 <= FRESH.total_seconds() + 2
        assert abs(sum(wait.total_seconds() for wait in waits) / len(waits) - HEALTHY.total_seconds()) < 15

    def test_unwell(self) -> None:
        assert pause_after(1) < pause_after(3) < pause_after(5)
        assert pause_after(10**6) <= LONGEST * 1.15
        assert CLAIM < LONGEST
