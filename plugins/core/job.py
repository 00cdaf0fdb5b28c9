"""Job: a program that runs to its end; and the fields that a cron job shares with it."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from plugins.core import edges
from plugins.core.base import manifest, present
from plugins.core.pods.checks import check_workload
from plugins.core.pods.fields import WorkloadFields
from plugins.core.pods.template import pod_template
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem


class JobFields(WorkloadFields):
    """What a job is, whether it is drawn or made by a schedule."""

    completions: Annotated[
        int | None, about("Completions", "How many pods must succeed.", minimum=0, group=Group.ROLLOUT)
    ] = None
    parallelism: Annotated[
        int | None, about("Parallelism", "How many run at once.", minimum=0, group=Group.ROLLOUT)
    ] = None
    completion_mode: Annotated[
        str | None, about("Completion mode", choices=("NonIndexed", "Indexed"), group=Group.ADVANCED)
    ] = None
    backoff_limit: Annotated[
        int | None, about("Retries", "After how many failures to give up.", minimum=0, group=Group.ROLLOUT)
    ] = None
    deadline_seconds: Annotated[
        int | None, about("Deadline", "Seconds after which it is stopped.", minimum=1, group=Group.ROLLOUT)
    ] = None
    ttl_seconds: Annotated[
        int | None, about("Clean up after", "Seconds after its end.", minimum=0, group=Group.ROLLOUT)
    ] = None
    restart_policy: Annotated[
        str | None, about("Restart policy", choices=("Never", "OnFailure"), group=Group.ROLLOUT)
    ] = None


class JobData(JobFields):
    run: Annotated[
        str,
        about(
            "Run",
            "When a run of the workflow runs the job again.",
            choices=("on_change", "every_run", "manual"),
            group=Group.ROLLOUT,
        ),
    ] = "on_change"
    on_rollback: Annotated[
        str,
        about("On rollback", "Whether a rollback runs it again.", choices=("skip", "run"), group=Group.ROLLOUT),
    ] = "skip"
    suspend: Annotated[bool | None, about("Suspended", group=Group.ROLLOUT)] = None


def job_spec(node: TypedNode[Any], context: CompileContext) -> Json:
    """The spec of a job. Kubernetes makes its selector itself, unless an import brought one."""
    data: JobFields = node.data
    spec = present(
        completions=data.completions,
        parallelism=data.parallelism,
        backoffLimit=data.backoff_limit,
        activeDeadlineSeconds=data.deadline_seconds,
        ttlSecondsAfterFinished=data.ttl_seconds,
    )
    if data.completion_mode is not None and context.require_minor(node, "completion_mode", 21):
        spec["completionMode"] = data.completion_mode
    if data.selector and node.type.kind == "Job":
        spec["manualSelector"] = True
        spec["selector"] = {"matchLabels": dict(data.selector)}
    spec["template"] = pod_template(node, context, restart_policy=data.restart_policy or "Never").body
    return spec


def compile_job(node: TypedNode[JobData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    spec = job_spec(node, context)
    if data.suspend is not None and context.require_minor(node, "suspend", 21):
        spec["suspend"] = data.suspend
    context.set_policy(node, run=data.run, on_rollback=data.on_rollback)
    yield manifest("batch/v1", "Job", node.name, spec=spec)


def check_job(node: TypedNode[Any], wiring: Wiring) -> Iterator[Problem]:
    yield from check_workload(node, wiring)
    data: JobFields = node.data
    if data.completion_mode == "Indexed" and data.completions is None:
        yield node.problem(
            "missing_field",
            "an indexed job needs the number of completions; fill it in.",
            field="completions",
        )


NODE_TYPE = NodeType(
    name="job",
    display_name="Job",
    description="A program that runs once to its end, such as a migration.",
    icon="circle-play",
    category="workloads",
    data=JobData,
    compile=compile_job,
    check=check_job,
    kind="Job",
    api_versions=("batch/v1",),
    defaults={"name": "job", "image": "", "run": "on_change"},
    roles=frozenset({edges.WORKLOAD}),
)
