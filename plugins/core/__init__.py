"""The node types of Kubernetes itself: one module each. Pure.

`ALL` is their order in the palette.
"""

from typing import Any

from plugins.core import (
    build,
    configmap,
    cronjob,
    daemonset,
    deployment,
    group,
    hpa,
    httproute,
    ingress,
    job,
    limitrange,
    manifest,
    namespace,
    networkpolicy,
    note,
    persistentvolumeclaim,
    poddisruptionbudget,
    resourcequota,
    secret,
    service,
    serviceaccount,
    statefulset,
)
from plugins.sdk.nodetype import NodeType

ALL: tuple[NodeType[Any], ...] = (
    deployment.NODE_TYPE,
    statefulset.NODE_TYPE,
    daemonset.NODE_TYPE,
    job.NODE_TYPE,
    cronjob.NODE_TYPE,
    service.NODE_TYPE,
    ingress.NODE_TYPE,
    httproute.NODE_TYPE,
    networkpolicy.NODE_TYPE,
    configmap.NODE_TYPE,
    secret.NODE_TYPE,
    persistentvolumeclaim.NODE_TYPE,
    hpa.NODE_TYPE,
    poddisruptionbudget.NODE_TYPE,
    serviceaccount.NODE_TYPE,
    namespace.NODE_TYPE,
    resourcequota.NODE_TYPE,
    limitrange.NODE_TYPE,
    build.NODE_TYPE,
    manifest.NODE_TYPE,
    group.NODE_TYPE,
    note.NODE_TYPE,
)
