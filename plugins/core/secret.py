"""Secret: values that nobody reads back. A stored node holds references into the vault, never a value."""

import base64
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from plugins.core import edges
from plugins.core.base import Referable, manifest
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem
from plugins.sdk.secrets import PLACEHOLDER, SecretRef

OPAQUE = "Opaque"
_SHORT_TYPES = {
    "dockerconfigjson": "kubernetes.io/dockerconfigjson",
    "tls": "kubernetes.io/tls",
    "basic-auth": "kubernetes.io/basic-auth",
    "ssh-auth": "kubernetes.io/ssh-auth",
}
PULL_TYPES = frozenset({"dockerconfigjson", "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"})
_NEEDED_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


class SecretData(Referable):
    type: Annotated[
        str,
        about(
            "Type",
            "Opaque, or what a registry login (dockerconfigjson), a certificate (tls) ... is for.",
            placeholder=OPAQUE,
        ),
    ] = OPAQUE
    values: Annotated[
        dict[str, str | SecretRef | None] | None,
        about(
            "Values",
            "Written, never read back: an empty one stays as it is.",
            keys="config-key",
            widget="secret-values",
        ),
    ] = None
    base64_keys: Annotated[
        list[str] | None,
        about("Base64 keys", "Keys whose value is binary and given in base64.", group=Group.ADVANCED),
    ] = None
    immutable: Annotated[
        bool | None, about("Immutable", "May never change once it is there.", group=Group.ADVANCED)
    ] = None


def full_type(data: SecretData) -> str:
    return _SHORT_TYPES.get(data.type, data.type) or OPAQUE


def secret_content(node: TypedNode[Any], context: CompileContext) -> Json | None:
    """What a reader's digest is made of: the values' own digests, which tell nothing."""
    if node.is_existing:
        return None
    return {
        key: value.digest if isinstance(value, SecretRef) else context.digest(value)
        for key, value in (node.data.values or {}).items()
    }


def compile_secret(node: TypedNode[SecretData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    known: dict[str, str] = {}
    hidden: dict[str, str] = {}
    encoded_already = set(data.base64_keys or ())
    for key, value in (data.values or {}).items():
        clear = context.secret_value(value) if isinstance(value, SecretRef) else value
        if value is None:
            context.report(_unset(node, key))
        if clear is None:
            hidden[key] = PLACEHOLDER
        else:
            known[key] = clear if key in encoded_already else base64.b64encode(clear.encode()).decode()
    yield manifest(
        "v1",
        "Secret",
        node.name,
        type=full_type(data),
        data=known if known or (data.values is not None and not hidden) else None,
        stringData=hidden or None,
        immutable=data.immutable,
    )


def _unset(node: TypedNode[SecretData], key: str) -> Problem:
    return node.problem("secret_value_missing", f"{key} has no value yet; type one in", field=f"values.{key}")


def check_secret(node: TypedNode[SecretData], wiring: Wiring) -> Iterator[Problem]:
    if node.is_existing:
        return
    values = node.data.values or {}
    for key, value in values.items():
        if value is None:
            yield _unset(node, key)
    for key in _NEEDED_KEYS.get(full_type(node.data), ()):
        if key not in values:
            yield node.problem(
                "missing_key",
                f"a secret of type {node.data.type} needs the key {key}; add it",
                field="values",
            )


NODE_TYPE = NodeType(
    name="secret",
    display_name="Secret",
    description="Passwords, tokens and certificates: stored encrypted, never shown again.",
    icon="key-round",
    category="configuration",
    data=SecretData,
    compile=compile_secret,
    check=check_secret,
    kind="Secret",
    api_versions=("v1",),
    defaults={"name": "secret", "type": OPAQUE, "values": {}},
    connections=(edges.CONFIGURES, edges.SECURES, edges.PULLS),
)
