"""Requests (and limits) for every container that has none: what autoscalers and quotas want."""

from collections.abc import Iterator, Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, Json, ValueKind, Values
from workflows.diagnose.asking import times
from workflows.diagnose.editing import data_of, part
from workflows.diagnose.meanings import SCALES

_USUAL = {"cpu": "100m", "memory": "128Mi"}


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    # Without a word of what is wanted (what refused the pods may be gone by now) all that could be.
    what = str(hints.get("what") or "")
    wanted = [name for name in _USUAL if name in what] or list(_USUAL)
    asked = [
        Asked(name, f"{name.upper() if name == 'cpu' else 'Memory'} request", ValueKind.QUANTITY, "", _USUAL[name])
        for name in wanted
    ]
    if "limits." in what:
        choices = ("yes", "no")
        asked.append(Asked("limits", "Limits too", ValueKind.CHOICE, "Twice what is requested.", "yes", choices))
    return asked


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    for workload in _workloads(evidence):
        for container in _containers(data_of(graph, workload)):
            for name in _USUAL.keys() & values.keys():
                part(container, "resources", "requests").setdefault(name, values[name])
                if values.get("limits") == "yes":
                    part(container, "resources", "limits").setdefault(name, times(values[name], 2))


def _workloads(evidence: Evidence) -> Iterator[str]:
    if evidence.node.type.name != "hpa":
        yield evidence.node.id
    else:
        yield from (node.id for node in evidence.wiring.targets(evidence.node, SCALES))


def _containers(data: Json) -> Iterator[Json]:
    yield data
    yield from data.get("containers") or ()
    yield from data.get("init_containers") or ()


FIX = Fix(
    "set_requests",
    "Say what it needs",
    "Sets the request of every container that has none, so that its use can be compared and counted.",
    change,
    asks,
    frozenset({"workload", "hpa"}),
)
