"""The fields of a workload: its main container, its pods, and the object around them."""

from typing import Annotated

from plugins.core.base import AnnotationsField, LabelsField, NameField, NamespaceField, OverridesField
from plugins.core.pods.containers import Container, ContainerFields
from plugins.sdk.fields import Annotations, Data, Group, Json, Labels, about


class Volume(Data):
    """A volume in Kubernetes' own words: `{emptyDir: {}}`, `{configMap: {name: ...}}`."""

    name: Annotated[str, about("Name", required=True, format="dns-label")] = ""
    source: Annotated[
        Json,
        about(
            "Source",
            "Exactly one, such as emptyDir.",
            required=True,
            widget="json",
            shape="VolumeSource",
        ),
    ] = {}


class LocalName(Data):
    name: Annotated[str, about("Name", required=True, format="dns-subdomain")] = ""


class HostAlias(Data):
    ip: Annotated[str, about("Address", required=True)] = ""
    hostnames: Annotated[list[str], about("Host names", required=True)] = []


class PodFields(ContainerFields):
    """What belongs to the pod and not to one container."""

    volumes: Annotated[list[Volume] | None, about("Volumes", group=Group.STORAGE)] = None
    init_containers: Annotated[
        list[Container] | None,
        about(
            "Init containers",
            "Run to their end, one after the other, before the main one.",
            group=Group.ADVANCED,
        ),
    ] = None
    containers: Annotated[
        list[Container] | None, about("More containers", "Beside the main one.", group=Group.ADVANCED)
    ] = None
    container_name: Annotated[
        str | None,
        about(
            "Container name",
            "Of the main container; defaults to the name.",
            format="dns-label",
            group=Group.ADVANCED,
        ),
    ] = None
    image_pull_secrets: Annotated[
        list[str | LocalName] | None,
        about("Pull secrets", "Names of registry secrets.", group=Group.SECURITY),
    ] = None
    pod_security_context: Annotated[
        Json | None,
        about(
            "Pod security context",
            group=Group.SECURITY,
            widget="json",
            shape="PodSecurityContext",
        ),
    ] = None
    service_account: Annotated[
        str | None,
        about("Service account", "Or draw an edge from one.", format="dns-subdomain", group=Group.SECURITY),
    ] = None
    automount_token: Annotated[bool | None, about("Mount the API token", group=Group.SECURITY)] = None
    node_selector: Annotated[
        dict[str, str] | None,
        about("Node selector", "Only nodes with these labels.", widget="key-value", group=Group.SCHEDULING),
    ] = None
    node_name: Annotated[str | None, about("Node", "Exactly this node.", group=Group.SCHEDULING)] = None
    tolerations: Annotated[
        list[Json] | None,
        about(
            "Tolerations",
            widget="json",
            group=Group.SCHEDULING,
            shape="Toleration",
        ),
    ] = None
    affinity: Annotated[
        Json | None,
        about(
            "Affinity",
            widget="json",
            group=Group.SCHEDULING,
            shape="Affinity",
        ),
    ] = None
    topology_spread: Annotated[
        list[Json] | None,
        about(
            "Topology spread",
            widget="json",
            group=Group.SCHEDULING,
            shape="TopologySpreadConstraint",
        ),
    ] = None
    priority_class: Annotated[str | None, about("Priority class", group=Group.SCHEDULING)] = None
    runtime_class: Annotated[str | None, about("Runtime class", group=Group.SCHEDULING)] = None
    scheduler_name: Annotated[str | None, about("Scheduler", group=Group.SCHEDULING)] = None
    termination_grace_seconds: Annotated[
        int | None, about("Grace period", "Seconds to end in.", minimum=0, group=Group.ROLLOUT)
    ] = None
    dns_policy: Annotated[
        str | None,
        about(
            "DNS policy",
            choices=("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
            group=Group.NETWORK,
        ),
    ] = None
    dns_config: Annotated[
        Json | None,
        about(
            "DNS configuration",
            widget="json",
            group=Group.NETWORK,
            shape="PodDNSConfig",
        ),
    ] = None
    host_aliases: Annotated[
        list[HostAlias] | None, about("Host aliases", "Entries of /etc/hosts.", group=Group.NETWORK)
    ] = None
    hostname: Annotated[str | None, about("Host name", format="dns-label", group=Group.NETWORK)] = None
    subdomain: Annotated[str | None, about("Subdomain", format="dns-label", group=Group.NETWORK)] = None
    host_network: Annotated[bool | None, about("Host network", group=Group.SECURITY)] = None
    host_pid: Annotated[bool | None, about("Host processes", group=Group.SECURITY)] = None
    host_ipc: Annotated[bool | None, about("Host IPC", group=Group.SECURITY)] = None
    share_process_namespace: Annotated[
        bool | None, about("Share processes between containers", group=Group.ADVANCED)
    ] = None
    enable_service_links: Annotated[bool | None, about("Variables for every service", group=Group.ADVANCED)] = None
    pod_labels: Annotated[
        Labels | None,
        about(
            "Pod labels",
            "Beside those that select the pods.",
            keys="label-key",
            widget="key-value",
            group=Group.METADATA,
        ),
    ] = None
    pod_annotations: Annotated[
        Annotations | None,
        about("Pod annotations", keys="label-key", widget="key-value", group=Group.METADATA),
    ] = None


class WorkloadFields(PodFields):
    """What every workload type has; its own fields come in its own module."""

    name: NameField = ""
    namespace: NamespaceField = None
    labels: LabelsField = None
    annotations: AnnotationsField = None
    overrides: OverridesField = None
    selector: Annotated[
        Labels | None,
        about(
            "Selector",
            "Which pods are its own; defaults to our labels. It cannot be changed once deployed.",
            keys="label-key",
            widget="key-value",
            group=Group.METADATA,
        ),
    ] = None


Replicas = Annotated[int | None, about("Replicas", "How many pods; an autoscaler overrules it.", minimum=0)]
MinReady = Annotated[
    int | None,
    about("Minimum ready time", "Seconds before a new pod counts as available.", minimum=0, group=Group.ROLLOUT),
]
HistoryLimit = Annotated[
    int | None, about("Revision history", "How many old revisions to keep.", minimum=0, group=Group.ROLLOUT)
]
