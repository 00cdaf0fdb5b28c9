"""Where a run goes: which cluster, which namespace, and what is there already."""

import re
from collections.abc import Iterable

from clusters import selectors as clusters
from clusters.kube.gateway import ClusterError, Gateway
from clusters.services import call, gateway_for
from clusters.types import Need
from core.errors import InvalidInput
from core.principal import Principal
from plugins.sdk.capabilities import Capabilities
from workflows.models import Run, RunStatus, Target, Workflow, WorkflowStatus
from workflows.runs.errors import NoCluster, OwnerMayNotRun, RunInProgress, WorkflowArchived
from workflows.runs.types import Place

IN_PROGRESS = (RunStatus.DEPLOYING, RunStatus.CANCELLING)
DEFAULT_NAMESPACE = "default"
# Long enough for a slow cluster, short enough for somebody who waits for an answer.
PATIENCE = 8.0
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def find_place(*, workflow: Workflow, cluster: str, namespace: str, actor: Principal) -> Place:
    """`cluster` is a name or id; without one it is the workflow's, else the default one. A 403 for whoever may
    look there and not run."""
    chosen = cluster or workflow.cluster_id
    if not chosen:
        default = clusters.get_default_cluster(actor=actor)
        if default is None:
            raise NoCluster
        chosen = default.pk
    # Whether there is such a cluster is told before what is wrong with the name of a namespace.
    seen = clusters.get_cluster(name_or_id=chosen, actor=actor)
    place = check_namespace(namespace or workflow.namespace or DEFAULT_NAMESPACE)
    found = clusters.get_cluster(name_or_id=seen.pk, need=Need.RUN, namespace=place, actor=actor)
    _refuse_without_owner(workflow, found.pk, place, actor)
    return Place(workflow, found, place)


def _refuse_without_owner(workflow: Workflow, cluster_id: str, namespace: str, actor: Principal) -> None:
    """What is deployed belongs to the workflow's owner, whoever runs it: so they too must have the right to."""
    pair = (workflow.workspace_id, cluster_id)
    if workflow.workspace_id == actor.workspace:
        return
    rights = clusters.rights_of_workspaces([pair]).get(pair)
    if rights is None or not rights.may(Need.RUN, namespace):
        raise OwnerMayNotRun


def refuse_elsewhere(cluster_id: str, namespaces: Iterable[str], actor: Principal) -> None:
    """A cluster may be shared with somebody only in part: a 403 when any of `namespaces` is not of that part.
    "" stands for what belongs to no namespace."""
    rights = clusters.rights_on(cluster_id=cluster_id, actor=actor)
    for namespace in sorted(set(namespaces)):
        if rights is None or not rights.may(Need.RUN, namespace):
            clusters.get_cluster(name_or_id=cluster_id, need=Need.RUN, namespace=namespace, actor=actor)


def check_namespace(name: str) -> str:
    if _NAMESPACE.fullmatch(name) is None:
        message = "A namespace has up to 63 lower case letters, digits and dashes, with no dash at either end."
        raise InvalidInput(message, fields={"namespace": [message]})
    return name


def refuse_archived(workflow: Workflow) -> None:
    if workflow.status == WorkflowStatus.ARCHIVED:
        raise WorkflowArchived


def target_of(place: Place) -> Target | None:
    return Target.objects.filter(workflow=place.workflow, cluster=place.cluster, namespace=place.namespace).first()


def running_on(target: Target) -> str:
    """The id of the run that is in progress there, or ""."""
    rows = Run.objects.filter(target=target, status__in=IN_PROGRESS, rolls_back=None)
    return rows.values_list("pk", flat=True).first() or ""


def refuse_busy(target: Target | None) -> None:
    busy = running_on(target) if target is not None else ""
    if busy:
        raise RunInProgress(busy)


def ask_capabilities(gateway: Gateway) -> Capabilities:
    """What the cluster serves; ClusterError when it does not say so in time."""
    return call(gateway.capabilities(), timeout=PATIENCE)


def capabilities_if_known(cluster_id: str) -> Capabilities | None:
    """For what is better with them and works without."""
    try:
        return ask_capabilities(gateway_for(cluster_id))
    except ClusterError:
        return None
