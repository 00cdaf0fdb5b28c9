"""Building for nodes, and running what was built."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.services import principal_of
from builds import selectors as builds
from builds.events import register_finished
from builds.services import register_consumer, start_build
from builds.types import Consumer, FinishedBuild
from clusters.registries.selectors import visible_registries
from core.errors import AppError, InvalidInput, NotFound
from core.principal import Principal, system_principal
from core.work import registry
from core.work import services as work
from core.work.types import Lease
from plugins.sdk.objects import ObjectKey
from realtime import services as realtime
from workflows import events, stored
from workflows.building.nodes import BUILD, build_nodes, find_node, given_of, with_image
from workflows.models import AwaitedRun, AwaitedStatus, Workflow
from workflows.runs.places import find_place, refuse_archived
from workflows.runs.services import need_for, start_run
from workflows.runs.types import RunOptions
from workflows.selectors import get_workflow
from workflows.services.rows import tell, write
from workflows.services.versions import snapshot_version
from workflows.types import Need

Json = dict[str, Any]
KIND = "workflow"
WORK_KIND = "workflows.built"
AWAITED = "workflow.awaited_run"
BUILT = "workflow.image_built"
_LEASE_SECONDS = 30.0


class NodeNotFound(NotFound):
    code = "node_not_found"

    def __init__(self, node_id: str) -> None:
        super().__init__(f"The workflow has no node {node_id}.")


def register() -> None:
    """Called once, when the app is ready."""
    register_consumer(KIND, may_build_for)
    register_finished(on_finished)
    registry.register(WORK_KIND, carry_on, "build", lease_seconds=_LEASE_SECONDS)


def may_build_for(consumer_id: str, actor: Principal) -> None:
    """Whoever may change a workflow may have images built for it and its nodes."""
    workflow_id, _, node_id = consumer_id.partition("/")
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    if node_id and find_node(workflow.graph, node_id) is None:
        raise NodeNotFound(node_id)


def build_node(*, workflow_id: str, node_id: str, actor: Principal) -> Any:
    """Build what a build node says; its end sets the node's image."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    return _start(workflow, node_id, actor)


def build_and_run(
    *, workflow_id: str, cluster: str, namespace: str, options: RunOptions, actor: Principal
) -> AwaitedRun:
    """Build the image of every build node that is used, and run once all are there. A build that fails ends it."""
    workflow = get_workflow(workflow_id=workflow_id, need=need_for(options), actor=actor)
    refuse_archived(workflow)
    find_place(workflow=workflow, cluster=cluster, namespace=namespace, actor=actor)
    nodes = build_nodes(workflow.graph)
    if not nodes:
        message = "The workflow has no build node that gives a workload its image; run it without building."
        raise InvalidInput(message, fields={"build": [message]})
    with transaction.atomic():
        started = [_start(workflow, node_id, actor).pk for node_id in nodes]
        return AwaitedRun.objects.create(
            workflow=workflow,
            owner_id=actor.id,
            cluster=cluster,
            namespace=namespace,
            options=options.to_json(),
            builds=started,
            all_builds=started,
        )


