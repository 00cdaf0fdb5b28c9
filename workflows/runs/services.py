"""Every write that a person does to runs: starting, planning, cancelling, going back, taking away.

The steps themselves are leased work (`workflows.runs.execution`); here only their wish is written down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from audit import services as audit
from clusters.kube.gateway import ClusterError
from clusters.services import call, gateway_for
from core.principal import Principal
from plugins.sdk.objects import ObjectKey
from realtime.services import publish_many
from workflows.deploy import inventory
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.content import Content, revisions
from workflows.deploy.executor import Executor, Setting
from workflows.deploy.view import View
from workflows.models import Release, Run, RunStatus, Target, Workflow
from workflows.runs.errors import ClusterGone, NothingDeployed, NothingReleased, RunInProgress, RunIsOver, told
from workflows.runs.events import publish_start, run_event
from workflows.runs.naming import told_to
from workflows.runs.places import (
    IN_PROGRESS,
    ask_capabilities,
    capabilities_if_known,
    find_place,
    refuse_archived,
    refuse_busy,
    refuse_elsewhere,
    running_on,
    target_of,
)
from workflows.runs.releases import (
    compile_or_refuse,
    content_of,
    content_of_bundle,
    make_release,
    sets_on,
)
from workflows.runs.rollback import enqueue_run
from workflows.runs.selectors import get_run, get_target, is_live, last_version, refuse_onlookers
from workflows.runs.types import DEPLOY, REVERT, ROLLBACK, UNDEPLOY, Place, RunOptions
from workflows.selectors import get_workflow, version_of
from workflows.services.secrets import reveal_secrets
from workflows.services.versions import snapshot_version
from workflows.types import Need

Json = dict[str, Any]

# A plan asks for each object, and somebody waits for it.
PLAN_SECONDS = 50.0
_STARTER = 200


def need_for(options: RunOptions) -> Need:
    """To take over reaches into workflows that an editor of this one may know nothing of."""
    return Need.OWN if options.take_over else Need.EDIT


def start_run(
    *,
    workflow_id: str,
    cluster: str = "",
    namespace: str = "",
    version: int | None = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    actor: Principal,
) -> Run:
    """Bring the draft (as a new version) or an old `version` to a cluster and namespace.

    Whatever can be known to be wrong is refused here; a cluster that cannot be reached is waited for in the
    run.
    """
    workflow = get_workflow(workflow_id=workflow_id, need=need_for(options), actor=actor)
    refuse_archived(workflow)
    place = find_place(workflow=workflow, cluster=cluster, namespace=namespace, actor=actor)
    chosen = version_of(workflow, version) if version is not None else None
    refuse_busy(target_of(place))
    capabilities = capabilities_if_known(place.cluster.pk)

    def check(graph_text: str) -> None:
        bundle = compile_or_refuse(
            workflow=workflow,
            graph_text=graph_text,
            namespace=place.namespace,
            capabilities=capabilities,
            cluster_id=place.cluster.pk,
        )
        refuse_elsewhere(place.cluster.pk, (item.namespace for item in bundle.objects), actor)

    checked = chosen.graph if chosen else workflow.graph
    check(checked)
    with transaction.atomic():
        locked = _lock(workflow)
        refuse_archived(locked)
        target = _target_at(place)
        refuse_busy(target)
        if chosen is None:
            if locked.graph != checked:
                check(locked.graph)
            chosen = snapshot_version(workflow=locked, message=options.message, is_automatic=True, actor=actor)
        return _begin(target, operation=DEPLOY, version_number=chosen.number, options=options, actor=actor)


def rollback_to(
    *,
    workflow_id: str,
    run_id: str,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    actor: Principal,
) -> Run:
    """Bring back exactly what that run released, its secret revisions included; the draft is untouched."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    refuse_archived(workflow)
    earlier = get_run(run_id=run_id, workflow=workflow, actor=actor)
    if earlier.release is None or earlier.release.is_tombstone:
        raise NothingReleased
    content = content_of(earlier.release)
    _refuse_strangers(earlier.target, (item.key.namespace for item in content.objects), actor)
    with transaction.atomic():
        _lock(workflow)
        target = _lock_target(earlier.target)
        release = make_release(target=target, content=content, version=earlier.release.version, source=ROLLBACK)
        return _begin(
            target,
            operation=ROLLBACK,
            release=release,
            version_number=earlier.version_number,
            options=options,
            detail={"run": earlier.pk},
            actor=actor,
        )


