"""How long a run takes against a real API server, as a multiple of what kubectl takes for the same objects.

Both are measured from the first request to the last, turn by turn in the same minute; the machine may be busy, so
medians of several rounds are told. The objects are of kinds without pods.
"""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

Json = dict[str, Any]

KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"
ROUNDS = 7
FEW, MANY = 100, 1000
UNIT = "× kubectl"
_LINE = re.compile(r"^I\d{4} (\d\d:\d\d:\d\d\.\d+).*\] (?:GET|PATCH|POST) .* in (\d+) milliseconds$", re.MULTILINE)
# What belongs to the objects alone: no dry run, and not the parent of their set.
_KINDS = ("configmaps", "secrets", "services", "serviceaccounts", "roles")


def measure() -> list[Json]:
    """Nothing where there is no real cluster."""
    if not os.environ.get(KUBECONFIG):
        return []
    rounds = [one_round(FEW) for _ in range(ROUNDS)]
    large = one_round(MANY)
    whole = statistics.median(each.first.seconds for each in rounds)
    return [
        row(f"{FEW} objects applied", (each.first.applying / each.kubectl_first for each in rounds), 0.5),
        row(f"{FEW} objects planned and applied", (each.first.seconds / each.kubectl_first for each in rounds), 1.0),
        row(f"{FEW} objects, nothing changed", (each.second.seconds / each.kubectl_second for each in rounds), 0.3),
        # One round each: told, not judged. What is judged of so many is that their time grows with their number.
        row(f"{MANY} objects planned and applied", [large.first.seconds / large.kubectl_first], None),
        row(f"{MANY} objects, nothing changed", [large.second.seconds / large.kubectl_second], None),
        {
            "name": f"{MANY} objects planned and applied, by {FEW} objects",
            "value": large.first.seconds / whole,
            "unit": "×",
            "limit": 1.3 * MANY / FEW,
        },
    ]


def row(name: str, ratios: Any, limit: float | None) -> Json:
    return {"name": f"run: {name}", "value": statistics.median(ratios), "unit": UNIT, "limit": limit}


# --- one round --------------------------------------------------------------------------------------


@dataclass
class Span:
    """The requests of one run: when each began and ended."""

    requests: list[tuple[str, float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return max(end for _, _, end in self.requests) - min(begin for _, begin, _ in self.requests)

    @property
    def applying(self) -> float:
        own = [(begin, end) for what, begin, end in self.requests if what == "apply"]
        return max(end for _, end in own) - min(begin for begin, _ in own)


@dataclass(frozen=True)
class Round:
    first: Span
    second: Span
    kubectl_first: float
    kubectl_second: float


def one_round(number: int) -> Round:
    """kubectl and a run, each twice, each in an empty namespace of its own."""
    ours, theirs = (f"bench-runs-{uuid.uuid4().hex[:8]}" for _ in range(2))
    with namespaces(ours, theirs), recorded() as span_of, deployer(ours) as made:
        workflow = made.draw(graph(number))
        with manifest(number, theirs) as path:
            kubectl_first = kubectl_apply(path)
            first = deployed(made, workflow, span_of)
            kubectl_second = kubectl_apply(path)
            second = deployed(made, workflow, span_of)
    return Round(first, second, kubectl_first, kubectl_second)


def deployed(made: Any, workflow: Any, span_of: Callable[[Callable[[], object]], Span]) -> Span:
    """What the worker asks. Its process knows what the cluster serves, as kubectl does by its cache."""
    from tests.integration.runs.support import work_off

    run = made.start(workflow)
    span = span_of(partial(work_off, run))
    run.refresh_from_db()
    assert run.status == "succeeded", run.error
    return span


@contextlib.contextmanager
def recorded() -> Iterator[Callable[[Callable[[], object]], Span]]:
    """`span_of(work)`: what is asked of the cluster while `work` is done by the worker."""
    from clusters.kube.transport import Call, Transport

    span = Span()
    real = Transport.request

    async def request(self: Transport, call: Call) -> bytes:
        begin = time.perf_counter()
        try:
            return await real(self, call)
        finally:
            span.requests.append((kind_of(call), begin, time.perf_counter()))

    def span_of(work: Callable[[], object]) -> Span:
        span.requests = []
        work()
        return Span(list(span.requests))

    Transport.request = request  # type: ignore[method-assign]
    try:
        yield span_of
    finally:
        Transport.request = real  # type: ignore[method-assign]


def kind_of(call: Any) -> str:
    *_, resource, name = call.path.split("/")
    is_own = resource in _KINDS and not name.startswith("sailcloth-")
    is_dry = any(key == "dryRun" for key, _ in call.query)
    return "apply" if call.method == "PATCH" and is_own and not is_dry else "other"


# --- the objects ------------------------------------------------------------------------------------


def objects(number: int) -> list[Json]:
    made = [
        lambda i: {"apiVersion": "v1", "kind": "ConfigMap", "data": {"text": f"number {i}\n" * 20}},
        lambda i: {
            "apiVersion": "v1",
            "kind": "Service",
            "spec": {"selector": {"app": f"a{i}"}, "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]},
        },
        lambda i: {"apiVersion": "v1", "kind": "ServiceAccount"},
        lambda i: {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
        },
    ]
    return [{**made[i % len(made)](i), "metadata": {"name": f"object-{i}"}} for i in range(number)]


def graph(number: int) -> Any:
    from workflows.types import GraphInput

    nodes = [
        {"id": f"n{i}", "type": "manifest", "data": {"yaml": msgspec.json.encode(body).decode()}}
        for i, body in enumerate(objects(number))
    ]
    return GraphInput(nodes=nodes, edges=[])


@contextlib.contextmanager
def manifest(number: int, namespace: str) -> Iterator[str]:
    bodies = [{**body, "metadata": {**body["metadata"], "namespace": namespace}} for body in objects(number)]
    with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
        file.write(msgspec.json.encode({"apiVersion": "v1", "kind": "List", "items": bodies}))
        file.flush()
        yield file.name


# --- the two that apply -----------------------------------------------------------------------------


def kubectl(*arguments: str) -> str:
    command = ["kubectl", "--kubeconfig", os.environ[KUBECONFIG], *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stderr


def kubectl_apply(path: str) -> float:
    """Seconds from its first request to its last, by its own log."""
    began: list[float] = []
    ended: list[float] = []
    for at, milliseconds in _LINE.findall(kubectl("apply", "--server-side", "-f", path, "-v", "6")):
        end = datetime.strptime(at, "%H:%M:%S.%f")  # noqa: DTZ007 - only differences matter
        ended.append(end.timestamp())
        began.append(end.timestamp() - int(milliseconds) / 1000)
    assert ended, "kubectl tells nothing of its requests"
    return max(ended) - min(began)


@contextlib.contextmanager
def namespaces(*names: str) -> Iterator[None]:
    for name in names:
        kubectl("create", "namespace", name)
    try:
        yield
    finally:
        kubectl("delete", "namespace", "--wait=false", *names)


@contextlib.contextmanager
def deployer(namespace: str) -> Iterator[Any]:
    from accounts.services import principal_of
    from clusters.services import create_cluster, forget_all
    from clusters.services.inputs import Given
    from tests.factories import make_user
    from tests.integration.runs.support import Deployer

    actor = principal_of(make_user())
    given = Given(auth_type="kubeconfig", kubeconfig=Path(os.environ[KUBECONFIG]).read_text())
    cluster = create_cluster(name="bench", given=given, actor=actor)
    assert cluster.status == "connected", cluster.error
    yield Deployer(actor, cluster, namespace)
    forget_all()
