"""Whose an object is, told to each as far as they may know it."""

from plugins.sdk.objects import ObjectKey
from workflows.deploy.applyset import applyset_id
from workflows.deploy.others import belongs_to, other, others_in, with_names
from workflows.deploy.sight import MISSING, Sight, taken_over, view_of

ONE, TWO = applyset_id("one", "shop"), applyset_id("two", "shop")
KEY = ObjectKey("", "ConfigMap", "shop", "settings")
WELL = Sight(health="healthy", is_settled=True)


def labelled(set_id: str) -> dict:
    return {"metadata": {"labels": {"applyset.kubernetes.io/part-of": set_id} if set_id else {}}}


def test_names_stand_where_they_may() -> None:
    kept = {
        "message": f"ConfigMap a: {belongs_to(ONE)} ConfigMap b: {belongs_to(TWO)}",
        "log": [{"message": f"Takes it over from {other(TWO)}."}],
        "name": other(ONE),
        "count": 1,
    }
    assert others_in(kept) == {ONE, TWO}
    assert with_names(kept, {ONE: "First"}) == {
        "message": 'ConfigMap a: It belongs to the workflow "First". ConfigMap b: It belongs to another workflow.',
        "log": [{"message": "Takes it over from another workflow."}],
        "name": other(ONE),
        "count": 1,
    }


def test_what_names_nobody_is_left_alone() -> None:
    text = "It belongs to another workflow (of mine), \\1 {0}."
    assert others_in({"message": text}) == frozenset()
    assert with_names({"message": text, "at": None}, {ONE: "First"}) == {"message": text, "at": None}


def test_a_name_is_no_pattern() -> None:
    assert with_names(belongs_to(ONE), {ONE: r"\1 \g<0>"}) == r'It belongs to the workflow "\1 \g<0>".'


def test_what_another_set_has_is_not_shown_as_well() -> None:
    assert taken_over(labelled(ONE), ONE) is None
    assert taken_over(labelled(""), ONE) is None, "a mark that somebody took off makes it nobody else's"
    lost = taken_over(labelled(TWO), ONE)
    assert lost is not None
    view = view_of([(KEY, lost)])
    assert (view.state, view.health, view.message) == ("idle", "unknown", f"Managed by {other(TWO)} now.")
    assert view.objects[0]["reason"] == "TakenOver"
    partly = view_of([(KEY, WELL), (KEY, lost)])
    assert (partly.state, partly.health) == ("degraded", "unknown")
    assert view_of([(KEY, lost), (KEY, MISSING)]).health == "missing"
