"""PersistentVolumeClaim: a volume that outlives the pods that mount it."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import Referable, manifest, present
from plugins.core.pods.build import quantity
from plugins.core.volumes import AccessModes, VolumeMode
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, Quantity, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem


class PersistentVolumeClaimData(Referable):
    size: Annotated[Quantity, about("Size", "Such as 10Gi.", required=True, placeholder="10Gi")] = ""
    storage_class: Annotated[
        str | None, about("Storage class", "Left out, the cluster's default.", group=Group.STORAGE)
    ] = None
    access_modes: AccessModes = None
    volume_mode: VolumeMode = None
    volume_name: Annotated[str | None, about("Volume", "Exactly this volume.", group=Group.ADVANCED)] = None
    selector: Annotated[
        Json | None,
        about(
            "Volume selector", "In Kubernetes' own words.", widget="json", group=Group.ADVANCED, shape="LabelSelector"
        ),
    ] = None
    data_source: Annotated[
        Json | None,
        about(
            "Data source",
            "A snapshot or claim to start from.",
            widget="json",
            group=Group.ADVANCED,
            shape="TypedLocalObjectReference",
        ),
    ] = None


def compile_claim(node: TypedNode[PersistentVolumeClaimData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    spec: Json = {
        "accessModes": data.access_modes or ["ReadWriteOnce"],
        "resources": {"requests": {"storage": quantity(data.size)}},
    }
    spec |= present(
        storageClassName=data.storage_class,
        volumeMode=data.volume_mode,
        volumeName=data.volume_name,
        selector=data.selector,
        dataSource=data.data_source,
    )
    yield manifest("v1", "PersistentVolumeClaim", node.name, spec=spec)


def check_claim(node: TypedNode[PersistentVolumeClaimData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    modes = data.access_modes or ["ReadWriteOnce"]
    if node.is_existing or "ReadWriteMany" in modes or "ReadOnlyMany" in modes:
        return
    for workload in wiring.targets(node, edges.MOUNTS):
        replicas = getattr(workload.data, "replicas", None)
        if workload.type.kind == "Deployment" and (replicas or 1) > 1:
            yield node.warning(
                "shared_volume",
                f"only one node can mount it, but {workload.label} has {replicas} replicas; "
                "choose ReadWriteMany or one replica.",
                field="access_modes",
            )


NODE_TYPE = NodeType(
    name="persistentvolumeclaim",
    display_name="Volume claim",
    description="Disk space that stays when the pods go.",
    icon="hard-drive",
    category="storage",
    data=PersistentVolumeClaimData,
    compile=compile_claim,
    check=check_claim,
    kind="PersistentVolumeClaim",
    api_versions=("v1",),
    defaults={"name": "data", "size": "1Gi"},
    connections=(edges.CLAIM_MOUNTS,),
)
