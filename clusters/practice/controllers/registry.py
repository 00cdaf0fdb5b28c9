"""Which controllers a tenant runs.

Must not know what they do.
"""

from __future__ import annotations

from .base import Controller, Manager
from .deployment import DeploymentController
from .kubelet import Kubelet
from .lifecycle import CrdController, GarbageCollector, NamespaceController
from .replicaset import ReplicaSetController
from .scheduler import Scheduler
from .services import EndpointController


def all_of(manager: Manager) -> list[Controller]:
    kinds = (
        NamespaceController, GarbageCollector, CrdController, DeploymentController, ReplicaSetController, Scheduler,
        Kubelet, EndpointController,
    )  # fmt: skip
    return [kind(manager) for kind in kinds]
