"""What is wrong with one container of a pod, from its state and from what the kubelet said."""

import re
from collections.abc import Sequence

import msgspec

from clusters.health.facts import count_of_event, latest, words_of_event
from clusters.health.reading import Json, dig, mapping, number, sentence, text
from plugins.sdk.health import Health, HealthStatus

_PULL_FAILURES = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "RegistryUnavailable",
        "ImageInspectError",
        "ErrImageNeverPull",
        "InvalidImageName",
        "SignatureValidationFailed",
    }
)
_START_FAILURES = frozenset(
    {"CreateContainerError", "RunContainerError", "StartError", "PreCreateHookError", "PreStartHookError"}
)
# What a registry or a runtime says, and what it means to a person. Only what is not there can never be pulled.
_WHY_NOT_PULLED = (
    (re.compile(r"not ?found|manifest unknown|name unknown|does not exist(?! or)", re.I), "it does not exist", True),
    (
        re.compile(r"unauthorized|denied|authentication required|403 forbidden|no basic auth", re.I),
        "the registry refuses access; it may not exist, or need credentials",
        False,
    ),
    (re.compile(r"toomanyrequests|rate limit|429", re.I), "the registry limits how much is pulled", False),
    (re.compile(r"no such host|server misbehaving", re.I), "the registry's name is unknown", False),
    (re.compile(r"refused|timeout|unreachable|deadline|no route", re.I), "the registry cannot be reached", False),
    (re.compile(r"x509|certificate|tls", re.I), "the registry's certificate is not trusted", False),
)
_NO_CONFIG = re.compile(r'(?P<kind>config ?map|secret) "?(?:[a-z0-9.-]+/)?(?P<name>[a-z0-9.-]+)"? not found', re.I)
_NO_KEY = re.compile(r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) (?:[^/\s]+/)?(?P<name>\S+)")
_NO_COMMAND = re.compile(r'exec: "(?P<command>[^"]+)": .*(?:not found|no such file)', re.I)
_UNHEALTHY_BEFORE_BAD = 3


class Container(msgspec.Struct, frozen=True):
    """One container: its status, its place in the spec, and the events of its pod, oldest first."""

    name: str
    status: Json
    spec: Json
    events: Sequence[Json]
    is_init: bool = False

    @property
    def title(self) -> str:
        return f'The init container "{self.name}"' if self.is_init else f'The container "{self.name}"'

    @property
    def image(self) -> str:
        return text(self.spec.get("image")) or text(self.status.get("image"))

    @property
    def waiting(self) -> str:
        return text(dig(self.status, "state", "waiting", "reason"))

    @property
    def is_running(self) -> bool:
        return isinstance(dig(self.status, "state", "running"), dict)

    def own_events(self) -> list[Json]:
        """Those about this container; one that names none counts too."""
        mark = f"{{{self.name}}}"
        fields = ((event, text(dig(event, "involvedObject", "fieldPath"))) for event in self.events)
        return [event for event, field in fields if not field or mark in field]


def trouble_of(container: Container) -> Health | None:
    """Why it does not run and serve, or None while nothing is wrong with it."""
    reason = container.waiting
    message = text(dig(container.status, "state", "waiting", "message"))
    if reason in _PULL_FAILURES:
        return _pull_failure(container, reason, message)
    if reason == "CrashLoopBackOff":
        return _crash(container, mapping(dig(container.status, "lastState", "terminated")), is_loop=True)
    if reason == "CreateContainerConfigError":
        return config_failure(message) or _bad(reason, f"{container.title} cannot be set up: {message}")
    if reason in _START_FAILURES:
        return _start_failure(container, reason, message)
    ended = dig(container.status, "state", "terminated")
    if isinstance(ended, dict) and number(ended.get("exitCode")) != 0:
        return _crash(container, ended, is_loop=False)
    if container.is_running and not container.is_init and container.status.get("ready") is not True:
        return _probe_failure(container)
    return None


def config_failure(message: str) -> Health | None:
    """A config map, a secret or a key of theirs that is not there. It may still come, so this is not final."""
    found = _NO_KEY.search(message)
    if found:
        what, reason = _kind_of_source(found["kind"])
        return _bad(reason, f'The {what} "{found["name"]}" has no key "{found["key"]}".')
    found = _NO_CONFIG.search(message)
    if found:
        what, reason = _kind_of_source(found["kind"])
        return _bad(reason, f'The {what} "{found["name"]}" does not exist.')
    return None


