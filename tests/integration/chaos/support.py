"""A person whose cluster is reached through the proxy, and workers as processes of their own."""

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from clusters.services import call
from core.work import services as work
from core.work.models import Work, WorkState
from plugins.sdk.objects import ObjectKey
from tests.integration.chaos.proxy import Proxy
from tests.integration.runs.support import Deployer
from workflows.deploy.applyset import PART_OF_LABEL, parent_of_target
from workflows.deploy.content import Content
from workflows.models import Run, Target
from workflows.runs.releases import content_of
from workflows.runs.rollback import WORK_KIND

Json = dict[str, Any]
PATIENCE = 60.0

# Waits for a line, carries one run out, says so.
WORKER = """
from clusters.kube import loop
from core.work.runner import run_next
from workflows.runs.rollback import WORK_KIND
import kubernetes.aio.client.rest
print("ready", flush=True)
sys.stdin.readline()
print("took", run_next([WORK_KIND]), flush=True)
loop.stop()
"""


class Worker:
    """A real process that carries out one run."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def go(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stall(self) -> None:
        """It still is there, but does nothing: as in a machine that swaps, or a paused virtual one. A moment is left
        for what it saves beside the request that is held: else it would keep the database's lock as well."""
        time.sleep(0.5)
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def wait(self) -> None:
        """Until it has ended by itself."""
        self.process.wait(PATIENCE)


class Chaos(Deployer):
    """A deployer behind a proxy; `namespace` is its own."""

    proxy: Proxy
    start_worker: Callable[[], Worker]

    def members(self, target: Target) -> dict[ObjectKey, Json]:
        """All objects in the cluster that carry the label of the target's set, of whatever kind."""
        label = f"{PART_OF_LABEL}={parent_of_target(target.pk, target.namespace).id}"
        # A service's endpoints copy its labels.
        return {_key(item): item for item in self._everything(label) if not item["kind"].startswith("Endpoint")}

    def others(self) -> set[str]:
        """What else is in the namespace, without what a cluster puts there and what follows from our objects."""
        return {f"{item['kind']} {item['metadata']['name']}" for item in self._everything("") if not _is_usual(item)}

    def _everything(self, labels: str) -> list[Json]:
        gateway = self.gateway

        async def listing() -> list[Json]:
            kinds = {
                (kind.group, kind.kind): kind
                for kind in reversed((await gateway.capabilities()).kinds)
                if kind.namespaced and {"list", "delete"} <= set(kind.verbs)
            }
            found = []
            for kind in kinds.values():
                found += (await gateway.list(kind, self.namespace, labels=labels)).items
            return found

        return list(call(listing()))

    def holds_exactly(self, content: Content, target: Target) -> None:
        """The cluster has the release, all of it and nothing besides."""
        members = self.members(target)
        wanted = {item.key: item.body for item in content.objects}
        assert {str(key) for key in members} == {str(key) for key in wanted}
        for key, body in wanted.items():
            if key.kind != "Secret":
                assert _within(body, members[key]), key
        assert self.others() == set()
        parent = self.live("Secret", f"sailcloth-{target.pk}")
        assert parent is not None
        kinds = parent["metadata"]["annotations"]["applyset.kubernetes.io/contains-group-kinds"]
        assert set(kinds.split(",")) - {""} == {f"{key.kind}.{key.group}".rstrip(".") for key in wanted}

    def wrote_only_what_was_planned(self, run: Run, since: int = 0) -> None:
        """Every request that changed something is about the namespace, the parent, or an object whose planned
        action allows it."""
        allowed = {("POST", "namespaces"), ("PATCH", f"secrets/sailcloth-{run.target_id}")}
        for row in (run.plan or {})["objects"]:
            name = f"{row['kind'].lower()}s/{row['name']}"
            methods = {"create": "PATCH", "update": "PATCH", "delete": "DELETE", "replace": "DELETE PATCH"}
            allowed |= {(method, name) for method in methods.get(row["action"], "").split()}
        for request in self.proxy.writes[since:]:
            _, inside, place = request.path.partition(f"/namespaces/{self.namespace}/")
            place = place if inside else request.path.rpartition("/")[2]
            assert (request.method, place) in allowed, f"{request} was not planned"


def _key(item: Json) -> ObjectKey:
    group = str(item["apiVersion"]).rpartition("/")[0]
    return ObjectKey(group, item["kind"], item["metadata"].get("namespace") or "", item["metadata"]["name"])


_PASSING = ("Event", "Endpoints", "EndpointSlice", "Lease")


def _is_usual(item: Json) -> bool:
    metadata = item["metadata"]
    kind, name = item["kind"], metadata["name"]
    if metadata.get("ownerReferences") or metadata.get("deletionTimestamp") or kind in _PASSING:
        return True
    if PART_OF_LABEL in (metadata.get("labels") or {}) or (kind == "Secret" and name.startswith("sailcloth-")):
        return True
    is_token = item.get("type") == "kubernetes.io/service-account-token"
    return is_token or (kind, name) in (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))


def _within(wanted: Any, live: Any) -> bool:
    """Whether all that was wanted is so; what the cluster added does not matter."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(_within(value, live.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        pairs = zip(wanted, live, strict=True) if isinstance(live, list) and len(live) == len(wanted) else None
        return pairs is not None and all(_within(left, right) for left, right in pairs)
    return bool(wanted == live) or wanted in ("", None)


def expire() -> None:
    """As if whoever holds the lease had been silent for its whole term."""
    Work.objects.filter(state=WorkState.LEASED).update(lease_until=Now() - timedelta(seconds=1))


def expire_dead() -> int:
    """What the sweep does."""
    return work.expire_dead(kinds=[WORK_KIND])


def released(run: Run) -> Content:
    assert run.release is not None
    return content_of(run.release)


def fresh_namespace() -> str:
    return f"chaos-{uuid.uuid4().hex[:8]}"
