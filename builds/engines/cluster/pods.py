"""What the pod of a build says of itself: waiting, ready for its context, over, or why it cannot begin. Pure."""

from dataclasses import dataclass
from typing import Any

from builds.engines.types import EngineError

Json = dict[str, Any]
_NO_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
_NO_START = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})


@dataclass(frozen=True, slots=True)
class PodState:
    """`exit_code` once it is over; `reason` as Kubernetes names it."""

    name: str
    is_running: bool
    exit_code: int | None = None
    reason: str = ""


def state_of(pod: Json) -> PodState:
    """Raises EngineError for what waiting will not mend."""
    name, status = str(pod["metadata"]["name"]), pod.get("status") or {}
    state = next((each.get("state") or {} for each in status.get("containerStatuses") or []), {})
    waiting, ended = state.get("waiting") or {}, state.get("terminated")
    reason = str(waiting.get("reason") or "")
    if reason in _NO_IMAGE:
        raise EngineError(
            "engine_image_missing",
            "The cluster cannot pull the image that builds (SAILCLOTH_BUILD_IMAGE): "
            f"{str(waiting.get('message') or reason)[:300]}",
        )
    if reason in _NO_START:
        raise EngineError("engine_refused", f"The cluster cannot start the build: {waiting.get('message') or reason}")
    if ended:
        return PodState(name, False, int(ended.get("exitCode", 1)), str(ended.get("reason") or ""))
    if status.get("phase") in ("Failed", "Succeeded"):
        return PodState(name, False, 1, str(status.get("reason") or ""))
    return PodState(name, "running" in state)


def failure_of(state: PodState) -> EngineError | None:
    """What the cluster did to it, apart from what the build itself says."""
    if state.reason == "OOMKilled":
        return EngineError(
            "out_of_memory",
            "The build had no memory left. It needs less memory, or the installation's limit must be higher.",
        )
    if state.reason == "Evicted":
        return EngineError("disk_limit", "The build wrote more than it may add to the cluster's disk, and was evicted.")
    if state.reason == "DeadlineExceeded":
        return EngineError("timed_out", "It took longer than a build may take, and was stopped.")
    return None


def stuck(pod: Json | None) -> EngineError:
    """Why a pod that should run by now does not."""
    conditions = ((pod or {}).get("status") or {}).get("conditions") or []
    message = next((str(each.get("message")) for each in conditions if each.get("status") == "False"), "")
    why = message or "the cluster gave it no place in time"
    return EngineError("engine_busy", f"The build could not begin on the cluster: {why[:300]}.")
