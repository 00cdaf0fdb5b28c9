"""The life of one container: pulling, starting, running, ending, restarting.

A pure step function over the container's status and a little memory; must not know storage.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from clusters.practice import quantity, script
from clusters.practice.objects import Obj, clone, dig, name_of, namespace_of, time_text, uid_of

PULL_SECONDS, START_SECONDS = 0.1, 0.25
RESTART_SECONDS = 0.15
TERMINATED_SHARE = 0.3
BACKOFF_FIRST, BACKOFF_LIMIT = 10.0, 300.0
JOB_SECONDS, CRASH_SECONDS = 2.0, 0.5
CONFIG_RETRY = 5.0
PROBE_EVERY = 10.0
# With less no container starts: https://docs.docker.com/engine/containers/resource_constraints/ ("--memory").
LEAST_MEMORY = 6 * 1024 * 1024
BAD_IMAGE = ("missing", "does-not-exist")


@dataclass
class Memory:
    """What the simulated kubelet remembers of one container; lost on a restart, which only delays things."""

    state: str = ""
    since: float = 0.0
    pulls: int = 0
    is_told: bool = False
    is_pulled: bool = False

    def enter(self, state: str) -> None:
        if self.state != state:
            self.state, self.since = state, time.monotonic()

    @property
    def age(self) -> float:
        return time.monotonic() - self.since


@dataclass
class Context:
    """What a step may use: the pod, time's speed, and a way to say what happened."""

    pod: Obj
    speed: float
    life: str
    config_problem: Callable[[Obj], str]
    say: Callable[[str, str, str, str], None]  # type, reason, message, field path
    memories: dict[str, Memory] = field(default_factory=dict)

    def memory(self, name: str) -> Memory:
        return self.memories.setdefault(name, Memory())


def first_status(container: Obj, reason: str) -> Obj:
    mounts = []
    for mount in container.get("volumeMounts") or []:
        item = {k: mount[k] for k in ("name", "mountPath", "readOnly") if k in mount}
        if item.get("readOnly"):
            item["recursiveReadOnly"] = "Disabled"
        mounts.append(item)
    out: Obj = {
        "name": container["name"],
        "state": {"waiting": {"reason": reason}},
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": container["image"],
        "imageID": "",
        "started": False,
    }
    if mounts:
        out["volumeMounts"] = mounts
    return out


def image_problem(image: str) -> str:
    """The text of the runtime for an image that, by convention, cannot be pulled."""
    name = image.partition("@")[0]
    repository, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    if not any(word in name.lower() for word in BAD_IMAGE):
        return ""
    host = repository.partition("/")[0]
    full = name if "." in host or ":" in host else f"docker.io/{'' if '/' in repository else 'library/'}{name}"
    full = full if tag else f"{full}:latest"
    return (
        f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": {full}: not found '
        "(simulated: the practice cluster never pulls an image of this name)"
    )


def restarts(ctx: Context, exit_code: int, *, is_init: bool) -> bool:
    policy = ctx.pod["spec"].get("restartPolicy", "Always")
    if is_init:
        return exit_code != 0 and policy != "Never"
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def advance(ctx: Context, container: Obj, status: Obj, *, is_init: bool = False) -> float | None:
    """Moves one container on, editing its status in place; the seconds until it should be looked at again."""
    state = status["state"]
    if "running" in state:
        return _running(ctx, container, status, is_init=is_init)
    if "terminated" in state:
        return _terminated(ctx, container, status, is_init=is_init)
    return _waiting(ctx, container, status, is_init=is_init)


def _path(container: Obj, *, is_init: bool) -> str:
    return f"spec.{'initContainers' if is_init else 'containers'}{{{container['name']}}}"


def _left(memory: Memory, seconds: float, speed: float) -> float:
    return seconds * speed - memory.age


def _waiting(ctx: Context, container: Obj, status: Obj, *, is_init: bool) -> float | None:
    reason = dig(status, "state", "waiting", "reason", default="ContainerCreating")
    memory = ctx.memory(container["name"])
    memory.enter(reason)
    path = _path(container, is_init=is_init)
    if status["image"] != container["image"]:
        status["image"], memory.is_pulled = container["image"], False
    if reason == "CrashLoopBackOff":
        pause = _backoff(int(status["restartCount"]) + 1)
        left = _left(memory, pause * (1 - TERMINATED_SHARE), ctx.speed)
        return left if left > 0 else _start(ctx, container, status, path)
    if reason == "ImagePullBackOff":
        left = _left(memory, min(BACKOFF_LIMIT, BACKOFF_FIRST * 2 ** max(0, memory.pulls - 1)), ctx.speed)
        if left > 0 and image_problem(container["image"]):
            return left
        return _pull(ctx, container, status, path)
    if reason == "ErrImagePull":
        left = _left(memory, 1.0, ctx.speed)
        return left if left > 0 else _pull_backoff(ctx, container, status, path)
    if reason == "CreateContainerConfigError":
        return _start(ctx, container, status, path)
    left = _left(memory, PULL_SECONDS, ctx.speed)
    if left > 0:
        return left
    return _pull(ctx, container, status, path)


