"""Versions: graphs that do not change any more. A version is made of the draft; restoring makes another one."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from audit import services as audit
from core.principal import Principal
from workflows import events, stored
from workflows.models import Version, Workflow
from workflows.selectors import version_of, visible_workflows
from workflows.services.rows import Check, lock, tell, unchecked, write
from workflows.types import RestoredVersion, VersionFields

# May refuse a change, seeing the version as it is under the lock.
VersionCheck = Callable[[Version], None]
_CREATOR = 200


@transaction.atomic
def create_version(*, workflow_id: str, fields: VersionFields | None = None, actor: Principal) -> Version:
    """The draft as it is now, under the next number."""
    workflow = lock(visible_workflows(actor), workflow_id)
    return _add(workflow, workflow, fields or {}, actor)


@transaction.atomic
def snapshot_version(*, workflow: Workflow, message: str = "", is_automatic: bool = False, actor: Principal) -> Version:
    """For a run: the draft as it is in the database, whatever `workflow` was read as. Runs do not change the
    workflow's ETag, so this neither counts as a change of it."""
    row = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    version = _add(row, row, {"description": message}, actor, is_automatic=is_automatic)
    workflow.latest_version = version.number
    return version


@transaction.atomic
def update_version(
    *, workflow_id: str, number: str, fields: VersionFields, check: VersionCheck, actor: Principal
) -> Version:
    """Name, description and tag; the graph never changes."""
    workflow = lock(visible_workflows(actor), workflow_id)
    version = version_of(workflow, number, for_update=True)
    check(version)
    changed = [name for name, value in fields.items() if getattr(version, name) != value]
    if not changed:
        return version
    for name in changed:
        setattr(version, name, fields[name])  # type: ignore[literal-required]
    version.revision += 1
    version.save(update_fields=[*changed, "revision", "updated_at"])
    _record(workflow, version, "workflow.version_updated", {"changed": changed}, actor)
    events.publish(workflow, events.VERSION_UPDATED, version=version.number)
    return version


@transaction.atomic
def restore_version(*, workflow_id: str, number: str, check: Check = unchecked, actor: Principal) -> RestoredVersion:
    """The draft becomes what the version held, its secret values included, and a new version says so. Nothing
    is deployed."""
    workflow = lock(visible_workflows(actor), workflow_id, check)
    old = version_of(workflow, number)
    fields: VersionFields = {"description": f"Restored from version {old.number}."}
    version = _add(workflow, old, fields, actor, restored_from=old.number)
    workflow.graph, workflow.node_count, workflow.edge_count = old.graph, old.node_count, old.edge_count
    write(workflow, "graph", "node_count", "edge_count")
    detail = {"restored_from": old.number, "version": version.number}
    tell(workflow, events.UPDATED, actor, action="workflow.version_restored", detail=detail, version=version.number)
    return RestoredVersion(workflow, version)


def _add(
    workflow: Workflow,
    source: Workflow | Version,
    fields: VersionFields,
    actor: Principal,
    *,
    is_automatic: bool = False,
    restored_from: int | None = None,
) -> Version:
    """`workflow` is locked, so that numbers have no gaps and none comes twice."""
    version = Version.objects.create(
        workflow=workflow,
        number=workflow.latest_version + 1,
        is_automatic=is_automatic,
        restored_from=restored_from,
        graph=source.graph,
        sha256=stored.sha256(source.graph),
        node_count=source.node_count,
        edge_count=source.edge_count,
        created_by=actor.name[:_CREATOR],
        **fields,
    )
    workflow.latest_version = version.number
    Workflow.objects.filter(pk=workflow.pk).update(latest_version=F("latest_version") + 1)
    detail: dict[str, object] = {"is_automatic": is_automatic} | {"restored_from": restored_from}
    _record(workflow, version, "workflow.version_created", detail, actor)
    events.publish(workflow, events.VERSION_CREATED, version=version.number, is_automatic=is_automatic)
    return version


def _record(workflow: Workflow, version: Version, action: str, detail: dict[str, object], actor: Principal) -> None:
    audit.record(
        action=action,
        object_type="workflow",
        object_id=workflow.pk,
        object_name=workflow.name,
        detail={"version": version.number, **detail},
        workspace=workflow.workspace_id,
        actor=actor,
    )
