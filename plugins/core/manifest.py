"""Manifest: any objects at all, as YAML or as they are; the way out for what no node type says."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Annotated, Any

from plugins.core import edges
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.normalise import with_protocols
from plugins.sdk.problems import Problem
from plugins.sdk.yaml import YamlError, load_all

# What a server writes and nobody may send back: apply refuses some of it.
_SERVER_FIELDS = frozenset(
    {
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "managedFields",
        "selfLink",
    }
)


class ManifestData(Data):
    name: Annotated[str, about("Name", "For the eye.")] = ""
    namespace: Annotated[
        str | None,
        about(
            "Namespace",
            "For objects that name none; empty means that of the run.",
            format="dns-label",
            group=Group.METADATA,
        ),
    ] = None
    yaml: Annotated[str | None, about("YAML", "One document or several.", widget="yaml")] = None
    objects: Annotated[list[Json] | None, about("Objects", "Instead of YAML.", widget="json", group=Group.ADVANCED)] = (
        None
    )


@lru_cache(maxsize=128)
def _parsed(text: str) -> tuple[Any, ...] | YamlError:
    """Reading YAML is the slowest thing here, and the same text is read for every check and compile.
    Nobody changes what is returned: bodies are copied before anything is added."""
    try:
        return tuple(load_all(text, octal=True))
    except YamlError as error:
        return error


def _documents(data: ManifestData) -> list[tuple[str, Any]]:
    """(field, document), lists taken apart; nothing where the YAML cannot be read."""
    parsed = _parsed(data.yaml) if data.yaml else ()
    documents: list[tuple[str, Any]] = []
    if not isinstance(parsed, YamlError):
        documents += [("yaml", document) for document in parsed if document is not None]
    documents += [(f"objects.{index}", item) for index, item in enumerate(data.objects or ())]
    return [item for field, document in documents for item in _unlisted(field, document)]


def _unlisted(field: str, document: Any) -> Iterator[tuple[str, Any]]:
    is_list = isinstance(document, dict) and str(document.get("kind", "")).endswith("List")
    if is_list and isinstance(document.get("items"), list):
        for item in document["items"]:
            yield from _unlisted(field, item)
    else:
        yield field, document


def _fault(document: Any) -> str | None:
    if not isinstance(document, dict):
        return "is not an object"
    metadata = document.get("metadata")
    for key, value in (("apiVersion", document.get("apiVersion")), ("kind", document.get("kind"))):
        if not isinstance(value, str) or not value:
            return f"has no {key}"
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        return "has no metadata.name"
    for key in ("labels", "annotations"):
        values = metadata.get(key)
        if values is not None and not (
            isinstance(values, dict) and all(isinstance(value, str) for value in values.values())
        ):
            return f"has {key} that are not all texts"
    return None


def compile_manifest(node: TypedNode[ManifestData], context: CompileContext) -> Iterable[Json]:
    for _, document in _documents(node.data):
        if _fault(document) is None:
            yield with_protocols(_cleaned(document))


def _cleaned(document: Json) -> Json:
    metadata = {
        key: value for key, value in document["metadata"].items() if key not in _SERVER_FIELDS and value is not None
    }
    body = {key: value for key, value in document.items() if key != "status"}
    return {**body, "metadata": metadata}


def check_manifest(node: TypedNode[ManifestData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    if not data.yaml and not data.objects:
        yield node.problem("missing_field", "it holds no object; write some YAML.", field="yaml")
        return
    if data.yaml and data.objects:
        yield node.problem("bad_value", "give yaml or objects, not both; clear one.", field="objects")
    parsed = _parsed(data.yaml) if data.yaml else ()
    if isinstance(parsed, YamlError):
        yield node.problem("bad_yaml", f"the YAML cannot be read: {parsed}.", field="yaml")
        return
    documents = _documents(data)
    if not documents:
        yield node.problem("missing_field", "it holds no object; write some YAML.", field="yaml")
    for index, (field, document) in enumerate(documents):
        fault = _fault(document)
        if fault is not None:
            yield node.problem("bad_manifest", f"object {index + 1} {fault}; correct it.", field=field)
        elif document["kind"] == "Secret" and document["apiVersion"] == "v1":
            yield node.warning(
                "secret_in_manifest",
                f"the Secret {document['metadata']['name']} is stored in clear with the graph; "
                "use a secret node instead.",
                field=field,
            )


NODE_TYPE = NodeType(
    name="manifest",
    display_name="Manifest",
    description="Any Kubernetes objects, as YAML.",
    icon="file-code",
    category="advanced",
    data=ManifestData,
    compile=compile_manifest,
    check=check_manifest,
    defaults={"yaml": ""},
    connections=(edges.STARTS_AFTER, edges.MANIFEST_AFTER),
)
