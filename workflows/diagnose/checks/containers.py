"""Containers that end, cannot start, or run out of memory."""

from collections.abc import Iterator

from clusters.health.reading import dig, mapping, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error
from workflows.diagnose.pods import Troubled

_HANDLED_ELSEWHERE = frozenset(
    {
        "ProbeFailing",
        "ConfigMapMissing",
        "SecretMissing",
        "ErrImagePull",
        "ImagePullBackOff",
        "RegistryUnavailable",
        "ImageInspectError",
        "ErrImageNeverPull",
        "InvalidImageName",
        "SignatureValidationFailed",
    }
)
_CANNOT_START = frozenset(
    {
        "CreateContainerError",
        "RunContainerError",
        "StartError",
        "PreCreateHookError",
        "PreStartHookError",
        "CreateContainerConfigError",
        "ContainerCannotRun",
    }
)
_NON_ROOT = "runAsNonRoot"


def run(evidence: Evidence) -> Iterator[Finding]:
    for each in pods.troubled(evidence):
        if each.health.reason in _HANDLED_ELSEWHERE:
            continue
        yield _finding(evidence, each)


def _finding(evidence: Evidence, each: Troubled) -> Finding:
    pod, container, health = each
    log = pods.log_of(evidence, pod, container.name)
    last = f" The last it wrote: {log[-1]}" if log else ""
    if health.reason == "OOMKilled":
        limit = text(dig(container.spec, "resources", "limits", "memory"))
        advice = "Give it more memory, or find out what uses so much: raise resources.limits.memory."
        hints = {"container": container.name, **({"limit": limit} if limit else {})}
        return error("out_of_memory", health.message, advice, "raise_memory", values=hints, log=log)
    if health.reason == "CommandNotFound":
        advice = "Correct the command of the node, or leave it empty to run what the image is made for."
        return error("command_not_found", health.message, advice, "clear_command", values={"container": container.name})
    if health.reason in _CANNOT_START and not _has_ended(each):
        return error("cannot_start", health.message, _advice_to_start(health.message), log=log)
    if container.is_init:
        advice = "It must end well before the others begin. Read its last lines, and correct its command or settings."
        return error("init_container_failed", f"{health.message}{last}", advice, log=log)
    advice = "The program itself ends. Its last lines mostly say why: a setting that is missing, or a wrong command."
    is_loop = health.reason == "CrashLoopBackOff" or "keeps crashing" in health.message
    cause = "crash_loop" if is_loop else "container_failed"
    return error(cause, f"{health.message}{last}", advice, log=log)


def _has_ended(each: Troubled) -> bool:
    return bool(mapping(dig(each.container.status, "lastState", "terminated")))


def _advice_to_start(message: str) -> str:
    if _NON_ROOT in message or "non-root" in message:
        return "Set run_as_user in the security context to another user than 0, or use an image that has one."
    if "secret" in message.lower() or "configmap" in message.lower():
        return "Make what it reads, or correct its name."
    return "Check its command, its mounts and its security context."


CHECK = Check(
    "containers",
    "Its containers keep running",
    run,
    frozenset({"workload", "manifest"}),
    frozenset({See.PODS, See.EVENTS, See.LOGS}),
)
