"""Every change of clusters, and the gateways to them. The modules beside this one hold them by concern."""

from clusters.resources.sets import register_sets_of_workflow
from clusters.services.checks import change_credentials, check_cluster, test_cluster, wake_stale_checks
from clusters.services.gateways import call, forget_all, gateway_for
from clusters.services.inputs import Given
from clusters.services.lifecycle import create_cluster, delete_cluster, set_default_cluster, update_cluster
from clusters.services.live_targets import LiveTargetCheck, register_live_target_check, register_revoked
from clusters.services.refreshing import measure_cluster, refresh_cluster
from clusters.services.rows import Check
from clusters.services.sharing import share_cluster, unshare_cluster
from clusters.services.usage import Usage, total
from clusters.types import Finding

__all__ = [
    "Check",
    "Finding",
    "Given",
    "LiveTargetCheck",
    "Usage",
    "call",
    "change_credentials",
    "check_cluster",
    "create_cluster",
    "delete_cluster",
    "forget_all",
    "gateway_for",
    "measure_cluster",
    "refresh_cluster",
    "register_live_target_check",
    "register_revoked",
    "register_sets_of_workflow",
    "set_default_cluster",
    "share_cluster",
    "test_cluster",
    "total",
    "unshare_cluster",
    "update_cluster",
    "wake_stale_checks",
]
