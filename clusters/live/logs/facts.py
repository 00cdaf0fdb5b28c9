"""What the state of a pod says about its logs. Pure."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]
_DEFAULT = "kubectl.kubernetes.io/default-container"
_STATUSES = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_SPECS = ("containers", "initContainers", "ephemeralContainers")


class ContainerState(NamedTuple):
    """`has_log`: some run of it has begun. `is_over`: it will not run again. `is_gone`: nor can it be read."""

    restart: int = 0
    has_log: bool = False
    is_running: bool = False
    is_over: bool = False
    is_gone: bool = False


GONE = ContainerState(is_over=True, is_gone=True)


def name_of(pod: Json) -> str:
    return str((pod.get("metadata") or {}).get("name") or "")


def uid_of(pod: Json) -> str:
    return str((pod.get("metadata") or {}).get("uid") or "")


def phase_of(pod: Json) -> str:
    return str((pod.get("status") or {}).get("phase") or "")


def container_names(pod: Json) -> list[str]:
    """Its containers, then those that run before them or were added to look into it."""
    spec = pod.get("spec") or {}
    return [str(each.get("name") or "") for field in _SPECS for each in spec.get(field) or []]


def default_container(pod: Json) -> str:
    """As kubectl chooses: by the annotation, else the first."""
    names = container_names(pod)
    named = ((pod.get("metadata") or {}).get("annotations") or {}).get(_DEFAULT)
    return str(named) if named in names else next(iter(names), "")


def state_of(pod: Json, container: str) -> ContainerState:
    status = next((each for each in _statuses(pod) if each.get("name") == container), {})
    state = status.get("state") or {}
    restart = int(status.get("restartCount") or 0)
    has_log = "running" in state or "terminated" in state or restart > 0
    is_over = phase_of(pod) in ("Succeeded", "Failed") or _stays_ended(pod, container, state)
    return ContainerState(restart, has_log, "running" in state, is_over)


def _statuses(pod: Json) -> Iterator[Json]:
    for field in _STATUSES:
        yield from (pod.get("status") or {}).get(field) or []


def _stays_ended(pod: Json, container: str, state: Json) -> bool:
    ended = state.get("terminated")
    if ended is None:
        return False
    spec = pod.get("spec") or {}
    policy = spec.get("restartPolicy") or "Always"
    if container in [str(each.get("name")) for each in spec.get("initContainers") or []]:
        return ended.get("exitCode") == 0
    if (pod.get("metadata") or {}).get("deletionTimestamp"):
        return True
    return policy == "Never" or (policy == "OnFailure" and ended.get("exitCode") == 0)


def best_pod(pods: list[Json]) -> Json | None:
    """The one to look at when one is to be chosen: running before not, then the newest."""

    def rank(pod: Json) -> tuple[bool, bool, str]:
        metadata = pod.get("metadata") or {}
        is_staying = not metadata.get("deletionTimestamp")
        return phase_of(pod) == "Running", is_staying, str(metadata.get("creationTimestamp") or "")

    return max(pods, key=rank, default=None)