def _wait_for(ctx: Context, container: Obj, status: Obj, reason: str, message: str) -> None:
    status["state"] = {"waiting": {"reason": reason, "message": message}}
    ctx.memory(container["name"]).enter(reason)


def _pull(ctx: Context, container: Obj, status: Obj, path: str) -> float | None:
    memory = ctx.memory(container["name"])
    image = container["image"]
    problem = image_problem(image)
    if not problem:
        if not memory.is_pulled:
            memory.is_pulled = True
            text = f'Container image "{image}" already present on machine and can be accessed by the pod'
            ctx.say("Normal", "Pulled", text, path)
        return _start(ctx, container, status, path)
    memory.pulls += 1
    ctx.say("Normal", "Pulling", f'Pulling image "{image}"', path)
    ctx.say("Warning", "Failed", f'Failed to pull image "{image}": {problem}', path)
    ctx.say("Warning", "Failed", "Error: ErrImagePull", path)
    _wait_for(ctx, container, status, "ErrImagePull", problem)
    return 1.0 * ctx.speed


def _pull_backoff(ctx: Context, container: Obj, status: Obj, path: str) -> float:
    image = container["image"]
    ctx.say("Normal", "BackOff", f'Back-off pulling image "{image}"', path)
    ctx.say("Warning", "Failed", "Error: ImagePullBackOff", path)
    text = f'Back-off pulling image "{image}": ErrImagePull: {image_problem(image)}'
    _wait_for(ctx, container, status, "ImagePullBackOff", text)
    return BACKOFF_FIRST * ctx.speed


def _start(ctx: Context, container: Obj, status: Obj, path: str) -> float | None:
    problem = ctx.config_problem(container)
    if problem:
        if dig(status, "state", "waiting", "message") != problem:
            ctx.say("Warning", "Failed", f"Error: {problem}", path)
        _wait_for(ctx, container, status, "CreateContainerConfigError", problem)
        return max(CONFIG_RETRY * ctx.speed, 0.2)
    if not ctx.memory(container["name"]).is_pulled:
        ctx.memory(container["name"]).is_pulled = True
    memory = ctx.memory(container["name"])
    if dig(status, "lastState", "terminated"):
        text = f'Container image "{container["image"]}" already present on machine and can be accessed by the pod'
        ctx.say("Normal", "Pulled", text, path)
    ctx.say("Normal", "Created", "Container created", path)
    ctx.say("Normal", "Started", "Container started", path)
    ended = dig(status, "lastState", "terminated") or dig(status, "state", "terminated")
    if ended or dig(status, "state", "waiting", "reason") == "CrashLoopBackOff":
        status["restartCount"] += 1
    status["state"] = {"running": {"startedAt": time_text()}}
    status["started"] = True
    resources = container.get("resources") or {}
    status["resources"] = clone(resources)
    if resources.get("requests"):
        status["allocatedResources"] = clone(resources["requests"])
    status["user"] = {"linux": {"uid": 0, "gid": 0, "supplementalGroups": [0]}}
    seed = f"{uid_of(ctx.pod)}/{container['name']}/{status['restartCount']}"
    status["containerID"] = "practice://" + hashlib.sha256(seed.encode()).hexdigest()
    status["imageID"] = "sha256:" + hashlib.sha256(container["image"].encode()).hexdigest()
    memory.enter(f"running-{status['restartCount']}")
    return _running(ctx, container, status, is_init="initContainers" in path)


def lifetime(ctx: Context, container: Obj, *, is_init: bool) -> tuple[float | None, int, str]:
    """How long a container runs (None: on and on), its exit code and the reason of its end."""
    if not is_init and ctx.life == "crash":
        return CRASH_SECONDS, 1, "Error"
    if _is_starved(container):
        return 0.0, 137, "OOMKilled"
    if not is_init and ctx.life == "oom":
        return CRASH_SECONDS, 137, "OOMKilled"
    plan = script.read(script.command_of(container))
    if plan is not None and plan.duration is not None:
        return max(plan.duration, 0.2), plan.exit_code, "Error" if plan.exit_code else "Completed"
    if plan is not None and plan.is_understood:
        return None, 0, ""
    if is_init:
        return 0.3, 0, "Completed"
    if ctx.pod["spec"].get("restartPolicy", "Always") != "Always":
        return JOB_SECONDS, 0, "Completed"
    return None, 0, ""