def get_awaited_run(*, workflow_id: str, awaited_id: str, actor: Principal) -> AwaitedRun:
    """How far it is."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    found = AwaitedRun.objects.filter(workflow=workflow, pk=awaited_id[:36]).first()
    if found is None:
        raise NotFound("There is no such awaited run.", code="awaited_run_not_found")
    return found


def on_finished(finished: FinishedBuild) -> None:
    """In the transaction in which a build ends: what follows is work of its own, so that it cannot undo the build."""
    if finished.consumer_kind != KIND:
        return
    payload = {
        "consumer": finished.consumer_id,
        "image": finished.by_digest if finished.digest else "",
        "error": finished.error,
    }
    work.enqueue(kind=WORK_KIND, key=finished.id, payload=payload, workspace=finished.workspace)


def carry_on(lease: Lease) -> None:
    """The handler of the work kind; `lease.key` is the id of the build. Safe to repeat."""
    workflow_id, _, node_id = str(lease.payload["consumer"]).partition("/")
    image = str(lease.payload["image"])
    with work.fenced(lease):
        rows = Workflow.objects.select_for_update(of=("self",)).filter(pk=workflow_id, deleted_at=None)
        workflow = rows.first()
        if workflow is None:
            return
        if image and node_id and _may_still_change(workflow, lease.workspace):
            _set_image(workflow, node_id, image, lease.workspace)
        for awaited in AwaitedRun.objects.filter(workflow=workflow, status=AwaitedStatus.BUILDING):
            if lease.key in awaited.builds:
                _go_on(awaited, lease.key, image, str(lease.payload["error"]))


def _may_still_change(workflow: Workflow, workspace: str) -> bool:
    """Whether those who had it built may put it there: somebody with whom it was shared may be none by now."""
    try:
        get_workflow(workflow_id=workflow.pk, need=Need.EDIT, actor=system_principal("builds", workspace))
    except AppError:
        return False
    return True


def _set_image(workflow: Workflow, node_id: str, image: str, workspace: str) -> None:
    text = with_image(workflow.graph, node_id, image)
    if text is None:
        return
    actor = system_principal("builds", workspace)
    workflow.graph, workflow.node_words = text, stored.node_words(text)
    write(workflow, "graph", "node_words")
    message = f"Built {image}"
    version = snapshot_version(workflow=workflow, message=message, is_automatic=True, actor=actor)
    detail = {"node": node_id, "image": image, "version": version.number}
    tell(workflow, events.UPDATED, actor, action=BUILT, detail=detail, changed=["graph"])


def _go_on(awaited: AwaitedRun, build_id: str, image: str, error: str) -> None:
    awaited.builds = [each for each in awaited.builds if each != build_id]
    if not image:
        awaited.status, awaited.error = AwaitedStatus.FAILED, f"An image could not be built: {error}"
    elif not awaited.builds:
        _run(awaited)
    awaited.save(update_fields=["builds", "status", "run_id", "error"])
    workspace = awaited.workflow.workspace_id
    realtime.publish(
        stream=events.stream_of(workspace),
        type=AWAITED,
        workspace=workspace,
        subject=awaited.workflow_id,
        payload=awaited_json(awaited),
    )


def _run(awaited: AwaitedRun) -> None:
    """With the rights that its owner has now."""
    if not awaited.owner.is_active:
        awaited.status, awaited.error = AwaitedStatus.FAILED, "The account of whoever wanted it was closed meanwhile."
        return
    options = {**awaited.options, "delete_claims": tuple(awaited.options.get("delete_claims") or ())}
    options["objects"] = tuple(ObjectKey(*key) for key in options.get("objects") or ())
    try:
        with transaction.atomic():
            run = start_run(
                workflow_id=awaited.workflow_id,
                cluster=awaited.cluster,
                namespace=awaited.namespace,
                options=RunOptions(**options),
                actor=principal_of(awaited.owner),
            )
    except AppError as error:
        awaited.status, awaited.error = AwaitedStatus.FAILED, error.message
    else:
        awaited.status, awaited.run_id = AwaitedStatus.STARTED, run.pk


def awaited_json(awaited: AwaitedRun) -> Json:
    return {
        "id": awaited.pk,
        "workflow_id": awaited.workflow_id,
        "status": str(awaited.status),
        "builds": awaited.all_builds,
        "run_id": awaited.run_id or None,
        "error": awaited.error,
    }


def _start(workflow: Workflow, node_id: str, actor: Principal) -> Any:
    node = find_node(workflow.graph, node_id)
    if node is None:
        raise NodeNotFound(node_id)
    if node.get("type") != BUILD:
        message = f"{node_id} is no build node; draw one and connect it to the workload."
        raise InvalidInput(message, fields={"node_id": [message]})
    wanted = str((node.get("data") or {}).get("registry") or "")
    found = visible_registries(actor).filter(Q(pk=wanted) | Q(name=wanted)).first() if wanted else None
    if wanted and found is None:
        message = f"There is no registry {wanted} that you may use."
        raise InvalidInput(message, fields={"registry": [message]})
    consumer = Consumer(KIND, f"{workflow.pk}/{node_id}")
    earlier = builds.latest_build(consumer=consumer, actor=actor)
    return start_build(
        given=given_of(node, found.pk if found else ""), consumer=consumer, secrets_of=earlier, actor=actor
    )


__all__ = ["awaited_json", "build_and_run", "build_node", "get_awaited_run", "register"]
