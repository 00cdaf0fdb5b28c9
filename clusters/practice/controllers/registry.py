"""Which controllers a tenant runs.

Must not know what they do.
"""

from __future__ import annotations

from .accounting import BudgetController, QuotaController
from .autoscaler import AutoscalerController
from .base import Controller, Manager
from .cronjob import CronJobController
from .daemonset import DaemonSetController
from .deployment import DeploymentController
from .exposure import IngressController, LoadBalancerController
from .job import JobController
from .kubelet import Kubelet
from .lifecycle import CrdController, GarbageCollector, NamespaceController
from .replicaset import ReplicaSetController
from .scheduler import Scheduler
from .services import EndpointController
from .statefulset import StatefulSetController
from .volumes import ClaimController, VolumeController

KINDS: tuple[type[Controller], ...] = (
    NamespaceController,
    GarbageCollector,
    CrdController,
    CronJobController,
    JobController,
    DeploymentController,
    StatefulSetController,
    DaemonSetController,
    ReplicaSetController,
    ClaimController,
    VolumeController,
    Scheduler,
    Kubelet,
    EndpointController,
    QuotaController,
    BudgetController,
    AutoscalerController,
    LoadBalancerController,
    IngressController,
)


def all_of(manager: Manager) -> list[Controller]:
    return [kind(manager) for kind in KINDS]
