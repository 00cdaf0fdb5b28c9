"""The fields of a container, as a person fills them in."""

from typing import Annotated

import msgspec

from plugins.sdk.fields import Data, Group, Json, Quantity, about


class ContainerPort(Data):
    port: Annotated[
        int | None, about("Port", "The port that the program listens on.", required=True, format="port")
    ] = None
    name: Annotated[str | None, about("Name", "Needed when there are several.", format="port-name")] = None
    protocol: Annotated[str | None, about("Protocol", choices=("TCP", "UDP", "SCTP"))] = None
    host_port: Annotated[int | None, about("Host port", "The same port on the node itself.", format="port")] = None
    host_ip: Annotated[str | None, about("Host address")] = None


class KeyRef(Data):
    """One key of a secret or config map that is there under this name."""

    name: Annotated[str, about("Name", required=True, format="dns-subdomain")] = ""
    key: Annotated[str, about("Key", required=True, format="config-key")] = ""


class FieldRef(Data):
    path: Annotated[str, about("Field", "Such as metadata.name.", required=True)] = ""
    api_version: Annotated[str | None, about("API version")] = None


class ResourceRef(Data):
    resource: Annotated[str, about("Resource", "Such as limits.cpu.", required=True)] = ""
    container: Annotated[str | None, about("Container")] = None
    divisor: Annotated[Quantity | None, about("Divisor")] = None


class EnvVar(Data):
    """One variable: a value, or where it comes from."""

    name: Annotated[str, about("Name", required=True, format="env-name")] = ""
    value: Annotated[str | None, about("Value", "May use $(NAME) of earlier variables.")] = None
    secret: Annotated[KeyRef | None, about("From a secret")] = None
    config_map: Annotated[KeyRef | None, about("From a config map")] = None
    field: Annotated[str | FieldRef | None, about("From the pod", "Such as metadata.name or status.podIP.")] = None
    resource: Annotated[str | ResourceRef | None, about("From the resources", "Such as limits.memory.")] = None
    optional: Annotated[bool | None, about("Optional", "Start even when the source is missing.")] = None


class EnvFrom(Data):
    """All keys of a secret or config map that is there under this name."""

    secret: Annotated[str | None, about("Secret", format="dns-subdomain")] = None
    config_map: Annotated[str | None, about("Config map", format="dns-subdomain")] = None
    prefix: Annotated[str | None, about("Prefix")] = None
    optional: Annotated[bool | None, about("Optional")] = None


class Resources(Data):
    requests: Annotated[
        dict[str, Quantity] | None,
        about("Requests", "What is reserved: cpu, memory, ...", widget="key-value"),
    ] = None
    limits: Annotated[dict[str, Quantity] | None, about("Limits", "What may not be exceeded.", widget="key-value")] = (
        None
    )
    claims: Annotated[
        list[Json] | None,
        about(
            "Device claims",
            widget="json",
            shape="ResourceClaim",
        ),
    ] = None


class HttpGet(Data):
    path: Annotated[str | None, about("Path", format="http-path")] = None
    port: Annotated[int | str | None, about("Port", required=True, format="port-or-name")] = None
    scheme: Annotated[str | None, about("Scheme", choices=("HTTP", "HTTPS"))] = None
    host: Annotated[str | None, about("Host")] = None
    headers: Annotated[dict[str, str] | None, about("Headers", widget="key-value")] = None


class TcpSocket(Data):
    port: Annotated[int | str | None, about("Port", required=True, format="port-or-name")] = None
    host: Annotated[str | None, about("Host")] = None


class Exec(Data):
    command: Annotated[list[str], about("Command", "Program and arguments.", required=True)] = msgspec.field(
        default_factory=list
    )


class Grpc(Data):
    port: Annotated[int | None, about("Port", required=True, format="port")] = None
    service: Annotated[str | None, about("Service")] = None


class Sleep(Data):
    seconds: Annotated[int | None, about("Seconds", required=True, minimum=0)] = None


Seconds = Annotated[int | None, about(minimum=0)]
PositiveCount = Annotated[int | None, about(minimum=1)]


class Probe(Data):
    """Exactly one of http, tcp, exec or grpc."""

    http: Annotated[HttpGet | None, about("HTTP")] = None
    tcp: Annotated[TcpSocket | None, about("TCP")] = None
    exec: Annotated[Exec | None, about("Command")] = None
    grpc: Annotated[Grpc | None, about("gRPC")] = None
    initial_delay_seconds: Annotated[Seconds, about("Initial delay")] = None
    period_seconds: Annotated[PositiveCount, about("Period")] = None
    timeout_seconds: Annotated[PositiveCount, about("Timeout")] = None
    success_threshold: Annotated[PositiveCount, about("Success threshold")] = None
    failure_threshold: Annotated[PositiveCount, about("Failure threshold")] = None
    termination_grace_seconds: Annotated[PositiveCount, about("Grace period")] = None


