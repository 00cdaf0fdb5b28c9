"""What runs and ends: Job and CronJob."""

from clusters.health.facts import Facts, is_true, latest, words_of_event
from clusters.health.pods import judge_pod
from clusters.health.reading import Json, dig, entries, number, sentence, text
from clusters.health.refusals import refusal
from clusters.health.workloads import trouble_of_pods
from plugins.sdk.health import Health, HealthStatus


def judge_job(facts: Facts) -> Health:
    if is_true(facts.condition("Failed")):
        return _failed_job(facts, facts.condition("Failed"))
    if is_true(facts.condition("FailureTarget")):
        return _failed_job(facts, facts.condition("FailureTarget"))
    if is_true(facts.condition("Complete")):
        return Health(HealthStatus.HEALTHY, "Completed")
    if facts.spec.get("suspend") is True or is_true(facts.condition("Suspended")):
        return Health(HealthStatus.SUSPENDED, "Suspended", "It is suspended.")
    trouble = trouble_of_pods(facts.pods, facts.events)
    if trouble is not None:
        return trouble
    if not facts.status.get("active"):
        event = latest(facts.about_itself(), "FailedCreate")
        if event is not None:
            return refusal(words_of_event(event))
    return _running_job(facts)


def _running_job(facts: Facts) -> Health:
    """It runs, which is not to say that it is done."""
    status = facts.status
    if not number(status.get("active")) and not text(status.get("startTime")):
        return Health(HealthStatus.PROGRESSING, "Starting", "It is about to start.")
    wanted = number(facts.spec.get("completions"), 1)
    done = number(status.get("succeeded"))
    failed = number(status.get("failed"))
    parts = ["It is running"]
    if wanted > 1:
        parts.append(f"{done} of {wanted} are done")
    if failed:
        parts.append("1 attempt failed" if failed == 1 else f"{failed} attempts failed")
    return Health(HealthStatus.PROGRESSING, "Running", f"{', '.join(parts)}.")


def _failed_job(facts: Facts, condition: Json) -> Health:
    reason = text(condition.get("reason")) or "Failed"
    last = _last_failure(facts)
    if reason == "DeadlineExceeded":
        seconds = number(facts.spec.get("activeDeadlineSeconds"))
        told = f"It ran longer than the {seconds} s it may" if seconds else "It ran longer than it may"
    elif reason in ("BackoffLimitExceeded", "Failed"):
        tries = number(facts.status.get("failed"))
        told = f"It failed {tries} times" if tries > 1 else "It failed"
    else:
        told = text(condition.get("message")) or "It failed"
    message = f"{told.rstrip('.')}: {last}" if last else told
    return Health(HealthStatus.DEGRADED, reason, sentence(message), is_final=True)


def _last_failure(facts: Facts) -> str:
    failed = [pod for pod in facts.pods if dig(pod, "status", "phase") == "Failed"]
    last = max(failed, key=_made_at, default=None)
    if last is None:
        return ""
    message = judge_pod(last, facts.events).message
    return message[:1].lower() + message[1:]


def judge_cronjob(facts: Facts) -> Health:
    if facts.spec.get("suspend") is True:
        return Health(HealthStatus.SUSPENDED, "Suspended", "It is suspended: it starts no jobs.")
    event = latest(
        facts.about_itself(), "FailedCreate", "UnparseableCronJobSchedule", "InvalidSchedule", "UnknownTimeZone"
    )
    if event is not None and not text(facts.status.get("lastScheduleTime")):
        if text(event.get("reason")) == "FailedCreate":
            return refusal(words_of_event(event))
        return Health(HealthStatus.DEGRADED, text(event.get("reason")), sentence(words_of_event(event)), is_final=True)
    trouble = trouble_of_pods(facts.pods, facts.events)
    if trouble is not None and trouble.status is HealthStatus.DEGRADED:
        return Health(trouble.status, trouble.reason, f"The job that is running: {trouble.message}")
    return _last_run(facts)


def _last_run(facts: Facts) -> Health:
    """How the run before the next one went. Never final: the next one may go well."""
    scheduled, succeeded = facts.status.get("lastScheduleTime"), facts.status.get("lastSuccessfulTime")
    if text(succeeded) and text(succeeded) >= text(scheduled):
        return Health(HealthStatus.HEALTHY)
    last = max(facts.pods, key=_made_at, default=None)
    under_way = entries(facts.status.get("active"))
    if last is not None and not under_way and dig(last, "status", "phase") == "Failed":
        found = judge_pod(last, facts.events)
        told = f"Its last run failed: {found.message[:1].lower()}{found.message[1:]}"
        return Health(HealthStatus.DEGRADED, "LastRunFailed", sentence(told))
    return Health(HealthStatus.HEALTHY)


def _made_at(pod: Json) -> str:
    return text(dig(pod, "metadata", "creationTimestamp"))
