"""StatefulSet: pods with a name and a volume of their own, started one after the other."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import manifest, present
from plugins.core.pods.build import quantity
from plugins.core.pods.checks import check_workload
from plugins.core.pods.fields import HistoryLimit, MinReady, Replicas, WorkloadFields
from plugins.core.pods.template import pod_template
from plugins.core.volumes import AccessModes, VolumeMode
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, Quantity, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem


class ClaimTemplate(Data):
    """One volume for every pod."""

    name: Annotated[str, about("Name", required=True, format="dns-label")] = ""
    size: Annotated[Quantity, about("Size", "Such as 10Gi.", required=True)] = ""
    path: Annotated[str, about("Path", "Where it appears.", required=True, format="absolute-path")] = ""
    storage_class: Annotated[str | None, about("Storage class", "Empty means the cluster's default.")] = None
    access_modes: AccessModes = None
    volume_mode: VolumeMode = None
    sub_path: Annotated[str | None, about("Sub-path", format="relative-path")] = None
    read_only: Annotated[bool | None, about("Read-only")] = None
    labels: Annotated[dict[str, str] | None, about("Labels", widget="key-value")] = None
    annotations: Annotated[dict[str, str] | None, about("Annotations", widget="key-value")] = None


class StatefulSetData(WorkloadFields):
    replicas: Replicas = None
    claims: Annotated[
        list[ClaimTemplate] | None, about("Claims", "A volume of its own for every pod.", group=Group.STORAGE)
    ] = None
    service_name: Annotated[
        str | None,
        about(
            "Service name",
            "The headless service that names the pods; defaults to the connected one.",
            format="dns-label-1035",
            group=Group.NETWORK,
        ),
    ] = None
    pod_management_policy: Annotated[
        str | None,
        about("Pod management", choices=("OrderedReady", "Parallel"), group=Group.ROLLOUT),
    ] = None
    update_strategy: Annotated[
        Json | None,
        about(
            "Update strategy",
            widget="json",
            group=Group.ROLLOUT,
            shape="StatefulSetUpdateStrategy",
        ),
    ] = None
    claim_retention: Annotated[
        Json | None,
        about(
            "Claim retention",
            "Whether claims go with the set, in Kubernetes' own words.",
            widget="json",
            group=Group.STORAGE,
            shape="StatefulSetPersistentVolumeClaimRetentionPolicy",
        ),
    ] = None
    min_ready_seconds: MinReady = None
    revision_history_limit: HistoryLimit = None


def compile_stateful_set(node: TypedNode[StatefulSetData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    claims = data.claims or []
    mounts = [_claim_mount(claim) for claim in claims if claim.volume_mode != "Block"]
    template = pod_template(node, context, claim_mounts=mounts)
    scaled = bool(context.incoming(node, edges.SCALES))
    spec = present(replicas=None if scaled else data.replicas)
    spec["serviceName"] = _service_name(node, context.wiring)
    spec["selector"] = {"matchLabels": context.selector(node)}
    spec |= present(
        podManagementPolicy=data.pod_management_policy,
        updateStrategy=data.update_strategy,
        revisionHistoryLimit=data.revision_history_limit,
    )
    if data.min_ready_seconds is not None and context.require_minor(node, "min_ready_seconds", 22):
        spec["minReadySeconds"] = data.min_ready_seconds
    if data.claim_retention is not None and context.require_minor(node, "claim_retention", 23):
        spec["persistentVolumeClaimRetentionPolicy"] = data.claim_retention
    spec["template"] = template.body
    if data.claims is not None:
        spec["volumeClaimTemplates"] = [_claim_body(claim) for claim in claims]
    yield manifest("apps/v1", "StatefulSet", node.name, spec=spec)


def _service_name(node: TypedNode[StatefulSetData], wiring: Wiring) -> str:
    """A headless service gives the pods their names, so it comes before any other that selects them."""
    if node.data.service_name:
        return node.data.service_name
    services = wiring.sources(node, edges.SELECTS)
    services.sort(key=lambda service: (not service.data.headless, service.name))
    return services[0].name if services else node.name


def _claim_mount(claim: ClaimTemplate) -> Json:
    body: Json = {"name": claim.name, "mountPath": claim.path}
    return body | present(subPath=claim.sub_path, readOnly=claim.read_only)


def _claim_body(claim: ClaimTemplate) -> Json:
    """None of our labels: a claim template is immutable, and its claims outlive us."""
    spec: Json = {
        "accessModes": claim.access_modes or ["ReadWriteOnce"],
        "resources": {"requests": {"storage": quantity(claim.size)}},
    }
    spec |= present(storageClassName=claim.storage_class, volumeMode=claim.volume_mode)
    metadata: Json = {"name": claim.name}
    return {"metadata": metadata | present(labels=claim.labels, annotations=claim.annotations), "spec": spec}


def check_stateful_set(node: TypedNode[StatefulSetData], wiring: Wiring) -> Iterator[Problem]:
    yield from check_workload(node, wiring)
    seen: set[str] = set()
    volumes = {volume.name for volume in node.data.volumes or ()}
    for index, claim in enumerate(node.data.claims or ()):
        if claim.name and (claim.name in seen or claim.name in volumes):
            yield node.problem(
                "duplicate_volume",
                f"two volumes are called {claim.name}; rename one.",
                field=f"claims.{index}.name",
            )
        seen.add(claim.name)


NODE_TYPE = NodeType(
    name="statefulset",
    display_name="Stateful set",
    description="A database or the like: every copy keeps its name and its own volume.",
    icon="database",
    category="workloads",
    data=StatefulSetData,
    compile=compile_stateful_set,
    check=check_stateful_set,
    kind="StatefulSet",
    api_versions=("apps/v1",),
    defaults={"name": "database", "image": "", "replicas": 1},
    roles=frozenset({edges.WORKLOAD}),
)
