"""Which fields come to us by an apply, and what of them is taken from whom."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflows.deploy import managed
from workflows.deploy.managed import Shift, shift, takeover

Json = dict[str, Any]

NAMES = st.sampled_from(["f:a", "f:b", "f:c"])
FIELDS: st.SearchStrategy[Json] = st.recursive(
    st.just({}), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


def entry(manager: str, fields: Json, operation: str = "Update", **more: Any) -> Json:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def ours(fields: Json) -> Json:
    return entry("sailcloth", fields, "Apply")


def live(*entries: Json, **metadata: Any) -> Json:
    return {"metadata": {"resourceVersion": "7", "managedFields": list(entries), **metadata}}


def moved(patch: list[Json]) -> dict[str, Json]:
    """The new managedFields by manager."""
    (replaced,) = [each["value"] for each in patch if each["op"] == "replace"]
    return {item["manager"]: item["fieldsV1"] for item in replaced}


DATA = {"f:data": {"f:A": {}, "f:B": {}}}


def test_what_an_apply_moved() -> None:
    before = live(ours({"f:data": {"f:A": {}, "f:C": {}}}))
    assert shift(before, live(ours(DATA))) == Shift({"f:data": {"f:B": {}}}, {"f:data": {"f:C": {}}})
    assert shift(None, live(ours(DATA))) == Shift(DATA, {})
    assert shift(live(ours(DATA)), live(ours(DATA))).is_none


def test_what_was_written_by_hand_becomes_ours_alone() -> None:
    theirs = entry("kubectl-create", {"f:data": {"f:A": {}, "f:THEIRS": {}}})
    found = takeover(live(theirs, ours(DATA)), Shift(DATA, {}))
    assert found is not None
    assert (found.managers, found.is_leaving) == (("kubectl-create",), False)
    assert moved(found.patch) == {"kubectl-create": {"f:data": {"f:THEIRS": {}}}, "sailcloth": DATA}
    assert found.patch[0] == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}


def test_who_owns_nothing_else_is_gone() -> None:
    found = takeover(live(entry("kubectl", {"f:data": {"f:A": {}}}), ours(DATA)), Shift(DATA, {}))
    assert found is not None
    assert moved(found.patch) == {"sailcloth": DATA}


def test_what_left_the_graph_is_ours_once_more_so_that_it_goes() -> None:
    left = {"f:data": {"f:GONE": {}}}
    found = takeover(live(entry("helm", {"f:data": {"f:GONE": {}, "f:A": {}}}), ours(DATA)), Shift({}, left))
    assert found is not None
    assert found.is_leaving
    assert moved(found.patch) == {
        "helm": {"f:data": {"f:A": {}}},
        "sailcloth": {"f:data": {"f:A": {}, "f:B": {}, "f:GONE": {}}},
    }


def test_controllers_status_and_other_configurations_keep_theirs() -> None:
    entries = (
        entry("kube-controller-manager", DATA),
        entry("kubectl", DATA, subresource="scale"),
        entry("argocd", DATA, "Apply"),
    )
    assert takeover(live(*entries, ours(DATA)), Shift(DATA, {})) is None
    assert takeover(live(ours(DATA)), Shift(DATA, {})) is None


def test_the_memory_of_kubectl_goes_with_it() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    found = takeover(live(entry("kubectl", DATA), ours(DATA), annotations=annotations), Shift(DATA, {}))
    assert found is not None
    path = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"
    assert found.patch[-1] == {"op": "remove", "path": path}


@given(FIELDS, FIELDS)
def test_nothing_is_lost_between_before_and_after(before: Json, after: Json) -> None:
    """Gained and kept make what is ours now; left and kept what was ours before."""
    old, new = live(ours(before)), live(ours(after))
    there = shift(old, new)
    back = shift(new, old)
    assert (there.gained, there.left) == (back.left, back.gained)
    assert there.is_none == (before == after) or not (before and after)
    found = takeover(live(entry("kubectl", after), ours(after)), there)
    if found is not None:
        owned = moved(found.patch)
        assert managed.own_fields(live(ours(owned["sailcloth"]))) == after


def test_our_configuration_is_read_back_from_the_object() -> None:
    fields = {
        "f:metadata": {"f:labels": {".": {}, "f:a": {}}},
        "f:spec": {
            "f:template": {
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"app"}': {
                            ".": {},
                            "f:name": {},
                            "f:image": {},
                            "f:env": {'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}},
                            "f:command": {},
                        }
                    }
                }
            }
        },
    }
    container = {
        "name": "app",
        "image": "busybox:1",
        "command": ["sh", "-c", "true"],
        "env": [{"name": "THEIRS", "value": "x"}, {"name": "A", "value": "1"}],
        "imagePullPolicy": "Always",
    }
    found = managed.own_configuration(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                "name": "web",
                "namespace": "here",
                "uid": "1",
                "labels": {"a": "b", "c": "d"},
                "managedFields": [ours(fields), entry("kubectl", {"f:spec": {"f:paused": {}}})],
            },
            "spec": {"paused": False, "template": {"spec": {"containers": [{"name": "side"}, container]}}},
        }
    )
    kept = {**container, "env": [{"name": "A", "value": "1"}]}
    del kept["imagePullPolicy"]
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "here", "labels": {"a": "b"}},
        "spec": {"template": {"spec": {"containers": [kept]}}},
    }
