"""Labels: those that mean something here are acted on, all others are kept as annotations."""

from imports.compose.loading.dotenv import parse_dotenv
from imports.compose.mapping.kinds import five_fields
from imports.compose.mapping.kompose import is_known
from imports.compose.mapping.routing import is_routing
from imports.compose.mapping.state import APPROXIMATED, KEPT, MAPPED, REFUSED, Draft, Plan
from imports.compose.model import Service
from plugins.sdk.formats import label_key

_SCHEDULES = ("kompose.cronjob.schedule", "swarm.cronjob.schedule", "swarm.cronjob.enable")


def read_labels(service: Service, plan: Plan, path: str) -> dict[str, str]:
    """Of the service itself, over those of its label files and of `deploy`, where Swarm looks for some."""
    found: dict[str, str] = {}
    for index, entry in enumerate(service.label_file or ()):
        name, at = entry.removeprefix("./"), f"{path}.label_file.{index}"
        text = plan.files.text(name, file=plan.loaded.file_of(f"{path}.label_file"), at=at)
        labels, _ = parse_dotenv(text, plan.loaded.variables, file=name)
        found.update(labels)
        plan.rows.add(at, MAPPED, f"{len(labels)} labels, read as if they stood here.")
    swarm = {
        key: value
        for key, value in (service.deploy.labels if service.deploy and service.deploy.labels else {}).items()
        if key.startswith(("swarm.cronjob.", "traefik.", "kompose.", "ofelia."))
    }
    return {**swarm, **found, **(service.labels or {})}


def map_labels(draft: Draft, plan: Plan) -> None:
    own = draft.service.labels or {}
    for key, value in draft.labels.items():
        path = draft.at("labels", key)
        if key not in own:
            continue
        if key in _SCHEDULES or (key.startswith(("ofelia.", "chadburn.")) and key.endswith(".schedule")):
            _map_schedule(draft, plan, key, value, path)
        elif is_known(key):
            if not plan.rows.has(path):
                plan.rows.add(path, MAPPED, "Honoured.", target=draft.target, key=key)
        elif is_routing(key):
            message = "Becomes a route of the ingress, where it is reached by host."
            plan.rows.add(path, MAPPED, message, target=f"ingress/{draft.kube}", key=key)
        else:
            _keep(draft, plan, key, value, path)
    for key, value in (draft.service.annotations or {}).items():
        _keep(draft, plan, key, value, draft.at("annotations", key))


def _keep(draft: Draft, plan: Plan, key: str, value: str, path: str) -> None:
    if label_key(key) is not None:
        plan.rows.add(path, REFUSED, "Kubernetes takes no such name; use letters, digits, '-', '_' or '.'.", key=key)
        return
    draft.nested("pod_annotations")[key] = value
    target = f"{draft.target}.pod_annotations"
    if key.startswith(("traefik.", "caddy", "com.centurylinklabs.watchtower", "ofelia.", "swarm.")):
        message = "Kept as an annotation; the program that reads it talks to Docker, not to a cluster."
        plan.rows.add(path, APPROXIMATED, message, target=target, key=key)
    else:
        plan.rows.add(path, MAPPED, "An annotation of the pods, which may hold any text.", target=target, key=key)


def _map_schedule(draft: Draft, plan: Plan, key: str, value: str, path: str) -> None:
    if key == "swarm.cronjob.enable":
        plan.rows.add(path, KEPT, "Says that the schedule counts.", target=draft.target, key=key)
    elif draft.kind != "cronjob":
        message = "It is no cron job here, so its schedule is left out."
        if not five_fields(value):
            message = f"'{value[:40]}' has no counterpart: a schedule has five fields, such as 0 3 * * *."
        elif ".job-exec." in key:
            message = "Running a command inside of a living container has no counterpart; make it a service of its own."
        plan.rows.add(path, REFUSED, message, key=key)
    else:
        exact = len(value.split()) == 5
        message = (
            "The schedule."
            if exact
            else f"The schedule in five fields, as Kubernetes counts: {draft.data['schedule']}."
        )
        plan.rows.add(path, MAPPED if exact else APPROXIMATED, message, target=f"{draft.target}.schedule", key=key)
