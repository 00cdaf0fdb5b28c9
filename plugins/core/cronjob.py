"""CronJob: a job on a schedule."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core import edges
from plugins.core.base import NAME_HELP, manifest, present
from plugins.core.job import JobFields, check_job, job_spec
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode

API_VERSIONS = ("batch/v1", "batch/v1beta1")


class CronJobData(JobFields):
    name: Annotated[str, about("Name", NAME_HELP, required=True, format="cron-job-name", group=Group.BASIC)] = ""
    schedule: Annotated[
        str,
        about(
            "Schedule",
            "Five fields, such as '0 3 * * *'.",
            required=True,
            format="cron",
            placeholder="0 3 * * *",
        ),
    ] = ""
    time_zone: Annotated[
        str | None,
        about("Time zone", "Such as Europe/Berlin; the cluster's own when empty.", group=Group.BASIC),
    ] = None
    concurrency_policy: Annotated[
        str | None,
        about(
            "When the last is still running",
            choices=("Allow", "Forbid", "Replace"),
            group=Group.ROLLOUT,
        ),
    ] = None
    suspend: Annotated[bool | None, about("Suspended", group=Group.ROLLOUT)] = None
    starting_deadline_seconds: Annotated[
        int | None, about("Starting deadline", "How late it may still start.", minimum=0, group=Group.ROLLOUT)
    ] = None
    successful_jobs_history_limit: Annotated[int | None, about("Keep succeeded", minimum=0, group=Group.ROLLOUT)] = None
    failed_jobs_history_limit: Annotated[int | None, about("Keep failed", minimum=0, group=Group.ROLLOUT)] = None


def compile_cron_job(node: TypedNode[CronJobData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    spec: Json = {"schedule": data.schedule.strip()}
    if data.time_zone and context.require_minor(node, "time_zone", 25):
        spec["timeZone"] = data.time_zone
    spec |= present(
        concurrencyPolicy=data.concurrency_policy,
        suspend=data.suspend,
        startingDeadlineSeconds=data.starting_deadline_seconds,
        successfulJobsHistoryLimit=data.successful_jobs_history_limit,
        failedJobsHistoryLimit=data.failed_jobs_history_limit,
    )
    spec["jobTemplate"] = {"spec": job_spec(node, context)}
    yield manifest(context.api_version("CronJob", API_VERSIONS), "CronJob", node.name, spec=spec)


NODE_TYPE = NodeType(
    name="cronjob",
    display_name="Cron job",
    description="A program that runs to its end again and again, on a schedule.",
    icon="calendar-clock",
    category="workloads",
    data=CronJobData,
    compile=compile_cron_job,
    check=check_job,
    kind="CronJob",
    api_versions=API_VERSIONS,
    defaults={"name": "cron-job", "image": "", "schedule": "0 3 * * *"},
    roles=frozenset({edges.WORKLOAD}),
)
