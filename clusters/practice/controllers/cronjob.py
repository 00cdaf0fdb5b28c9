"""CronJobs: a job whenever the schedule says so, by the real clock.

While nobody uses the cluster it is not loaded and nothing is started; afterwards the latest missed time is made up
for, as the real controller does it. Must not know how jobs run.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim

from clusters.practice import objects
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    is_deleting,
    key_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    parse_time,
    time_text,
    uid_of,
)
from clusters.practice.store import Change

from .base import Controller

CRONS, JOBS = "batch/cronjobs", "batch/jobs"
WHO = "cronjob-controller"
STAMP = "batch.kubernetes.io/cronjob-scheduled-timestamp"
TOO_MANY = 100
_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def times_after(schedule: str, zone: str, start: dt.datetime) -> Iterable[dt.datetime]:
    """The moments of a schedule after a moment, in UTC."""
    if schedule.startswith("@every"):
        parts = re.findall(r"(\d+)(ms|[hms])", schedule)
        step = dt.timedelta(seconds=max(1.0, sum(int(n) * _UNITS[u] for n, u in parts)))
        moment = start
        while True:
            moment += step
            yield moment
    try:
        place: dt.tzinfo = ZoneInfo(zone) if zone else dt.UTC
    except (ZoneInfoNotFoundError, ValueError):
        return
    for moment in CronSim(_NAMED.get(schedule, schedule), start.astimezone(place)):
        yield moment.astimezone(dt.UTC)


def due(spec: Obj, since: dt.datetime, now: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None, int]:
    """The latest moment that has come, the next one, and how many have come."""
    latest, count = None, 0
    for moment in times_after(spec["schedule"], spec.get("timeZone") or "", since):
        if moment > now:
            return latest, moment, count
        latest, count = moment, count + 1
        if count > 10 * TOO_MANY:
            since = now - dt.timedelta(minutes=1)
            upcoming = next(iter(times_after(spec["schedule"], spec.get("timeZone") or "", since)), None)
            return latest, upcoming, count
    return latest, None, count


def _is_over(job: Obj) -> str:
    return next((k for k in ("Complete", "Failed") if (condition(job, k) or {}).get("status") == "True"), "")


class CronJobController(Controller):
    name = "cronjob"
    resource = CRONS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == JOBS:
            yield from self.owners_of(change, "CronJob")

    def reconcile(self, key: Key) -> None:
        found = self.get(CRONS, key)
        if found is None or is_deleting(found):
            return
        status: Obj = clone(found.get("status") or {})
        self._follow(found, status)
        if not found["spec"].get("suspend"):
            self._start_due(found, status)
        self._trim(found)
        if not status.get("active"):
            status.pop("active", None)
        self.set_status(CRONS, found, status)

    def _follow(self, found: Obj, status: Obj) -> None:
        """What became of the jobs that were running."""
        running = []
        for item in status.get("active") or []:
            job = self.get(JOBS, (namespace_of(found), item["name"]))
            if job is None or uid_of(job) != item.get("uid"):
                text = f"Active job went missing: {item['name']}"
                self.events.record(found, "Normal", "MissingJob", text, WHO)
            elif end := _is_over(job):
                text = f"Saw completed job: {item['name']}, condition: {end}"
                self.events.record(found, "Normal", "SawCompletedJob", text, WHO)
                if end == "Complete":
                    status["lastSuccessfulTime"] = job["status"].get("completionTime") or time_text()
            else:
                running.append(item)
        status["active"] = running

    def _start_due(self, found: Obj, status: Obj) -> None:
        spec, now = found["spec"], objects.utcnow()
        since = parse_time(status.get("lastScheduleTime")) or parse_time(meta(found)["creationTimestamp"]) or now
        limit = spec.get("startingDeadlineSeconds")
        if limit is not None:
            since = max(since, now - dt.timedelta(seconds=float(limit)))
        latest, upcoming, count = due(spec, since, now)
        if upcoming is not None:
            self.after(key_of(found), (upcoming - now).total_seconds() + 0.01)
        if latest is None:
            return
        if count > TOO_MANY:
            text = (
                f"too many missed start times: {count}. Set or decrease .spec.startingDeadlineSeconds or check "
                "clock skew"
            )
            self.events.record(found, "Warning", "TooManyMissedTimes", text, WHO)
        if status["active"] and spec.get("concurrencyPolicy") == "Forbid":
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.events.record(found, "Normal", "JobAlreadyActive", text, WHO)
            return
        if status["active"] and spec.get("concurrencyPolicy") == "Replace":
            self._replace(found, status)
        self._start(found, status, latest)

    def _replace(self, found: Obj, status: Obj) -> None:
        for item in status["active"]:
            job = self.get(JOBS, (namespace_of(found), item["name"]))
            if job is not None:
                self.delete(JOBS, job)
                self.events.record(found, "Normal", "SuccessfulDelete", f"Deleted job {item['name']}", WHO)
        status["active"] = []

    def _start(self, found: Obj, status: Obj, moment: dt.datetime) -> None:
        name = f"{name_of(found)}-{int(moment.timestamp()) // 60}"
        status["lastScheduleTime"] = time_text(moment)
        if self.get(JOBS, (namespace_of(found), name)) is not None:
            return
        template: Obj = clone(found["spec"]["jobTemplate"])
        data: Obj = {k: v for k, v in (template.get("metadata") or {}).items() if k in ("labels", "annotations")}
        stamp = moment
        if found["spec"].get("timeZone"):
            stamp = moment.astimezone(ZoneInfo(found["spec"]["timeZone"]))
        data["annotations"] = {
            **(data.get("annotations") or {}),
            STAMP: stamp.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        data |= {"name": name, "namespace": namespace_of(found), "ownerReferences": [owner_reference(found)]}
        job = self.create(JOBS, {"metadata": data, "spec": template.get("spec") or {}})
        self.events.record(found, "Normal", "SuccessfulCreate", f"Created job {name}", WHO)
        status["active"].append(
            {
                "kind": "Job",
                "namespace": namespace_of(found),
                "name": name,
                "uid": uid_of(job),
                "apiVersion": "batch/v1",
                "resourceVersion": meta(job)["resourceVersion"],
            }
        )

    def _trim(self, found: Obj) -> None:
        """Deletes finished jobs beyond the two limits, the oldest first."""
        jobs = sorted(self.owned(found, JOBS), key=lambda j: (meta(j)["creationTimestamp"], name_of(j)))
        for end, field, default in (
            ("Complete", "successfulJobsHistoryLimit", 3),
            ("Failed", "failedJobsHistoryLimit", 1),
        ):
            finished = [j for j in jobs if _is_over(j) == end]
            limit = int(found["spec"].get(field, default))
            for job in finished[: max(0, len(finished) - limit)]:
                self.delete(JOBS, job)
                self.events.record(found, "Normal", "SuccessfulDelete", f"Deleted job {name_of(job)}", WHO)
