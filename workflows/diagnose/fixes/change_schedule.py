"""A schedule that comes."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from plugins.sdk.formats import cron
from workflows.diagnose.checks.jobs import never_fires
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    now = getattr(evidence.node.data, "schedule", "")
    return (Asked("schedule", "Schedule", ValueKind.TEXT, f"It is {now} now.", "0 3 * * *"),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    schedule = values["schedule"]
    wrong = cron(schedule)
    if wrong:
        raise CannotFix(f"The schedule {wrong}.")
    if never_fires(schedule):
        raise CannotFix(f'The schedule "{schedule}" names no day that there is.')
    data_of(graph, node_id)["schedule"] = schedule


FIX = Fix(
    "change_schedule",
    "Correct the schedule",
    "Gives the job a schedule of days that there are.",
    change,
    asks,
    frozenset({"cronjob"}),
)
