"""Which events are news, and in which words."""

from typing import Any

import pytest

from notifications.kinds import Kind, notice_of

RUN: dict[str, Any] = {
    "run_id": "run_1",
    "workflow_id": "w1",
    "name": "Shop",
    "operation": "deploy",
    "status": "succeeded",
    "cluster": "home",
    "message": "3 objects",
    "started_by": "ada@example.com",
    "is_taking_back": False,
}


@pytest.mark.parametrize(
    ("changes", "kind", "title"),
    [
        pytest.param({}, Kind.RUN_SUCCEEDED, "Shop is deployed on home", id="deployed"),
        pytest.param({"cluster": ""}, Kind.RUN_SUCCEEDED, "Shop is deployed", id="cluster-gone"),
        pytest.param({"status": "failed"}, Kind.RUN_FAILED, "Shop could not be deployed on home", id="failed"),
        pytest.param(
            {"status": "rolled_back"}, Kind.RUN_ROLLED_BACK, "Shop could not be deployed on home", id="rolled-back"
        ),
        pytest.param({"operation": "undeploy"}, Kind.RUN_SUCCEEDED, "Shop is removed on home", id="removed"),
        pytest.param({"operation": "unheard"}, Kind.RUN_SUCCEEDED, "Shop is deployed on home", id="unknown-operation"),
        pytest.param({"status": "cancelled"}, None, "", id="cancelled"),
        pytest.param({"is_taking_back": True}, None, "", id="taking-back"),
    ],
)
def test_runs(changes: dict[str, Any], kind: Kind | None, title: str) -> None:
    notice = notice_of("run.ended", RUN | changes)
    assert (notice and notice.kind) == kind
    if notice:
        assert notice.for_member().title == title
        assert "home" not in notice.title, "somebody from elsewhere may know it by another name"
        assert notice.url == "/workflows/w1?run=run_1"
        assert notice.starter == "ada@example.com"


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        pytest.param("succeeded", Kind.BUILD_SUCCEEDED, "sha256:1", id="built"),
        pytest.param("failed", Kind.BUILD_FAILED, "Reason: push failed.", id="failed"),
        pytest.param("cancelled", None, "", id="cancelled"),
    ],
)
def test_builds(status: str, kind: Kind | None, message: str) -> None:
    payload = {"id": "b1", "status": status, "image": "r/app", "tag": "1", "digest": "sha256:1"}
    notice = notice_of("build.finished", payload | {"error_code": "push_failed"})
    assert (notice and notice.kind) == kind
    assert (notice.message if notice else "") == message


@pytest.mark.parametrize(
    ("was", "status", "kind"),
    [
        pytest.param("connected", "disconnected", Kind.CLUSTER_LOST, id="gone"),
        pytest.param("connected", "unauthorized", Kind.CLUSTER_LOST, id="locked-out"),
        pytest.param("disconnected", "connected", Kind.CLUSTER_RECOVERED, id="back"),
        pytest.param("disconnected", "unauthorized", None, id="still-gone"),
        pytest.param("pending", "disconnected", None, id="never-there"),
        pytest.param("connected", "connected", None, id="other-version"),
        pytest.param("pending", "connected", None, id="first-time"),
    ],
)
def test_clusters(was: str, status: str, kind: Kind | None) -> None:
    notice = notice_of("cluster.status_changed", {"id": "c1", "name": "home", "was": was, "status": status})
    assert (notice and notice.kind) == kind


def test_other_events_are_no_news_and_long_names_are_cut() -> None:
    assert notice_of("workflow.updated", {}) is None
    assert notice_of("run.ended", {}) is None
    notice = notice_of("run.ended", RUN | {"name": "x" * 400, "message": "y" * 900})
    assert notice is not None
    assert (len(notice.title), len(notice.message)) == (300, 500)
