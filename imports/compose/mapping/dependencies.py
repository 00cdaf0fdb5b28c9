"""`depends_on` as "after" edges, with the same three conditions."""

from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan

_CONDITIONS = {
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "completed",
}
_WORDS = {"started": "has started", "healthy": "is healthy", "completed": "has completed"}


def map_dependencies(draft: Draft, plan: Plan) -> None:
    for name, dependency in (draft.service.depends_on or {}).items():
        path, other = draft.at("depends_on", name), plan.drafts.get(name)
        if other is None:
            message = (
                f"{name[:60]} is not among the services that are on, and is not required, so nothing waits for it."
            )
            plan.rows.add(path, REFUSED, message, key=name)
            continue
        if other.kind == "cronjob":
            plan.rows.add(path, REFUSED, "Nobody can wait for a cron job: it has no end.", key=name)
            continue
        condition = _CONDITIONS[dependency.condition]
        if condition == "completed" and other.kind != "job":
            plan.rows.add(
                path, REFUSED, f"{name[:60]} became a {other.kind}, which does not end; make it a job.", key=name
            )
            continue
        plan.edge(draft.node_id, other.node_id, {"condition": condition}, tag="after")
        message = f"Waits until {name} {_WORDS[condition]}."
        verdict = MAPPED
        if dependency.restart:
            verdict = APPROXIMATED
            message += " It is not restarted together with it."
        plan.rows.add(path, verdict, message, target=f"after {other.target}", key=name)
