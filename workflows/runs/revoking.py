"""What goes on where somebody lost the right to run: it is cancelled, and what it applied stays."""

from django.db import transaction

from clusters.selectors import rights_of_workspaces
from clusters.types import Need
from core.principal import system_principal
from workflows.models import Run, RunStatus
from workflows.runs.errors import RunIsOver
from workflows.runs.services import cancel_run


@transaction.atomic
def cancel_where_not_allowed(cluster_id: str, workspace: str) -> None:
    """Registered with clusters: the rights of `workspace` on a cluster became less, or ended."""
    rights = rights_of_workspaces([(workspace, cluster_id)]).get((workspace, cluster_id))
    rows = Run.objects.filter(workspace_id=workspace, target__cluster_id=cluster_id, status=RunStatus.DEPLOYING)
    for run_id, namespace in rows.order_by("pk").values_list("pk", "target__namespace"):
        if rights is not None and rights.may(Need.RUN, namespace):
            continue
        try:
            cancel_run(run_id=run_id, actor=system_principal("sharing", workspace))
        except RunIsOver:
            continue  # It ended by itself just now.
