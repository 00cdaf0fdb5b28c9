"""Which cluster a workspace uses where none is named: one of its own, or one that is shared with it.

Everything here is called with the workspace locked.
"""

from clusters import events
from clusters.access import mark_default, mark_own
from clusters.models import Cluster, ClusterAccess, ClusterShare
from clusters.services.rows import tell
from core.principal import Principal


def has_default(workspace: str) -> bool:
    own = Cluster.objects.filter(workspace_id=workspace, is_default=True)
    return own.exists() or ClusterShare.objects.filter(workspace_id=workspace, is_default=True).exists()


def clear_default(workspace: str) -> None:
    Cluster.objects.filter(workspace_id=workspace, is_default=True).update(is_default=False)
    ClusterShare.objects.filter(workspace_id=workspace, is_default=True).update(is_default=False)


def make_default(cluster: Cluster, workspace: str) -> None:
    """`cluster` is the workspace's own, or shared with it."""
    clear_default(workspace)
    if cluster.workspace_id == workspace:
        Cluster.objects.filter(pk=cluster.pk).update(is_default=True)
        cluster.is_default = True
    else:
        ClusterShare.objects.filter(cluster=cluster, workspace_id=workspace).update(is_default=True)
    mark_default(cluster)


def fall_back_to_practice(workspace: str, actor: Principal) -> None:
    """The default is gone. Without a practice cluster nothing is, for nobody asked to deploy to some other one."""
    practice = Cluster.objects.filter(workspace_id=workspace, access=ClusterAccess.PRACTICE).first()
    if practice is not None:
        mark_own(practice)
        make_default(practice, workspace)
        tell(practice, events.DEFAULT_CHANGED, {}, actor)
