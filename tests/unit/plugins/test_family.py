"""Kinds that only a cluster describes: hundreds of them, each may wait for each, and nobody pays for it."""

from plugins.declared.custom import CustomKind, type_of_cluster
from plugins.loading.finding import find_plugins
from plugins.loading.installed import Installed
from plugins.registry import ANY_CUSTOM, NodeTypes
from plugins.sdk.nodetype import Connection

KNOWN = Installed(find_plugins([])).types


def of_cluster(number: int) -> NodeTypes:
    kinds = (CustomKind(group="x.io", versions=("v1",), kind=f"K{each}") for each in range(number))
    return KNOWN.extended([type_of_cluster(kind) for kind in kinds])


def meaning(found: Connection | None) -> str | None:
    return found and found.meaning


def test_each_may_wait_for_each() -> None:
    types = of_cluster(3)
    assert meaning(types.connection("crd:x.io/K0", "crd:x.io/K1")) == "after"
    assert meaning(types.connection("crd:x.io/K0", "deployment")) == "after"
    assert meaning(types.connection("keda.scaled-object", "crd:x.io/K2")) == "after"
    assert types.connection("crd:x.io/K0", "configmap") is None
    assert meaning(KNOWN.connection("crd:never.seen/Before", "job")) == "after", "also while the cluster is away"
    assert KNOWN.connection("never.seen", "job") is None


def test_a_member_is_among_its_own_ends() -> None:
    row = next(each for each in of_cluster(3).templates() if each["type"] == "crd:x.io/K1")
    after = next(each for each in row["connections"] if each["meaning"] == "after")
    assert {"crd:x.io/K1", ANY_CUSTOM, "deployment"} <= {*after["sources"]}
    assert "crd:x.io/K2" not in after["sources"]


def test_what_is_told_of_each_does_not_grow_with_the_others() -> None:
    def told(types: NodeTypes) -> list[object]:
        return next(each["connections"] for each in types.templates() if each["type"] == "crd:x.io/K1")

    assert told(of_cluster(3)) == told(of_cluster(300))


def test_a_choice_is_made_once() -> None:
    assert KNOWN.without(["keda.scaled-object"]) is KNOWN.without({"keda.scaled-object", "not-there"})
    assert KNOWN.without(["keda.scaled-object"]).find("keda.scaled-object") is None
