"""Which kind of workload a service becomes, and why: a person may choose otherwise."""

import re
from collections.abc import Iterable

from imports.compose.mapping import images
from imports.compose.mapping.state import MAPPED, Draft, Plan
from imports.compose.model import Service
from plugins.sdk.formats import cron

OPTIONS = (
    ("deployment", "Deployment: runs all the time, copies are alike"),
    ("statefulset", "Stateful set: runs all the time, each copy keeps its name and volume"),
    ("daemonset", "Daemon set: one copy on every node"),
    ("job", "Job: runs once to its end"),
    ("cronjob", "Cron job: runs on a schedule"),
)
_KOMPOSE = {
    "deployment": "deployment",
    "statefulset": "statefulset",
    "daemonset": "daemonset",
    "replicaset": "deployment",
}
_EVERY = re.compile(r"@every (\d+)(m|h)\Z")


def choose_kind(draft: Draft, plan: Plan) -> None:
    """Sets the kind, and the schedule of a cron job."""
    schedule = schedule_of(draft.labels)
    default, why = _default(draft, plan, schedule)
    choice = plan.answers.option(
        f"service.{draft.name}.kind", f"What {draft.name} becomes", default, _options(draft, schedule)
    )
    draft.kind = choice.value
    if draft.kind == "cronjob":
        draft.data["schedule"] = schedule
        if draft.labels.get("kompose.cronjob.concurrency_policy") in ("Allow", "Forbid", "Replace"):
            draft.data["concurrency_policy"] = draft.labels["kompose.cronjob.concurrency_policy"]
    if choice.value != default:
        why = "as you chose"
    plan.rows.add(
        draft.path, MAPPED, f"Becomes a {draft.kind}: {why}.", target=draft.target, key=draft.name, choices=[choice]
    )


def _options(draft: Draft, schedule: str) -> list[tuple[str, str]]:
    return [option for option in OPTIONS if option[0] != "cronjob" or schedule]


def _default(draft: Draft, plan: Plan, schedule: str) -> tuple[str, str]:
    service, labels = draft.service, draft.labels
    if schedule:
        return "cronjob", "a label gives it a schedule"
    wanted = _KOMPOSE.get(labels.get("kompose.controller.type", "").lower())
    if wanted:
        return wanted, "the label kompose.controller.type says so"
    mode = service.deploy.mode if service.deploy else None
    if mode in ("replicated-job", "global-job"):
        return "job", f"deploy.mode is {mode}"
    if draft.name in plan.awaited:
        return "job", "another service waits until it has completed"
    if mode == "global":
        return "daemonset", "deploy.mode is global"
    if runs_once(service):
        return "job", "it is not restarted when it ends, and nothing connects to it"
    return _lasting(draft)


def _lasting(draft: Draft) -> tuple[str, str]:
    service = draft.service
    stored = [mount.target or "" for mount in service.volumes or () if mount.type in ("volume", "bind")]
    found = next((target for target in stored if images.is_data_path(service.image, target)), None)
    name = images.base_name(service.image)
    if found:
        return "statefulset", f"a volume lies where {name} keeps its data ({found})"
    if images.known(service.image).is_database:
        return "statefulset", f"{name} is known to keep data, although no volume is given for it"
    return "deployment", "it runs all the time, and its copies are alike"


def awaited(services: Iterable[Service]) -> frozenset[str]:
    """The services that another one wants to see completed."""
    return frozenset(
        name
        for service in services
        for name, dependency in (service.depends_on or {}).items()
        if dependency.condition == "service_completed_successfully"
    )


def runs_once(service: Service) -> bool:
    condition = service.deploy.restart_policy.condition if service.deploy and service.deploy.restart_policy else None
    is_told = service.restart == "no" or (service.restart is None and condition == "none")
    is_reached = bool(service.ports or service.expose or service.healthcheck) or images.known(service.image).ports
    return is_told and not is_reached


def schedule_of(labels: dict[str, str]) -> str:
    """The schedule that a label gives the service itself, in five fields; empty when there is none."""
    for key, value in sorted(labels.items()):
        if key == "kompose.cronjob.schedule" or (
            key == "swarm.cronjob.schedule" and labels.get("swarm.cronjob.enable", "true").lower() == "true"
        ):
            return five_fields(value)
        if key.startswith(("ofelia.job-run.", "chadburn.job-run.")) and key.endswith(".schedule"):
            return five_fields(value)
    return ""


def five_fields(text: str) -> str:
    """Kubernetes counts no seconds: a sixth field in front is dropped. Empty when it is no schedule."""
    text = text.strip()
    match = _EVERY.match(text)
    if match and match[2] == "m" and 0 < int(match[1]) < 60:
        return f"*/{int(match[1])} * * * *"
    if match and match[2] == "h" and 0 < int(match[1]) < 24:
        return f"0 */{int(match[1])} * * *"
    fields = text.split()
    if len(fields) == 6:
        text = " ".join(fields[1:])
    return text if text and cron(text) is None else ""
