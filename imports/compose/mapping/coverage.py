"""That no key of the input is missing from the report."""

from typing import Any

from imports.compose.errors import joined
from imports.compose.mapping.state import KEPT, REFUSED, Plan

_OPEN = ("services", "networks", "volumes", "secrets", "configs", "models")


def finish_rows(plan: Plan) -> None:
    """Services that are off, keys that say nothing, and whatever has no row yet."""
    told = plan.rows.paths()
    for section, members in plan.loaded.document.items():
        if section not in _OPEN:
            _tell_rest(plan, section, members, told)
            continue
        if not members:
            plan.rows.add(section, KEPT, "Empty.")
        for name, member in members.items() if isinstance(members, dict) else ():
            path = joined(section, name)
            if section == "services" and name not in plan.active:
                _tell_inactive(plan, path, name, member)
                continue
            if not plan.rows.has(path):
                _tell_rest(plan, path, member, told)
            for key, value in member.items() if isinstance(member, dict) else ():
                _tell_rest(plan, joined(path, key), value, told)


def _tell_inactive(plan: Plan, path: str, name: str, member: Any) -> None:
    profiles = ", ".join(plan.project.services[name].profiles or ())
    message = f"Its profile is off; turn on {profiles[:100]} to have it."
    plan.rows.add(path, REFUSED, message, key=name)
    for key in member if isinstance(member, dict) else ():
        plan.rows.add(joined(path, key), REFUSED, "The service is left out, because its profile is off.")


def _tell_rest(plan: Plan, path: str, value: Any, told: set[str]) -> None:
    if path in told or plan.rows.has(path):
        return
    if value is None or value == [] or value == {}:
        plan.rows.add(path, KEPT, "Empty, so it says nothing.")
    elif value is False:
        plan.rows.add(path, KEPT, "Switched off, as by default.")
    elif isinstance(value, dict):
        # What holds only empty things says nothing either; anything else was given a row by its own part.
        plan.rows.add(path, KEPT, "Says nothing more than its parts.")
    else:
        plan.rows.add(path, REFUSED, "Has no counterpart in a cluster.")
