"""Jobs: pods until enough of them succeeded, or too many failed.

Must not know who made the job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from clusters.practice.errors import ApiError
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    dig,
    is_deleting,
    key_of,
    meta,
    name_of,
    namespace_of,
    parse_time,
    suffix,
    time_text,
    uid_of,
    utcnow,
)
from clusters.practice.options import Deletion
from clusters.practice.store import Change

from .base import Controller
from .pods import PODS, is_finished, is_ready, pod_from_template

JOBS = "batch/jobs"
WHO = "job-controller"
TRACKING = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
BACKOFF_FIRST, BACKOFF_LIMIT = 10.0, 600.0
_DONE = ("Reached expected number of succeeded pods", "CompletionsReached")
_LIMIT = ("Job has reached the specified backoff limit", "BackoffLimitExceeded")
_LATE = ("Job was active longer than specified deadline", "DeadlineExceeded")


@dataclass
class Census:
    """The pods of a job by what they are doing."""

    active: list[Obj] = field(default_factory=list)
    stopping: list[Obj] = field(default_factory=list)
    succeeded: list[Obj] = field(default_factory=list)  # not counted yet
    failed: list[Obj] = field(default_factory=list)  # not counted yet

    @property
    def restarts(self) -> int:
        found = [dig(p, "status", "containerStatuses", default=[]) for p in self.active]
        return sum(int(c.get("restartCount") or 0) for statuses in found for c in statuses)


def index_of(pod: Obj) -> int:
    text = str((meta(pod).get("annotations") or {}).get(INDEX, ""))
    return int(text) if text.isdigit() else -1


def parse_indexes(text: str) -> set[int]:
    """0,2-4 as numbers."""
    out: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        out.update(range(int(first), int(last or first) + 1))
    return out


def show_indexes(found: set[int]) -> str:
    out: list[str] = []
    run: list[int] = []
    for number in [*sorted(found), None]:
        if run and (number is None or number != run[-1] + 1):
            out.append(str(run[0]) if len(run) == 1 else f"{run[0]}{',' if len(run) == 2 else '-'}{run[-1]}")
            run = []
        if number is not None:
            run.append(number)
    return ",".join(out)


class JobController(Controller):
    name = "job"
    resource = JOBS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS:
            yield from self.owners_of(change, "Job")
            if change.type != "DELETED" and TRACKING in (meta(change.obj).get("finalizers") or []):
                yield "pod:" + namespace_of(change.obj), name_of(change.obj)

    def reconcile(self, key: Key) -> None:
        if key[0].startswith("pod:"):
            self._release_orphan((key[0].removeprefix("pod:"), key[1]))
            return
        job = self.get(JOBS, key)
        if job is None:
            return
        if is_deleting(job):
            for pod in self.owned(job, PODS):
                self._release(pod)
        elif self._end_of(job):
            self._after_the_end(job)
        else:
            self._run(job)

    # --- the finalizer that keeps a pod until it is counted

    def _release(self, pod: Obj) -> None:
        current = self.get(PODS, key_of(pod))
        if current is None or TRACKING not in (meta(current).get("finalizers") or []):
            return

        def drop(copy: Obj) -> None:
            copy["metadata"]["finalizers"] = [f for f in copy["metadata"]["finalizers"] if f != TRACKING]

        self.patch(PODS, current, drop)

    def _release_orphan(self, key: Key) -> None:
        """A pod whose job is gone, or no longer its owner, is held by nobody."""
        pod = self.get(PODS, key)
        if pod is None:
            return
        refs = [r for r in meta(pod).get("ownerReferences") or [] if r.get("kind") == "Job"]
        for ref in refs:
            job = self.get(JOBS, (key[0], str(ref.get("name"))))
            if job is not None and uid_of(job) == ref.get("uid"):
                return
        self._release(pod)

    # --- running

    def _census(self, job: Obj) -> Census:
        out = Census()
        for pod in self.owned(job, PODS):
            phase = dig(pod, "status", "phase")
            uncounted = TRACKING in (meta(pod).get("finalizers") or [])
            if phase == "Succeeded" or phase == "Failed":
                if uncounted:
                    (out.succeeded if phase == "Succeeded" else out.failed).append(pod)
            elif is_deleting(pod):
                out.stopping.append(pod)
            else:
                out.active.append(pod)
        return out

    def _run(self, job: Obj) -> None:
        census = self._census(job)
        status: Obj = clone(job.get("status") or {})
        spec = job["spec"]
        if spec.get("suspend"):
            self._suspend(job, census, status)
            return
        if (condition(job, "Suspended") or {}).get("status") == "True":
            status["conditions"] = [c for c in status["conditions"] if c["type"] != "Suspended"]
            _add(status, "Suspended", "JobResumed", "Job resumed", value="False")
            status["startTime"] = time_text()
            self.events.record(job, "Normal", "Resumed", "Job resumed", WHO)
        status.setdefault("startTime", time_text())
        self._count(job, census, status)
        end = self._verdict(job, census, status)
        problem = None
        if end is None:
            problem = self._fill(job, census, status)
            census = self._census(job)
        self._write(job, census, status, end)
        for pod in [*census.succeeded, *census.failed]:
            self._release(pod)
        if problem is not None:
            self.events.record(job, "Warning", "FailedCreate", f"Error creating: {problem.message}", WHO)
            self.after(key_of(job), self.delay(5))

    def _count(self, job: Obj, census: Census, status: Obj) -> None:
        """Moves finished pods into the numbers of the status; their finalizers go once those are written."""
        if job["spec"].get("completionMode") == "Indexed":
            known = parse_indexes(status.get("completedIndexes") or "")
            known |= {index_of(p) for p in census.succeeded} - {-1}
            status["succeeded"], status["completedIndexes"] = len(known), show_indexes(known)
        else:
            status["succeeded"] = int(status.get("succeeded") or 0) + len(census.succeeded)
        status["failed"] = int(status.get("failed") or 0) + len(census.failed)

    def _verdict(self, job: Obj, census: Census, status: Obj) -> tuple[str, tuple[str, str]] | None:
        spec = job["spec"]
        limit = int(spec.get("backoffLimit", 6))
        restarts = census.restarts
        if status["failed"] > limit or (restarts and restarts >= max(limit, 1)):
            return "Failed", _LIMIT
        deadline = spec.get("activeDeadlineSeconds")
        if deadline is not None:
            started = parse_time(status["startTime"]) or utcnow()
            left = float(deadline) - (utcnow() - started).total_seconds()
            if left <= 0:
                return "Failed", _LATE
            self.after(key_of(job), left + 0.05)
        wanted = spec.get("completions")
        if wanted is None:
            done = status["succeeded"] > 0 and not census.active and not census.stopping
        else:
            done = status["succeeded"] >= wanted
        return ("Complete", _DONE) if done else None

    def _fill(self, job: Obj, census: Census, status: Obj) -> ApiError | None:
        """As many pods as may run now, later after a failure."""
        spec = job["spec"]
        room = int(spec.get("parallelism", 1))
        wanted = spec.get("completions")
        if wanted is not None:
            room = min(room, wanted - status["succeeded"])
        elif status["succeeded"]:
            room = len(census.active)
        surplus = len(census.active) - room
        for pod in sorted(census.active, key=lambda p: (is_ready(p), name_of(p)))[: max(0, surplus)]:
            self._delete_pod(job, pod)
        missing = -surplus
        if spec.get("podReplacementPolicy") == "Failed":
            missing -= len(census.stopping)
        if missing <= 0:
            return None
        wait = self._backoff(job, status)
        if wait > 0:
            self.after(key_of(job), wait)
            return None
        try:
            for index in self._indexes(job, census, status, missing):
                self._create(job, index)
        except ApiError as error:
            return error
        return None

    def _backoff(self, job: Obj, status: Obj) -> float:
        """Real seconds until the next pod may be made: 10 s, 20 s, 40 s after each failure."""
        if not status["failed"]:
            return 0
        ended = [
            parse_time(dig(c, "state", "terminated", "finishedAt"))
            for p in self.owned(job, PODS)
            if dig(p, "status", "phase") == "Failed"
            for c in dig(p, "status", "containerStatuses", default=[])
        ]
        last = max((t for t in ended if t is not None), default=None)
        if last is None:
            return 0
        pause = min(BACKOFF_LIMIT, BACKOFF_FIRST * 2 ** (status["failed"] - 1))
        return self.delay(pause) - (utcnow() - last).total_seconds()

    def _indexes(self, job: Obj, census: Census, status: Obj, count: int) -> list[int]:
        if job["spec"].get("completionMode") != "Indexed":
            return [-1] * count
        taken = {index_of(p) for p in [*census.active, *census.stopping]}
        taken |= parse_indexes(status.get("completedIndexes") or "")
        return [i for i in range(int(job["spec"]["completions"])) if i not in taken][:count]

    def _create(self, job: Obj, index: int) -> None:
        stem = f"{name_of(job)[:56]}-" + (f"{index}-" if index >= 0 else "")
        pod = pod_from_template(job["spec"]["template"], job, stem + suffix())
        pod["metadata"]["generateName"] = stem
        pod["metadata"]["finalizers"] = [*(pod["metadata"].get("finalizers") or []), TRACKING]
        if index >= 0:
            pod["metadata"].setdefault("annotations", {})[INDEX] = str(index)
            pod["metadata"].setdefault("labels", {})[INDEX] = str(index)
            pod["spec"]["hostname"] = f"{name_of(job)}-{index}"
            source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}}
            for container in [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]:
                container.setdefault("env", []).append({"name": "JOB_COMPLETION_INDEX", "valueFrom": source})
        made = self.create(PODS, pod)
        self.events.record(job, "Normal", "SuccessfulCreate", f"Created pod: {name_of(made)}", WHO)

    def _delete_pod(self, job: Obj, pod: Obj) -> None:
        self._release(pod)
        self.delete(PODS, pod)
        self.events.record(job, "Normal", "SuccessfulDelete", f"Deleted pod: {name_of(pod)}", WHO)

    def _suspend(self, job: Obj, census: Census, status: Obj) -> None:
        for pod in census.active:
            self._delete_pod(job, pod)
        if (condition(job, "Suspended") or {}).get("status") != "True":
            status["conditions"] = [c for c in status.get("conditions") or [] if c["type"] != "Suspended"]
            _add(status, "Suspended", "JobSuspended", "Job suspended")
            self.events.record(job, "Normal", "Suspended", "Job suspended", WHO)
        status.pop("startTime", None)
        self._write(job, self._census(job), status, None)

    # --- the end

    def _end_of(self, job: Obj) -> str:
        ended = ("Complete", "Failed")
        return next((k for k in ended if (condition(job, k) or {}).get("status") == "True"), "")

    def _write(self, job: Obj, census: Census, status: Obj, end: tuple[str, tuple[str, str]] | None) -> None:
        current = self.get(JOBS, key_of(job))
        if current is None:
            return
        active, stopping = census.active, census.stopping
        if end is not None:
            word, (message, reason) = end
            for pod in active:
                self._delete_pod(job, pod)
            if word == "Failed":
                status["failed"] += len(active)
            stopping = self._census(job).stopping
            active = []
            _add(status, "SuccessCriteriaMet" if word == "Complete" else "FailureTarget", reason, message)
            _add(status, word, reason, message)
            if word == "Complete":
                status["completionTime"] = time_text()
                self.events.record(job, "Normal", "Completed", "Job completed", WHO)
            else:
                self.events.record(job, "Warning", reason, message, WHO)
        for name, value in (
            ("active", len(active)),
            ("succeeded", status.get("succeeded")),
            ("failed", status.get("failed")),
        ):
            status.pop(name, None)
            if value:
                status[name] = value
        if not status.get("completedIndexes"):
            status.pop("completedIndexes", None)
        status |= {"terminating": len(stopping), "uncountedTerminatedPods": {}}
        status["ready"] = sum(is_ready(p) for p in active)
        self.set_status(JOBS, current, status)

    def _after_the_end(self, job: Obj) -> None:
        """Counts down what is still stopping, and the time to live."""
        for pod in self.owned(job, PODS):
            if is_finished(pod) or is_deleting(pod):
                self._release(pod)
        status: Obj = clone(job["status"])
        stopping = len(self._census(job).stopping)
        if status.get("terminating", 0) != stopping:
            status["terminating"] = stopping
            self.set_status(JOBS, job, status)
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        if ttl is None:
            return
        ended = condition(job, self._end_of(job)) or {}
        moment = parse_time(ended.get("lastTransitionTime")) or utcnow()
        left = float(ttl) - (utcnow() - moment).total_seconds()
        if left > 0:
            self.after(key_of(job), left + 0.05)
        else:
            self.delete(JOBS, job, Deletion("Foreground", uid=uid_of(job)))


def _add(status: Obj, kind: str, reason: str, message: str, value: str = "True") -> None:
    now = time_text()
    status.setdefault("conditions", []).append(
        {
            "type": kind,
            "status": value,
            "lastProbeTime": now,
            "lastTransitionTime": now,
            "reason": reason,
            "message": message,
        }
    )
