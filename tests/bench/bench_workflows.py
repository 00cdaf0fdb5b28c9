"""Saving, compiling and listing graphs, in this process through Django's test client on SQLite."""

import json
import logging
import statistics
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from plugins.registry import core_types
from plugins.sdk.recent import recent_capabilities
from plugins.sdk.secrets import Placeholders
from tests.factories import JsonClient, make_client, make_user
from workflows.compile import CompileOptions, compile_graph
from workflows.graph.parse import parse_graph
from workflows.models import Workflow

Json = dict[str, Any]
URL = "/v1/api/workflows"
PARTS = 40
ROUNDS = 60


def measure() -> list[Json]:
    logging.disable(logging.INFO)
    try:
        user = make_user()
        client = make_client(user)
        return [*compiling(), *saving(client), *listing(client)]
    finally:
        logging.disable(logging.NOTSET)


def row(name: str, value: float, limit: float | None) -> Json:
    return {"name": name, "value": value, "unit": "ms", "limit": limit}


def median(work: Callable[[int], Any], rounds: int = ROUNDS) -> float:
    """Milliseconds, after a few rounds that fill caches."""
    return medians(work, rounds)[0]


def medians(work: Callable[[int], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Of the clock and of the processor; apart from each other where the machine is busy with other things."""
    times = []
    for number in range(rounds + 3):
        start, started = perf_counter(), process_time()
        work(number)
        times.append(((perf_counter() - start) * 1000, (process_time() - started) * 1000))
    return statistics.median(clock for clock, _ in times[3:]), statistics.median(cpu for _, cpu in times[3:])


def compiling() -> list[Json]:
    nodes, edges = draw()
    graph, _ = parse_graph(nodes, edges)
    capabilities = recent_capabilities()

    def work(_: int) -> None:
        result = compile_graph(
            graph,
            types=core_types(),
            capabilities=capabilities,
            options=CompileOptions("default", "bench", b"key"),
            secrets=Placeholders(),
        )
        assert len(result.bundle.objects) >= len(nodes)

    clock, processor = medians(work)
    what = f"compile {len(nodes)} nodes and {len(edges)} edges"
    return [row(what, clock, 10), row(f"{what}, processor alone", processor, None)]


def saving(client: JsonClient) -> list[Json]:
    nodes, edges = draw()
    made = client.post(URL, {"name": "Bench", "nodes": nodes, "edges": edges}).json()
    url = f"{URL}/{made['id']}"
    drawn: list[Json] = made["nodes"]  # secret values are null from here on
    bodies = [json.dumps({"nodes": moved(drawn, number), "edges": edges}).encode() for number in range(ROUNDS + 3)]

    def work(number: int) -> None:
        answer = client.generic("POST", f"{url}/save", bodies[number], content_type="application/json")
        assert answer.status_code == 200, answer.content[:500]

    what = f"{len(nodes)} nodes and {len(edges)} edges"
    saved, processor = medians(work)
    read = median(lambda _: client.get(url))
    assert Workflow.objects.get(pk=made["id"]).revision == ROUNDS + 4
    return [
        row(f"save {what} by REST", saved, 30),
        row(f"save {what} by REST, processor alone", processor, None),
        row(f"get {what} by REST", read, None),
    ]


def moved(nodes: list[Json], number: int) -> list[Json]:
    """No two saves are equal."""
    return [{**node, "position": {"x": node["position"]["x"], "y": number}} for node in nodes]


def listing(client: JsonClient) -> list[Json]:
    nodes, edges = draw(parts=3)
    for number in range(1000):
        body = {"name": f"Workflow {number}", "description": "x" * 200, "tags": ["bench"], "nodes": nodes}
        client.post(URL, {**body, "edges": edges})
    return [
        row(
            f"page of 20 workflows out of 1,000, whole ({len(nodes)} nodes and {len(edges)} edges each)",
            median(lambda number: page(client, f"page={number % 50 + 1}")),
            20,
        ),
        row(
            "page of 20 workflows out of 1,000, summary",
            median(lambda number: page(client, f"fields=summary&page={number % 50 + 1}")),
            20,
        ),
        row(
            "page of 20 workflows out of 1,000, searched",
            median(lambda number: page(client, "fields=summary&search=flow%209&sort=name")),
            20,
        ),
    ]


def page(client: JsonClient, query: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200


def draw(parts: int = PARTS) -> tuple[list[Json], list[Json]]:
    """Services that use each other: five nodes per part, and 300 edges for 40 parts."""
    nodes: list[Json] = []
    edges: list[Json] = []

    def node(kind: str, part: int, place: int, **data: Any) -> str:
        node_id = f"{kind}-{part}"
        position = {"x": 100 + 220 * place, "y": 80 * part}
        nodes.append(
            {"id": node_id, "type": kind, "position": position, "data": {"name": node_id, **data}, "width": 180}
        )
        return node_id

    def edge(source: str, target: str, **data: Any) -> None:
        edges.append({"id": f"e{len(edges)}", "source": source, "target": target, **({"data": data} if data else {})})

    for part in range(parts):
        workload = node("deployment", part, 1, **workload_data())
        edge(node("service", part, 0), workload)
        edge(node("configmap", part, 2, data={"LOG_LEVEL": "info", "PORT": "8080"}), workload)
        edge(node("secret", part, 3, values={"PASSWORD": f"secret {part}"}), workload, **{"as": "mount", "path": "/pw"})
        edge(node("serviceaccount", part, 4), workload)
    for part in range(parts):
        for step in range(1, 5 if part % 2 == 0 else 4):
            edge(f"deployment-{part}", f"service-{(part + step) % parts}", prefix=f"NEXT{step}")
    return nodes, edges


def workload_data() -> Json:
    return {
        "image": "registry.example.com/team/app:1.4.2",
        "replicas": 2,
        "ports": [{"name": "http", "port": 8080}],
        "env": [{"name": "A", "value": "1"}, {"name": "POD", "field": "metadata.name"}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "probes": {"readiness": {"http": {"path": "/healthz", "port": 8080}, "period_seconds": 5}},
        "labels": {"team": "shop"},
    }