def undeploy_target(
    *, target_id: str, delete_claims: Sequence[str] = (), timeout_seconds: int | None = None, actor: Principal
) -> Run:
    """Take away all that runs there; the namespace too, if this target made it and nobody else uses it."""
    target = get_target(target_id=target_id, actor=actor)
    refuse_onlookers(target, actor)
    if not (is_live(target) or target.made_namespace):
        raise NothingDeployed
    _refuse_strangers(target, (), actor)
    options = RunOptions(
        delete_claims=tuple(delete_claims), timeout_seconds=timeout_seconds or RunOptions().timeout_seconds
    )
    with transaction.atomic():
        return _undeploy(_lock_target(target), options, actor)


def revert_objects(*, target: Target, objects: Sequence[ObjectKey], options: RunOptions, actor: Principal) -> Run:
    """Apply these of what is deployed again as they were released, whoever changed them since; nothing else."""
    _refuse_strangers(target, (), actor)
    with transaction.atomic():
        locked = _lock_target(target)
        current = locked.current_release
        if current is None or current.is_tombstone:
            raise NothingDeployed
        release = make_release(target=locked, content=content_of(current), version=current.version, source=REVERT)
        return _begin(
            locked,
            operation=REVERT,
            release=release,
            version_number=current.version.number if current.version is not None else last_version(locked),
            options=replace(options, force_conflicts=True, objects=tuple(objects)),
            detail={"objects": [str(key) for key in objects]},
            actor=actor,
        )


def clean_up_workflow(*, workflow: Workflow, delete_claims: Sequence[str], actor: Principal) -> list[str]:
    """Take away all that `workflow` deployed, everywhere; the ids of the runs that do it. Clusters that were
    removed are out of reach and passed over. Called in the transaction of a deletion or archiving."""
    options = RunOptions(delete_claims=tuple(delete_claims))
    targets = Target.objects.filter(workflow=workflow).exclude(cluster=None).order_by("pk")
    live = [target for target in targets if is_live(target)]
    for target in live:
        _refuse_strangers(target, (), actor)
    with transaction.atomic():
        return [_undeploy(_lock_target(target), options, actor).pk for target in live]


def cancel_run(*, run_id: str, actor: Principal) -> Run:
    """Ask a run to stop where it is. What it applied stays. Asking twice is asking once."""
    wanted = get_run(run_id=run_id, actor=actor)
    refuse_onlookers(wanted, actor)
    with transaction.atomic():
        # A run that is being taken back is carried by the one that does it. Newest first, as its ledger locks.
        rows = Run.objects.select_for_update(of=("self",)).select_related("target").order_by("-pk")
        *following, run = rows.filter(Q(pk=wanted.pk) | Q(rolls_back=wanted))
        if run.status not in IN_PROGRESS:
            raise RunIsOver(run.status)
        if run.status == RunStatus.DEPLOYING:
            _cancel([run, *(each for each in following if each.status == RunStatus.DEPLOYING)], actor)
        return run


def plan_run(
    *,
    workflow_id: str,
    cluster: str = "",
    namespace: str = "",
    version: int | None = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    actor: Principal,
) -> Json:
    """What a run would do to each object. Nothing is changed, neither here nor there."""
    workflow = get_workflow(workflow_id=workflow_id, need=need_for(options), actor=actor)
    refuse_archived(workflow)
    place = find_place(workflow=workflow, cluster=cluster, namespace=namespace, actor=actor)
    graph_text = version_of(workflow, version).graph if version is not None else workflow.graph
    target = target_of(place) or Target(workflow=workflow, cluster=place.cluster, namespace=place.namespace)
    # What is wrong with the graph itself is told also when the cluster says nothing.
    compile_or_refuse(workflow=workflow, graph_text=graph_text, namespace=place.namespace, capabilities=None)
    try:
        gateway = gateway_for(place.cluster.pk)
        bundle = compile_or_refuse(
            workflow=workflow,
            graph_text=graph_text,
            namespace=place.namespace,
            capabilities=ask_capabilities(gateway),
            cluster_id=place.cluster.pk,
        )
        refuse_elsewhere(place.cluster.pk, (item.namespace for item in bundle.objects), actor)
        parent = parent_of_target(target.pk, target.namespace, workflow.name)
        content = content_of_bundle(bundle, parent)
        setting = Setting(
            parent=parent,
            content=content,
            known=inventory.load(target.inventory),
            values=_values(content, workflow),
            takes_from=sets_on(place.cluster.pk, workflow.workspace_id) if options.take_over else frozenset(),
            force_conflicts=options.force_conflicts,
            delete_claims=options.delete_claims,
            made_namespace=target.made_namespace,
        )
        executor = Executor(View(gateway), setting, guard=_never)
        return told_to(call(executor.plan(), timeout=PLAN_SECONDS).document, actor)
    except ClusterError as error:
        raise told(error) from error


