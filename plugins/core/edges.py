"""The connections of the core types: which edges are legal, what they mean, what their data refines."""

from typing import Annotated

import msgspec

from plugins.sdk.fields import Data, EnvName, about
from plugins.sdk.nodetype import AFTER, Connection

WORKLOAD = "workload"
# Custom resources, whoever describes them; and those of which a controller makes a secret of the same name.
CUSTOM = "custom"
SECRET_SOURCE = "secret-source"  # noqa: S105

SELECTS = "selects"
ROUTES = "routes"
CONFIG = "config"
TLS = "tls"
PULL_SECRET = "pull_secret"  # noqa: S105
MOUNTS = "mounts"
SCALES = "scales"
PROTECTS = "protects"
GUARDS = "guards"
IDENTITY = "identity"
IMAGE = "image"
USES = "uses"

ContainerName = Annotated[
    str | None,
    about("Container", "The container that gets it; empty means the main one.", format="dns-label"),
]
Condition = Annotated[
    str | None,
    about("Wait until", "What the target must have reached first.", choices=("started", "healthy", "completed")),
]
ReadOnly = Annotated[bool | None, about("Read-only", "Mount it so that it cannot be written to.")]
Named = Annotated[
    bool | None,
    about(
        "Named by the workload",
        "The workload's own variables or volumes say how it reads it; the edge only shows that it does.",
    ),
]
SubPath = Annotated[str | None, about("Sub-path", "Mount only this path of the volume.", format="relative-path")]


class SelectsData(Data):
    """How a service reaches a workload."""

    port: Annotated[int | None, about("Port", "The port of the service.", format="port")] = None
    target_port: Annotated[
        int | str | None,
        about("Target port", "The port of the pods, by number or name.", format="port-or-name"),
    ] = None


class RouteData(Data):
    """Which requests go to the service."""

    host: Annotated[str | None, about("Host", "Empty means every host.", format="host")] = None
    path: Annotated[str | None, about("Path", "Defaults to /.", format="http-path")] = None
    path_type: Annotated[
        str | None,
        about(
            "Path type",
            "How the path is compared.",
            choices=("Prefix", "Exact", "ImplementationSpecific", "PathPrefix", "RegularExpression"),
        ),
    ] = None
    port: Annotated[
        int | str | None,
        about("Port", "The service's port, by number or name; defaults to its first.", format="port-or-name"),
    ] = None


class FileItem(Data):
    """One key as a file."""

    key: Annotated[str, about("Key", required=True, format="config-key")] = ""
    path: Annotated[str, about("File", required=True, format="relative-path")] = ""
    mode: Annotated[int | str | None, about("Mode", format="file-mode")] = None


class ConfigData(Data):
    """How a workload reads a config map or a secret."""

    as_: Annotated[
        str | None,
        about(
            "As",
            "As environment variables or as files; a docker-registry secret is a pull secret.",
            choices=("env", "mount", "pull"),
        ),
    ] = msgspec.field(default=None, name="as")
    prefix: Annotated[str | None, about("Prefix", "Put before every variable's name.")] = None
    keys: Annotated[
        list[str] | dict[EnvName, str] | None,
        about("Keys", "Only these keys, as a list, or as a map from variable (or file) to key."),
    ] = None
    path: Annotated[str | None, about("Path", "Where the files appear.", format="absolute-path")] = None
    sub_path: SubPath = None
    items: Annotated[
        list[FileItem] | dict[str, str] | None,
        about("Files", "Which keys become which files, as a list or as a map from key to file."),
    ] = None
    mode: Annotated[
        int | str | None,
        about("File mode", 'As a text in octal ("0400") or as a number.', format="file-mode"),
    ] = None
    read_only: ReadOnly = None
    optional: Annotated[bool | None, about("Optional", "Start even when it is missing.")] = None
    container: ContainerName = None
    named: Named = None
    restart: Annotated[
        bool | None, about("Restart on a change", "Whether a change of its content restarts the pods; by default yes.")
    ] = None


