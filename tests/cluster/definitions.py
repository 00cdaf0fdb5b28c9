"""Kinds that no cluster has."""

from typing import Any

Json = dict[str, Any]


def definition(group: str, plural: str) -> Json:
    """Of a kind in that group, for objects of any shape: `things` are of the kind Thing."""
    singular = plural.removesuffix("s")
    kind = singular.capitalize()
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": singular, "kind": kind, "listKind": f"{kind}List"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