def _is_starved(container: Obj) -> bool:
    limit = dig(container, "resources", "limits", "memory")
    return limit is not None and quantity.parse(limit) < LEAST_MEMORY


def _running(ctx: Context, container: Obj, status: Obj, *, is_init: bool) -> float | None:
    memory = ctx.memory(container["name"])
    memory.enter(f"running-{status['restartCount']}")
    duration, code, reason = lifetime(ctx, container, is_init=is_init)
    wait: float | None = None
    if duration is not None:
        wait = _left(memory, duration, ctx.speed)
        if wait <= 0:
            return _end(ctx, container, status, code, reason, is_init=is_init)
    if is_init:
        return wait
    ready_in = _readiness(ctx, container, status, memory)
    waits = [w for w in (wait, ready_in) if w is not None]
    return min(waits) if waits else None


def _readiness(ctx: Context, container: Obj, status: Obj, memory: Memory) -> float | None:
    """Sets `ready`; the seconds until that may change."""
    probe = container.get("readinessProbe") or container.get("startupProbe")
    if ctx.life == "probe":
        status["ready"] = False
        kind = "Readiness" if container.get("readinessProbe") or not probe else "Startup"
        text = f"{kind} probe failed: HTTP probe failed with statuscode: 503"
        ctx.say("Warning", "Unhealthy", text, _path(container, is_init=False))
        return PROBE_EVERY * ctx.speed
    delay = START_SECONDS
    if probe:
        delay += float(probe.get("initialDelaySeconds") or 0) + 0.2
    left = _left(memory, delay, ctx.speed)
    status["ready"] = left <= 0
    return left if left > 0 else None


def _end(ctx: Context, container: Obj, status: Obj, code: int, reason: str, *, is_init: bool) -> float | None:
    started = dig(status, "state", "running", "startedAt") or time_text()
    ended: Obj = {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": time_text()}
    if status.get("containerID"):
        ended["containerID"] = status["containerID"]
    status["state"] = {"terminated": ended}
    status["ready"] = status["started"] = False
    if is_init and code == 0:
        status["ready"] = True
    ctx.memory(container["name"]).enter("terminated")
    if not restarts(ctx, code, is_init=is_init):
        return None
    return 0.05 * ctx.speed


def _backoff(crashes: int) -> float:
    """The first restart is immediate, then 10 s, 20 s, 40 s … 300 s."""
    return 0.0 if crashes <= 1 else min(BACKOFF_LIMIT, BACKOFF_FIRST * 2.0 ** (crashes - 2))


def _terminated(ctx: Context, container: Obj, status: Obj, *, is_init: bool) -> float | None:
    """A container that ended: it stays so for a part of its pause, then waits in CrashLoopBackOff for the rest."""
    ended = status["state"]["terminated"]
    if not restarts(ctx, int(ended.get("exitCode") or 0), is_init=is_init):
        return None
    memory = ctx.memory(container["name"])
    memory.enter("terminated")
    path = _path(container, is_init=is_init)
    pause = _backoff(int(status["restartCount"]) + 1)
    if not pause:
        left = _left(memory, RESTART_SECONDS, ctx.speed)
        if left > 0:
            return left
        status["lastState"] = {"terminated": clone(ended)}
        return _start(ctx, container, status, path)
    pod = f"{name_of(ctx.pod)}_{namespace_of(ctx.pod)}({uid_of(ctx.pod)})"
    if not memory.is_told:
        memory.is_told = True
        ctx.say("Warning", "BackOff", f"Back-off restarting failed container {container['name']} in pod {pod}", path)
    left = _left(memory, pause * TERMINATED_SHARE, ctx.speed)
    if left > 0:
        return left
    memory.is_told = False
    status["lastState"] = {"terminated": clone(ended)}
    shown = f"{int(pause)}s" if pause < 60 else f"{int(pause // 60)}m{int(pause % 60)}s"
    text = f"back-off {shown} restarting failed container={container['name']} pod={pod}"
    _wait_for(ctx, container, status, "CrashLoopBackOff", text)
    return pause * (1 - TERMINATED_SHARE) * ctx.speed