async def _never() -> None:
    """The guard of what writes nothing."""
    raise RuntimeError("A plan does not write.")


def _values(content: Content, workflow: Workflow) -> dict[str, str]:
    return reveal_secrets(revisions=revisions(content.objects), workspace=workflow.workspace_id)


def _refuse_strangers(target: Target, namespaces: Iterable[str], actor: Principal) -> None:
    """Whoever changes what is on a cluster needs the right to, wherever the target has something."""
    if target.cluster_id is None:
        raise ClusterGone
    known = (str(entry["namespace"]) for entry in target.inventory)
    refuse_elsewhere(target.cluster_id, {target.namespace, *known, *namespaces}, actor)


def _lock(workflow: Workflow) -> Workflow:
    """Held until the end: of two who start a run at the same time, the second finds that of the first."""
    return Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)


def _target_at(place: Place) -> Target:
    target, _ = Target.objects.select_for_update(of=("self",)).get_or_create(
        workflow=place.workflow,
        cluster=place.cluster,
        namespace=place.namespace,
        defaults={"workspace_id": place.workflow.workspace_id},
    )
    return target


def _lock_target(target: Target) -> Target:
    """As it is now; refuses while a run is in progress on it, and when its cluster is gone."""
    locked = Target.objects.select_for_update(of=("self",)).select_related("current_release__version").get(pk=target.pk)
    if locked.cluster_id is None:
        raise ClusterGone
    refuse_busy(locked)
    return locked


def _undeploy(target: Target, options: RunOptions, actor: Principal) -> Run:
    before = target.current_release
    release = make_release(target=target, content=Content(), version=None, source=UNDEPLOY, is_tombstone=True)
    number = before.version.number if before is not None and before.version is not None else last_version(target)
    return _begin(target, operation=UNDEPLOY, release=release, version_number=number, options=options, actor=actor)


def _begin(
    target: Target,
    *,
    operation: str,
    release: Release | None = None,
    version_number: int | None,
    options: RunOptions,
    detail: Json | None = None,
    actor: Principal,
) -> Run:
    """The last steps of every start. `target` is locked by the caller."""
    try:
        with transaction.atomic():
            run = Run.objects.create(
                workspace_id=target.workspace_id,
                workflow_id=target.workflow_id,
                target=target,
                release=release,
                version_number=version_number,
                operation=operation,
                options=options.to_json(),
                started_by=actor.name[:_STARTER],
            )
    except IntegrityError:
        raise RunInProgress(running_on(target)) from None
    enqueue_run(run)
    audit.record(
        action=_ACTIONS[operation],
        object_type="run",
        object_id=run.pk,
        detail={
            "workflow": target.workflow_id,
            "target": target.pk,
            "namespace": target.namespace,
            "version": version_number,
            **(detail or {}),
        },
        workspace=target.workspace_id,
        actor=actor,
    )
    publish_start(run)
    return run


def _cancel(runs: Sequence[Run], actor: Principal) -> None:
    """The first is the one that was asked to stop."""
    for run in runs:
        run.status = RunStatus.CANCELLING
        run.save(update_fields=["status"])
        enqueue_run(run)
    asked = runs[0]
    audit.record(
        action="run.cancelled",
        object_type="run",
        object_id=asked.pk,
        detail={"workflow": asked.workflow_id, "target": asked.target_id},
        workspace=asked.workspace_id,
        actor=actor,
    )
    publish_many([run_event(run) for run in runs])


_ACTIONS = {
    DEPLOY: "run.started",
    ROLLBACK: "run.rollback_started",
    UNDEPLOY: "run.undeploy_started",
    REVERT: "run.revert_started",
}