class TlsData(Data):
    hosts: Annotated[
        list[Annotated[str, about(format="host")]] | None,
        about("Hosts", "The hosts that the certificate is for; empty means all of the ingress."),
    ] = None


class MountData(Data):
    path: Annotated[str, about("Path", "Where the volume appears.", format="absolute-path")] = ""
    read_only: ReadOnly = None
    sub_path: SubPath = None
    container: ContainerName = None
    named: Named = None


class ImageData(Data):
    container: ContainerName = None


class AfterData(Data):
    condition: Condition = None


class UsesData(Data):
    prefix: Annotated[
        str | None,
        about("Prefix", "The head of the variables; empty means the target's name.", format="env-name"),
    ] = None
    condition: Condition = None


SERVICE_SELECTS = Connection(
    SELECTS,
    "selects",
    ("service",),
    (WORKLOAD,),
    SelectsData,
    "The service sends traffic to the workload's pods.",
    same_namespace=True,
)
ROUTE = Connection(
    ROUTES,
    "routes to",
    ("ingress", "httproute"),
    ("service",),
    RouteData,
    "Requests from outside reach the service.",
)
CONFIGURES = Connection(
    CONFIG,
    "configures",
    ("configmap", "secret"),
    (WORKLOAD,),
    ConfigData,
    "The workload reads it as variables or files; a change of content restarts the pods.",
    same_namespace=True,
)
SECURES = Connection(
    TLS,
    "TLS for",
    ("secret",),
    ("ingress",),
    TlsData,
    "The certificate and key for the ingress.",
    same_namespace=True,
)
PULLS = Connection(
    PULL_SECRET,
    "pull secret of",
    ("secret",),
    ("serviceaccount",),
    TlsData,
    "Pods with this account may pull private images.",
    same_namespace=True,
)
CLAIM_MOUNTS = Connection(
    MOUNTS,
    "mounted in",
    ("persistentvolumeclaim",),
    (WORKLOAD,),
    MountData,
    "The workload's pods mount the volume.",
    same_namespace=True,
)
AUTOSCALES = Connection(
    SCALES,
    "scales",
    ("hpa",),
    (WORKLOAD,),
    description="The number of replicas follows the load.",
    same_namespace=True,
)
PROTECTION = Connection(
    PROTECTS,
    "protects",
    ("poddisruptionbudget",),
    (WORKLOAD,),
    description="Limits how many pods may be down at once.",
    same_namespace=True,
)
GUARD = Connection(
    GUARDS,
    "guards",
    ("networkpolicy",),
    (WORKLOAD,),
    description="The policy holds for the workload's pods.",
    same_namespace=True,
)
RUNS_AS = Connection(
    IDENTITY,
    "identity of",
    ("serviceaccount",),
    (WORKLOAD,),
    description="The pods act with this service account.",
    same_namespace=True,
)
SUPPLIES_IMAGE = Connection(
    IMAGE, "builds the image of", ("build",), (WORKLOAD,), ImageData, "The workload runs what was built."
)
USES_ADDRESS = Connection(
    USES,
    "uses",
    (WORKLOAD,),
    ("service", "ingress"),
    UsesData,
    "The address arrives in the environment as NAME_HOST, NAME_PORT and NAME_URL; with a condition the workload also "
    "waits for it.",
)
STARTS_AFTER = Connection(
    AFTER,
    "starts after",
    (WORKLOAD, "manifest", CUSTOM),
    (WORKLOAD, "manifest", CUSTOM),
    AfterData,
    "The source waits until the target is ready: a job complete, all else healthy. It does not learn the address: for "
    "that, connect it to the target's Service.",
    excluded=(("*", "cronjob"),),
)
MANIFEST_AFTER = Connection(
    AFTER,
    "starts after",
    ("manifest", CUSTOM),
    ("service",),
    AfterData,
    "The source waits until the service has endpoints.",
)
