"""Healthchecks as probes, hooks around a container's life, and how it is stopped."""

import math

from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan, literal
from imports.compose.model.hooks import Hook
from imports.compose.model.service import Healthcheck
from plugins.sdk import names
from plugins.sdk.graph import Json

_LIVENESS = (("no", "Only keep traffic away, as Compose does"), ("yes", "Also restart it, as Kubernetes can"))
_TIMES = {"interval": "period_seconds", "timeout": "timeout_seconds"}
_ONE_SHOT = ("job", "cronjob")


def map_healthcheck(draft: Draft, plan: Plan) -> None:
    check, path = draft.service.healthcheck, draft.at("healthcheck")
    if check is None:
        return
    if check.disable or check.test == ["NONE"]:
        plan.rows.add(path, MAPPED, "Switched off, so no probe is made.", target=draft.target)
    elif not check.test:
        message = "The image's own test is not known here; write a test, or add a probe."
        plan.rows.add(path, REFUSED, message)
    elif draft.kind in _ONE_SHOT:
        plan.rows.add(path, REFUSED, "What runs to its end is not probed: whether it succeeded is what counts.")
    else:
        _add_probes(draft, plan, check, path)


def _add_probes(draft: Draft, plan: Plan, check: Healthcheck, path: str) -> None:
    text = f"What happens when the check of {draft.name} fails"
    choice = plan.answers.option(f"service.{draft.name}.liveness", text, "no", _LIVENESS)
    probe = probe_of(check)
    probes: Json = {"readiness": probe}
    if choice.value == "yes":
        probes["liveness"] = dict(probe)
    if check.start_period:
        period = max(1, math.ceil(check.start_interval or check.interval or 5))
        tries = math.ceil(check.start_period / period) + (check.retries or 3)
        if choice.value == "yes":
            probes["startup"] = {**probe, "period_seconds": period, "failure_threshold": tries}
    draft.data["probes"] = probes
    target = f"{draft.target}.probes"
    plan.rows.add(path, MAPPED, "Becomes a readiness probe.", target=target, choices=[choice])
    plan.rows.add(f"{path}.test", MAPPED, "The same command.", target=target)
    for key in ("interval", "timeout", "retries"):
        if getattr(check, key) is not None:
            plan.rows.add(f"{path}.{key}", MAPPED, "In whole seconds." if key != "retries" else "Kept.", target=target)
    for key in ("start_period", "start_interval"):
        if getattr(check, key) is not None:
            message = (
                "Covered by a startup probe."
                if choice.value == "yes"
                else ("Failures of a readiness probe restart nothing, so no time of grace is needed.")
            )
            plan.rows.add(f"{path}.{key}", APPROXIMATED, message, target=target)


def probe_of(check: Healthcheck) -> Json:
    """Compose's defaults are not Kubernetes': they are written out."""
    test = check.test or []
    command = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    probe: Json = {"exec": {"command": command}}
    for key, field in _TIMES.items():
        seconds = getattr(check, key)
        probe[field] = 30 if seconds is None else max(1, math.ceil(seconds))
    probe["failure_threshold"] = max(1, 3 if check.retries is None else check.retries)
    return probe


def map_hooks(draft: Draft, plan: Plan) -> None:
    service = draft.service
    for key, field, hooks in (
        ("post_start", "post_start", service.post_start),
        ("pre_stop", "pre_stop", service.pre_stop),
    ):
        for index, hook in enumerate(hooks or ()):
            path = draft.at(key, index)
            if index or not hook.command:
                plan.rows.add(path, REFUSED, "Kubernetes runs one command here; join them into one.")
                continue
            draft.nested("lifecycle")[field] = {"exec": {"command": _in_place(hook)}}
            _tell(plan, path, hook, f"{draft.target}.lifecycle")
    for index, hook in enumerate(service.pre_start or ()):
        path = draft.at("pre_start", index)
        if not hook.command:
            plan.rows.add(path, REFUSED, "It has no command; add one.")
            continue
        container: Json = {
            "name": names.dns_label(f"pre-start-{index}"),
            "image": hook.image or service.image or f"{draft.kube}:latest",
            "command": [literal(word) for word in hook.command],
        }
        if hook.working_dir:
            container["working_dir"] = hook.working_dir
        if hook.environment:
            container["env"] = [
                {"name": name, "value": literal(value or "")} for name, value in hook.environment.items()
            ]
        draft.listed("init_containers").append(container)
        plan.rows.add(path, MAPPED, "An init container.", target=f"{draft.target}.init_containers")


def _in_place(hook: Hook) -> list[str]:
    """Kubernetes gives a hook no folder and no variables of its own: the shell does."""
    command = list(hook.command or ())
    settings = [f"{name}={value or ''}" for name, value in (hook.environment or {}).items()]
    if settings:
        command = ["env", *settings, *command]
    if hook.working_dir:
        command = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', hook.working_dir, *command]
    return command


def _tell(plan: Plan, path: str, hook: Hook, target: str) -> None:
    if hook.user or hook.privileged:
        message = "Runs as the container's own user: Kubernetes gives a hook no other one."
        plan.rows.add(path, APPROXIMATED, message, target=target)
    else:
        plan.rows.add(path, MAPPED, "The same command.", target=target)


def map_stop(draft: Draft, plan: Plan) -> None:
    service = draft.service
    if service.stop_grace_period is not None:
        draft.data["termination_grace_seconds"] = math.ceil(service.stop_grace_period)
        plan.rows.add(
            draft.at("stop_grace_period"),
            MAPPED,
            "In whole seconds.",
            target=f"{draft.target}.termination_grace_seconds",
        )
    if service.stop_signal is not None:
        signal = service.stop_signal.upper().removeprefix("SIG")
        if signal in ("TERM", "15"):
            plan.rows.add(draft.at("stop_signal"), MAPPED, "Kubernetes sends SIGTERM anyway.", target=draft.target)
        else:
            message = "Kubernetes sends what the image says, else SIGTERM; put STOPSIGNAL into the Dockerfile."
            plan.rows.add(draft.at("stop_signal"), REFUSED, message)
