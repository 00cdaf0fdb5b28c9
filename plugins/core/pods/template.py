"""The pod template of a workload: its own fields and what its edges bring, in Kubernetes' words."""

from typing import Any

from plugins.core import edges
from plugins.core.pods.build import container_body as _container_body
from plugins.core.pods.build import merged, set_present, side_container
from plugins.core.pods.fields import LocalName, PodFields, WorkloadFields
from plugins.core.pods.wiring import PodWiring, wire_pods
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, TypedNode


class PodTemplate:
    """A finished template, and what the workload around it wants to know of it."""

    __slots__ = ("body", "wiring")

    def __init__(self, body: Json, wiring: PodWiring) -> None:
        self.body = body
        self.wiring = wiring


def pod_template(
    node: TypedNode[Any],
    context: CompileContext,
    *,
    restart_policy: str | None = None,
    claim_mounts: list[Json] | None = None,
) -> PodTemplate:
    """`claim_mounts` are those of a stateful set's own claims, which belong to the main container."""
    data: WorkloadFields = node.data
    wiring = wire_pods(node, context)
    wiring.containers[wiring.main].mounts.extend(claim_mounts or ())
    metadata: Json = {"labels": pod_labels(node, context)}
    annotations = dict(data.pod_annotations or {})
    if wiring.digests:
        wiring.digests.sort(key=lambda item: (item[0], item[1]))
        annotations[names.CONFIG_DIGEST] = context.digest(wiring.digests)
    if annotations or data.pod_annotations is not None:
        metadata["annotations"] = annotations
    spec = _pod_spec(node, data, wiring, context)
    if restart_policy is not None:
        spec["restartPolicy"] = restart_policy
    return PodTemplate({"metadata": metadata, "spec": spec}, wiring)


def pod_labels(node: AnyNode, context: CompileContext) -> dict[str, str]:
    """The selector's labels always win: pods that their owner does not select would be made for ever."""
    labels = {**(node.data.pod_labels or {}), **context.selector(node)}
    for service in context.wiring.sources(node, edges.SELECTS):
        if shares_service(service, context):
            labels[service_label(service)] = "true"
    return labels


def shares_service(service: AnyNode, context: CompileContext) -> bool:
    """Whether one service selects several workloads, so that its selector needs a label of its own."""
    if service.is_existing or service.data.selector:
        return False
    return len(context.wiring.targets(service, edges.SELECTS)) > 1


def service_label(service: AnyNode) -> str:
    return names.SERVICE_PREFIX + names.label_value(service.name)


def _pod_spec(node: AnyNode, data: WorkloadFields, wiring: PodWiring, context: CompileContext) -> Json:
    main = wiring.containers[wiring.main]
    body = _container_body(data, wiring.main, main.image or data.image, *merged(data, *main.parts()))
    containers = [body]
    for side in data.containers or ():
        wired = wiring.containers[side.name]
        containers.append(side_container(side, wired.image or side.image, wired.parts()))
    spec: Json = {}
    if data.init_containers is not None:
        spec["initContainers"] = [
            side_container(side, wiring.containers[side.name].image or side.image, wiring.containers[side.name].parts())
            for side in data.init_containers
        ]
    spec["containers"] = containers
    volumes = wiring.volumes + [{"name": volume.name, **volume.source} for volume in data.volumes or ()]
    if volumes or data.volumes is not None:
        spec["volumes"] = volumes
    _set_pull_secrets(spec, data, wiring)
    account = wiring.service_account or data.service_account
    if account:
        spec["serviceAccountName"] = account
    _set_pod_fields(spec, data)
    _check_age(node, data, context)
    return spec


def _set_pull_secrets(spec: Json, data: PodFields, wiring: PodWiring) -> None:
    wanted = list(wiring.pull_secrets)
    for item in data.image_pull_secrets or ():
        name = item.name if isinstance(item, LocalName) else item
        if name not in wanted:
            wanted.append(name)
    if wanted or data.image_pull_secrets is not None:
        spec["imagePullSecrets"] = [{"name": name} for name in wanted]


def _set_pod_fields(spec: Json, data: PodFields) -> None:
    set_present(
        spec,
        automountServiceAccountToken=data.automount_token,
        securityContext=data.pod_security_context,
        nodeSelector=data.node_selector,
        nodeName=data.node_name,
        tolerations=data.tolerations,
        affinity=data.affinity,
        topologySpreadConstraints=data.topology_spread,
        priorityClassName=data.priority_class,
        runtimeClassName=data.runtime_class,
        schedulerName=data.scheduler_name,
        terminationGracePeriodSeconds=data.termination_grace_seconds,
        dnsPolicy=data.dns_policy,
        dnsConfig=data.dns_config,
        hostname=data.hostname,
        subdomain=data.subdomain,
        hostNetwork=data.host_network,
        hostPID=data.host_pid,
        hostIPC=data.host_ipc,
        shareProcessNamespace=data.share_process_namespace,
        enableServiceLinks=data.enable_service_links,
    )
    if data.host_aliases is not None:
        spec["hostAliases"] = [{"ip": item.ip, "hostnames": item.hostnames} for item in data.host_aliases]


def _check_age(node: AnyNode, data: WorkloadFields, context: CompileContext) -> None:
    """An old API server answers 500 to a field that it does not know: better said here, on the field."""
    if context.has_minor(30):
        return
    for where, container in _all_containers(data):
        prefix = f"{where}." if where else ""
        for name in ("liveness", "readiness", "startup"):
            probe = getattr(container.probes, name, None)
            if probe is not None and probe.grpc is not None:
                context.require_minor(node, f"{prefix}probes.{name}.grpc", 24)
        lifecycle = container.lifecycle
        if lifecycle is not None:
            for name in ("post_start", "pre_stop"):
                handler = getattr(lifecycle, name)
                if handler is not None and handler.sleep is not None:
                    context.require_minor(node, f"{prefix}lifecycle.{name}.sleep", 30)
    for index, side in enumerate(data.init_containers or ()):
        if side.restart_policy is not None:
            context.require_minor(node, f"init_containers.{index}.restart_policy", 29)


def _all_containers(data: WorkloadFields) -> list[tuple[str, Any]]:
    sides = [(f"init_containers.{index}", item) for index, item in enumerate(data.init_containers or ())]
    sides += [(f"containers.{index}", item) for index, item in enumerate(data.containers or ())]
    return [("", data), *sides]
