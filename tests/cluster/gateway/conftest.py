"""A kind that no cluster has."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import NotFound
from plugins.sdk.capabilities import ServedKind
from tests.cluster.definitions import definition


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
    call(gateway.apply(definitions, definition(group, "kites")))
    kind = eventually(lambda: call(gateway.capabilities(refresh=True)).find(group, "Kite"))

    def is_served() -> bool:
        try:
            return call(gateway.list(kind, namespace)) is not None
        except NotFound:
            return False  # It is told of a moment before.

    eventually(is_served)
    yield kind
    call(gateway.delete(definitions, f"kites.{group}"))
