"""Pull secrets of what runs already follow their registries: a new password, one that expires, or none any more.

Leased work, one piece per target. Only the secret is written, exactly as the last release has it but with the
passwords of now.
"""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from clusters.kube.gateway import Gateway
from clusters.registries.pulling import is_pull_reference
from clusters.registries.selectors import short_lived_registries
from clusters.selectors import rights_of_workspaces
from clusters.services import call, gateway_for
from clusters.types import Need
from core.work import registry
from core.work import services as work
from core.work.types import Lease
from workflows.deploy.applyset import part_of
from workflows.deploy.content import ReleaseObject, fill, revisions
from workflows.deploy.removal import Guard
from workflows.deploy.view import SECRET, View
from workflows.models import Release, Target
from workflows.runs.fence import guard_of
from workflows.runs.places import running_on
from workflows.runs.releases import content_of, parent_of
from workflows.services.secrets import reveal_secrets

WORK_KIND = "workflows.renew_pull_secrets"
# Passwords that are made for each use last 12 hours, and may be some hours old when they are given.
EVERY = timedelta(hours=6)
# A run that is under way brings what it read when it began; it is looked at again when it is over.
AFTER_A_RUN = timedelta(seconds=15)
SECONDS = 60.0


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(WORK_KIND, carry_out, "run", retry_in=10)


def renew_where_used(registry_id: str) -> None:
    """Registered with the registries, in the transaction of their change."""
    for target_id, workspace in _using(registry_id):
        work.enqueue(kind=WORK_KIND, key=target_id, payload={}, workspace=workspace)


def renew_short_lived() -> int:
    """For the sweep: sees to it that the work of each target that needs it waits for its time."""
    found = {pair for registry_id in short_lived_registries() for pair in _using(registry_id)}
    for target_id, workspace in sorted(found):
        work.enqueue(kind=WORK_KIND, key=target_id, payload={}, workspace=workspace, not_before=timezone.now() + EVERY)
    return len(found)


def carry_out(lease: Lease) -> None:
    """The handler of the work kind; `lease.key` is the id of the target."""
    target = Target.objects.select_related("workflow").filter(pk=lease.key).exclude(cluster=None).first()
    if target is None or not _may_write(target):
        return
    if running_on(target):
        work.release(lease, timezone.now() + AFTER_A_RUN)
        return
    release = target.releases.order_by("-sequence").first()
    secrets = _pull_secrets(release) if release is not None else []
    if not secrets:
        return
    values = reveal_secrets(revisions=revisions(secrets), workspace=target.workspace_id)
    bodies = [fill(item.body, values.__getitem__) for item in secrets]
    gateway = gateway_for(str(target.cluster_id))
    set_id = parent_of(target, target.workflow).id
    call(_renew(gateway, bodies, set_id, guard_of(lease)), timeout=SECONDS)


async def _renew(gateway: Gateway, bodies: list[dict[str, Any]], set_id: str, guard: Guard) -> None:
    """What somebody removed stays removed until the next run."""
    view = View(gateway)
    served = await view.kind(SECRET.group, SECRET.kind)
    if served is None:
        return
    for body in bodies:
        live = await view.read(served, body["metadata"]["name"], body["metadata"]["namespace"])
        if live is None or part_of(live) != set_id or live.get("data") == body["data"]:
            continue
        await guard()
        await gateway.apply(served, body)


def _using(registry_id: str) -> list[tuple[str, str]]:
    """Targets whose last release has a pull secret from that registry, with their workspaces."""
    rows = Release.objects.filter(
        sequence=F("target__last_sequence"), is_tombstone=False, secret_revisions__icontains=registry_id
    )
    return list(rows.exclude(target__cluster=None).values_list("target_id", "target__workspace_id"))


def _pull_secrets(release: Release) -> list[ReleaseObject]:
    return [
        item
        for item in content_of(release).objects
        if any(is_pull_reference(revision) for revision in revisions([item]))
    ]


def _may_write(target: Target) -> bool:
    pair = (target.workspace_id, str(target.cluster_id))
    rights = rights_of_workspaces([pair]).get(pair)
    return rights is not None and rights.may(Need.RUN, target.namespace)
