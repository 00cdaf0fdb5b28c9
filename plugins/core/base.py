"""What every node type that makes an object has in common: its name, place, labels and overrides."""

from typing import Annotated, Any

from plugins.sdk.fields import Annotations, Data, Group, Json, Labels, about

NAME_HELP = "The object's name in the cluster: lower-case letters, digits and '-'."

# The five fields as aliases, because a msgspec struct has one base only and workloads have another.
NameField = Annotated[str, about("Name", NAME_HELP, required=True, format="dns-subdomain", group=Group.BASIC)]
NamespaceField = Annotated[
    str | None,
    about(
        "Namespace",
        "Where it lives; empty means the namespace of the run.",
        format="dns-label",
        group=Group.METADATA,
    ),
]
LabelsField = Annotated[
    Labels | None,
    about("Labels", "Labels of the object itself.", keys="label-key", widget="key-value", group=Group.METADATA),
]
AnnotationsField = Annotated[
    Annotations | None,
    about(
        "Annotations",
        "Annotations of the object itself.",
        keys="label-key",
        widget="key-value",
        group=Group.METADATA,
    ),
]
OverridesField = Annotated[
    Json | None,
    about(
        "Overrides",
        "A strategic merge patch in Kubernetes' own words, applied last to the finished object.",
        widget="overrides",
        group=Group.ADVANCED,
    ),
]


class Placed(Data):
    """An object in a namespace. Types redeclare `name` where Kubernetes is stricter."""

    name: NameField = ""
    namespace: NamespaceField = None
    labels: LabelsField = None
    annotations: AnnotationsField = None
    overrides: OverridesField = None


class Referable(Placed):
    """An object that may also be there already."""

    existing: Annotated[
        bool,
        about(
            "Already exists",
            "Refer to an object that is there; it is checked, never changed and never deleted.",
        ),
    ] = False


def present(**fields: Any) -> Json:
    """The fields that are set. Empty maps and lists stay: they may mean something to Kubernetes."""
    return {key: value for key, value in fields.items() if value is not None}


def manifest(api_version: str, kind: str, name: str, **parts: Any) -> Json:
    """A body with nothing in its metadata but the name; the compiler adds namespace and labels."""
    body: Json = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
    body.update((key, value) for key, value in parts.items() if value is not None)
    return body
