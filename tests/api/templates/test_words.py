"""Kubernetes' own fields, place by place, for the overrides of a node."""

import pytest

from accounts.models import User
from tests.factories import make_client

pytestmark = pytest.mark.django_db

URL = "/v1/api/templates"


def words(member: User, type_: str, path: str) -> dict[str, dict[str, object]]:
    answer = make_client(member).get(f"{URL}/{type_}/words?path={path}")
    assert answer.status_code == 200
    assert answer.json()["path"] == path
    return {word["name"]: word for word in answer.json()["words"]}


def test_the_root(member: User) -> None:
    found = words(member, "deployment", "")
    assert set(found) == {"apiVersion", "kind", "metadata", "spec", "status"}
    assert found["spec"]["type"] == "object" and "Deployment" in str(found["spec"]["description"])


@pytest.mark.parametrize(
    ("type_", "path", "name", "what"),
    [
        ("deployment", "spec.template.spec", "hostNetwork", "yes or no"),
        ("deployment", "spec.template.spec.containers", "imagePullPolicy", "text"),
        ("deployment", "spec.template.spec.containers.livenessProbe.httpGet", "port", "whole number or text"),
        ("service", "spec.ports", "nodePort", "whole number"),
        ("cronjob", "spec.jobTemplate.spec", "backoffLimit", "whole number"),
        ("hpa", "spec", "metrics", "list"),
    ],
)
def test_a_place_below(member: User, type_: str, path: str, name: str, what: str) -> None:
    assert words(member, type_, path)[name]["type"] == what


def test_what_must_be_there_is_said(member: User) -> None:
    assert words(member, "service", "spec.ports")["port"]["required"] is True


@pytest.mark.parametrize(
    "path",
    ["nothing", "spec.template.nothing.below", "metadata.labels", "a." * 60],
    ids=["unknown", "below unknown", "free", "deep"],
)
def test_nothing_where_nothing_is_known(member: User, path: str) -> None:
    answer = make_client(member).get(f"{URL}/deployment/words", {"path": path})
    assert answer.status_code == 200 and answer.json()["words"] == []


@pytest.mark.parametrize("type_", ["nothing", "manifest", "build", "wordpress"])
def test_only_types_that_make_one_kind(member: User, type_: str) -> None:
    answer = make_client(member).get(f"{URL}/{type_}/words")
    assert (answer.status_code, answer.json()["code"]) == (404, "template_not_found")


def test_only_for_members() -> None:
    assert make_client().get(f"{URL}/deployment/words").status_code == 401
