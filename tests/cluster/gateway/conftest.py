"""A kind that no cluster has."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import NotFound
from plugins.sdk.capabilities import ServedKind

Json = dict[str, Any]


def kites(group: str) -> Json:
    """The definition of Kite in that group, for objects of any shape."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"kites.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Kite", "plural": "kites", "singular": "kite"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


@pytest.fixture
def kite(
    gateway: DirectGateway,
    call: Callable[..., Any],
    kinds: Callable[[str], ServedKind],
    namespace: str,
    eventually: Callable[..., Any],
) -> Iterator[ServedKind]:
    """Kite, as it is served, for one test."""
    group, definitions = f"{namespace}.example.com", kinds("CustomResourceDefinition")
    call(gateway.apply(definitions, kites(group)))
    kind = eventually(lambda: call(gateway.capabilities(refresh=True)).find(group, "Kite"))

    def is_served() -> bool:
        try:
            return call(gateway.list(kind, namespace)) is not None
        except NotFound:
            return False  # It is told of a moment before.

    eventually(is_served)
    yield kind
    call(gateway.delete(definitions, f"kites.{group}"))