def _kind_of_source(kind: str) -> tuple[str, str]:
    return ("secret", "SecretMissing") if kind.lower() == "secret" else ("config map", "ConfigMapMissing")


def how_it_ended(container: Container, ended: Json) -> tuple[str, str]:
    """(reason, words without a subject) of a container that ended badly."""
    code = number(ended.get("exitCode"))
    why = text(ended.get("reason"))
    said = text(ended.get("message"))
    if why == "OOMKilled":
        limit = text(dig(container.spec, "resources", "limits", "memory"))
        return "OOMKilled", f"ran out of memory and was killed{f'; its limit is {limit}' if limit else ''}"
    found = _NO_COMMAND.search(said)
    if found:
        return "CommandNotFound", f'cannot start: its image has no command "{found["command"]}"'
    last = said.strip().splitlines()[-1] if said.strip() else ""
    signal = f"was killed by signal {number(ended.get('signal'))}" if number(ended.get("signal")) else ""
    told = signal or f"exited with code {code}"
    return why or "Error", f"{told}: {last}" if last else told


def _pull_failure(container: Container, reason: str, message: str) -> Health:
    image = container.image
    if reason == "InvalidImageName":
        return _bad(reason, f'"{image}" is not a valid name of an image.', is_final=True)
    if reason == "ErrImageNeverPull":
        return _bad(reason, f'The image "{image}" is not on the node, and pulling it is switched off.')
    why, is_final = _why_not_pulled(container, message)
    return _bad(reason, f'The image "{image}" cannot be pulled{f": {why}" if why else ""}', is_final=is_final)


def _why_not_pulled(container: Container, message: str) -> tuple[str, bool]:
    """The state's own message is newest, but with a back-off it often says nothing: then the event does."""
    said = [words_of_event(event) for event in reversed(container.own_events()) if event.get("reason") == "Failed"]
    # An event about another image is about another state of the pod.
    about = [words for words in said if f'"{container.image}"' in words]
    own = "" if message.startswith("Back-off pulling image") and "ErrImagePull:" not in message else message
    for words in (own, *about[:1]):
        for pattern, meaning, is_final in _WHY_NOT_PULLED:
            if words and pattern.search(words.replace(container.image, "")):
                return meaning, is_final
    return own.rpartition("desc = ")[2], False


def _crash(container: Container, ended: Json, *, is_loop: bool) -> Health:
    reason, told = how_it_ended(container, ended) if ended else ("CrashLoopBackOff", "keeps ending")
    restarts = number(container.status.get("restartCount"))
    if is_loop and reason in ("Error", "Completed", "ContainerCannotRun", "StartError"):
        reason = "CrashLoopBackOff"
    unwell = latest(container.own_events(), "Unhealthy")
    after = ""
    if unwell is not None and words_of_event(unwell).startswith("Liveness") and reason != "OOMKilled":
        after = " after its liveness probe failed"
    if is_loop and restarts:
        times = "once" if restarts == 1 else f"{restarts} times"
        return _bad(reason, f"{container.title} keeps crashing: it {told}{after}; it was restarted {times}")
    return _bad(reason, f"{container.title} {told}{after}")


def _start_failure(container: Container, reason: str, message: str) -> Health:
    found = _NO_COMMAND.search(message)
    if found:
        told = f'{container.title} cannot start: its image has no command "{found["command"]}".'
        return _bad("CommandNotFound", told)
    return config_failure(message) or _bad(reason, f"{container.title} cannot start: {message}")


def _probe_failure(container: Container) -> Health | None:
    """A few failures belong to every start; from the third on it is worth a look."""
    event = latest(container.own_events(), "Unhealthy")
    if event is None:
        return None
    kind, _, said = words_of_event(event).partition(" probe failed")
    name = kind.lower() if kind in ("Readiness", "Startup", "Liveness") else "readiness"
    why = said.removeprefix(":").strip()
    message = f"{container.title} runs but is not ready: its {name} probe fails{f' ({why})' if why else ''}"
    is_bad = count_of_event(event) >= _UNHEALTHY_BEFORE_BAD
    status = HealthStatus.DEGRADED if is_bad else HealthStatus.PROGRESSING
    return Health(status, "ProbeFailing", sentence(message))


def _bad(reason: str, message: str, *, is_final: bool = False) -> Health:
    return Health(HealthStatus.DEGRADED, reason, sentence(message), is_final)