class Probes(Data):
    liveness: Annotated[Probe | None, about("Liveness", "Restarts the container when it fails.")] = None
    readiness: Annotated[Probe | None, about("Readiness", "No traffic until it succeeds.")] = None
    startup: Annotated[Probe | None, about("Startup", "Holds the other two back until it succeeds.")] = None


class Handler(Data):
    http: Annotated[HttpGet | None, about("HTTP")] = None
    tcp: Annotated[TcpSocket | None, about("TCP")] = None
    exec: Annotated[Exec | None, about("Command")] = None
    sleep: Annotated[Sleep | None, about("Sleep")] = None


class Lifecycle(Data):
    """`postStart` and `preStop` take Kubernetes' own form, for what was pasted from a manifest."""

    post_start: Annotated[Handler | None, about("After start")] = None
    pre_stop: Annotated[Handler | None, about("Before stop")] = None
    raw_post_start: Annotated[
        Json | None,
        about(
            "After start (Kubernetes)",
            widget="json",
            shape="LifecycleHandler",
        ),
    ] = msgspec.field(default=None, name="postStart")
    raw_pre_stop: Annotated[
        Json | None,
        about(
            "Before stop (Kubernetes)",
            widget="json",
            shape="LifecycleHandler",
        ),
    ] = msgspec.field(default=None, name="preStop")


class Mount(Data):
    volume: Annotated[str, about("Volume", "The name of a volume of this workload.", required=True)] = ""
    path: Annotated[str, about("Path", "Where it appears.", required=True, format="absolute-path")] = ""
    sub_path: Annotated[str | None, about("Sub-path", format="relative-path")] = None
    sub_path_expr: Annotated[str | None, about("Sub-path with variables")] = None
    read_only: Annotated[bool | None, about("Read-only")] = None
    propagation: Annotated[str | None, about("Propagation", choices=("None", "HostToContainer", "Bidirectional"))] = (
        None
    )


class Device(Data):
    volume: Annotated[str, about("Volume", "A claim of this workload in block mode.", required=True)] = ""
    path: Annotated[str, about("Device", "The device's path.", required=True, format="absolute-path")] = ""


class ContainerFields(Data):
    """What the main container of a workload and its other containers have in common."""

    image: Annotated[
        str | None,
        about("Image", "What to run, such as nginx:1.27.", format="image", placeholder="nginx:1.27"),
    ] = None
    command: Annotated[
        list[str] | None,
        about("Command", "Replaces the image's entry point.", group=Group.BASIC, widget="list"),
    ] = None
    args: Annotated[list[str] | None, about("Arguments", group=Group.BASIC, widget="list")] = None
    ports: Annotated[list[ContainerPort] | None, about("Ports", group=Group.NETWORK)] = None
    env: Annotated[
        list[EnvVar] | None,
        about("Environment", "Variables; those that edges bring come first.", group=Group.CONFIG),
    ] = None
    env_from: Annotated[
        list[EnvFrom] | None, about("Environment from", "Whole secrets or config maps.", group=Group.CONFIG)
    ] = None
    resources: Annotated[
        Resources | None, about("Resources", "CPU and memory.", group=Group.RESOURCES, widget="resources")
    ] = None
    probes: Annotated[Probes | None, about("Probes", "How Kubernetes sees that it works.", group=Group.HEALTH)] = None
    lifecycle: Annotated[Lifecycle | None, about("Lifecycle hooks", group=Group.HEALTH)] = None
    mounts: Annotated[list[Mount] | None, about("Mounts", "Where volumes appear.", group=Group.STORAGE)] = None
    devices: Annotated[list[Device] | None, about("Block devices", group=Group.STORAGE)] = None
    image_pull_policy: Annotated[
        str | None,
        about("Pull policy", choices=("Always", "IfNotPresent", "Never"), group=Group.ADVANCED),
    ] = None
    working_dir: Annotated[str | None, about("Working directory", group=Group.ADVANCED)] = None
    security_context: Annotated[
        Json | None,
        about(
            "Security context",
            "Of the container, in Kubernetes' own words.",
            group=Group.SECURITY,
            widget="json",
            shape="SecurityContext",
        ),
    ] = None
    stdin: Annotated[bool | None, about("Keep stdin open", group=Group.ADVANCED)] = None
    stdin_once: Annotated[bool | None, about("Close stdin after the first session", group=Group.ADVANCED)] = None
    tty: Annotated[bool | None, about("Terminal", group=Group.ADVANCED)] = None
    termination_message_path: Annotated[str | None, about("Termination message file", group=Group.ADVANCED)] = None
    termination_message_policy: Annotated[
        str | None,
        about("Termination message", choices=("File", "FallbackToLogsOnError"), group=Group.ADVANCED),
    ] = None


class Container(ContainerFields):
    """A container beside the main one. `restart_policy: Always` makes an init container a sidecar."""

    name: Annotated[str, about("Name", required=True, format="dns-label")] = ""
    restart_policy: Annotated[
        str | None, about("Restart policy", choices=("Always", "OnFailure", "Never"), group=Group.ADVANCED)
    ] = None
