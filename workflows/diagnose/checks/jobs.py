"""Jobs that gave up, and schedules that never come."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from clusters.health import assess
from clusters.health.facts import Facts, latest, words_of_event
from clusters.health.reading import Json, dig, number, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error, warning

_FIELDS = 5
_MISSED = ("TooManyMissedTimes", "FailedNeedsStart", "MissSchedule")


def run_job(evidence: Evidence) -> Iterator[Finding]:
    for live in evidence.all_live("Job"):
        health = assess(live, pods=evidence.pods or (), events=evidence.events)
        log = _last_words(evidence)
        last = f" The last it wrote: {log[-1]}" if log else ""
        if health.reason in ("BackoffLimitExceeded", "PodFailurePolicy", "Failed"):
            advice = "Correct what makes it fail, then run it again."
            yield error("job_failed", f"{health.message}{last}", advice, "run_again", log=log)
        elif health.reason == "DeadlineExceeded":
            seconds = number(dig(live, "spec", "activeDeadlineSeconds"))
            advice = "Give it more time, or find out what is slow."
            hints = {"seconds": seconds * 2} if seconds else {}
            yield error("job_too_slow", f"{health.message}{last}", advice, "raise_deadline", values=hints, log=log)
        elif health.reason == "Suspended":
            yield warning("suspended", health.message, "Resume it.", "resume")


def _last_words(evidence: Evidence) -> tuple[str, ...]:
    failed = [pod for pod in evidence.pods or () if dig(pod, "status", "phase") == "Failed"]
    for pod in sorted(failed, key=lambda pod: text(dig(pod, "metadata", "creationTimestamp")), reverse=True):
        for (name, _), lines in evidence.logs.items():
            if name == pods.name_of(pod) and lines:
                return tuple(lines)
    return ()


def run_cron(evidence: Evidence) -> Iterator[Finding]:
    live = evidence.live_of("CronJob")
    schedule = text(dig(live, "spec", "schedule")) or str(getattr(evidence.node.data, "schedule", "") or "")
    if schedule and never_fires(schedule):
        yield error(
            "cron_never_fires",
            f'The schedule "{schedule}" names no day that there is, so it never starts.',
            "Correct the day or the month of the schedule.",
            "change_schedule",
        )
    if live is None:
        return
    health = assess(live, pods=evidence.pods or (), events=evidence.events)
    if health.reason == "Suspended":
        yield warning("suspended", health.message, "Resume it.", "resume")
    elif health.reason == "LastRunFailed":
        log = _last_words(evidence)
        last = f" The last it wrote: {log[-1]}" if log else ""
        yield error("cron_last_run_failed", f"{health.message}{last}", "It tries again at its next time.", log=log)
    yield from _missed(live, evidence)


def _missed(live: Json, evidence: Evidence) -> Iterator[Finding]:
    event = latest(Facts.of(live, (), evidence.events).about_itself(), *_MISSED)
    if event is not None:
        advice = "Raise or remove its starting deadline; the cluster was away or busy when it should have started."
        yield warning("cron_missed", f"It missed starts: {words_of_event(event)}", advice)


def never_fires(schedule: str) -> bool:
    """Whether every field of a schedule can be read, and yet no day is as they say: the 31st of February."""
    fields = schedule.strip().replace("?", "*").split()
    if len(fields) != _FIELDS or not all(map(_can_be_read, _alone(fields))):
        return False
    return not _can_be_read(" ".join(fields))


def _alone(fields: list[str]) -> Iterator[str]:
    for index, field in enumerate(fields):
        yield " ".join([*["*"] * index, field, *["*"] * (_FIELDS - index - 1)])


def _can_be_read(schedule: str) -> bool:
    try:
        CronSim(schedule, datetime.now(UTC))
    except CronSimError:
        return False
    return True


JOB = Check("job", "It runs to its end", run_job, frozenset({"job"}), frozenset({See.PODS, See.EVENTS, See.LOGS}))
CRON = Check(
    "schedule",
    "It starts when it should",
    run_cron,
    frozenset({"cronjob"}),
    frozenset({See.PODS, See.EVENTS, See.LOGS}),
    is_static=True,
)
