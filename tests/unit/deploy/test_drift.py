"""What counts as drift, who is named for it, and what it takes to keep it."""

from typing import Any

from plugins.sdk.secrets import PLACEHOLDER
from workflows.deploy.content import ReleaseObject, digest
from workflows.deploy.drift import DriftState, drift_of, why_not_kept
from workflows.deploy.inventory import Entry
from workflows.deploy.managed import last_writer
from workflows.deploy.plan import Finding

Json = dict[str, Any]


def workload(image: str = "a", replicas: int = 1, **more: Any) -> Json:
    containers = [{"name": "main", "image": image, "env": [{"name": "A", "value": "1"}]}]
    spec = {"replicas": replicas, "template": {"spec": {"containers": containers}}}
    metadata = {"name": "web", "namespace": "shop", "labels": {"sailcloth.io/node": "web"}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {**metadata, **more}, "spec": spec}


ITEM = ReleaseObject(workload(), "web")
ENTRY = Entry("apps", "v1", "Deployment", "shop", "web", digest=digest(ITEM.body))

MANAGED: list[Json] = [
    {"manager": "sailcloth", "operation": "Apply", "time": "2026-01-03T00:00:00Z",
     "fieldsV1": {"f:spec": {"f:replicas": {}, "f:template": {}}}},
    {"manager": "kubectl-scale", "operation": "Update", "time": "2026-01-01T00:00:00Z",
     "fieldsV1": {"f:spec": {"f:replicas": {}}}},
    {"manager": "kubectl-edit", "operation": "Update", "time": "2026-01-02T00:00:00Z",
     "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers": {
         'k:{"name":"main"}': {".": {}, "f:image": {}, "f:command": {}}}}}}}},
]  # fmt: skip


def test_each_field_with_who_changed_it() -> None:
    live = workload("b", 3, managedFields=MANAGED)
    drift = drift_of(ITEM, Finding(live=live, dry=workload("a", 1)), ENTRY)
    assert drift is not None
    assert drift.to_json() == {
        "node_id": "web", "api_version": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web",
        "state": "changed", "message": "", "fields": [
            {"path": "spec.replicas", "expected": 1, "live": 3, "manager": "kubectl-scale",
             "changed_at": "2026-01-01T00:00:00Z"},
            {"path": "spec.template.spec.containers.0.image", "expected": "a", "live": "b", "manager": "kubectl-edit",
             "changed_at": "2026-01-02T00:00:00Z"},
        ],
    }  # fmt: skip
    assert drift.patch == {
        "spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "main", "image": "b"}]}}}
    }
    assert why_not_kept(drift) == ""


def test_what_is_as_it_should_be_is_no_drift() -> None:
    assert drift_of(ITEM, Finding(live=workload(managedFields=MANAGED), dry=workload()), ENTRY) is None


def test_gone_or_not_to_be_told() -> None:
    missing = drift_of(ITEM, Finding(), ENTRY)
    assert missing is not None
    assert missing.state is DriftState.MISSING
    assert "it is gone" in why_not_kept(missing)
    refused = drift_of(ITEM, Finding(live=workload(), refusal="Forbidden."), ENTRY)
    assert refused is not None
    assert (refused.state, refused.message, why_not_kept(refused)) == (DriftState.UNKNOWN, "Forbidden.", "Forbidden")
    stolen = drift_of(ITEM, Finding(live=workload()), ENTRY)
    assert stolen is not None
    assert stolen.state is DriftState.UNKNOWN


def test_a_job_that_was_cleaned_up_is_not_missing() -> None:
    job = ReleaseObject({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": "shop"}})
    assert drift_of(job, Finding(), Entry("batch", "v1", "Job", "shop", "once", is_completed=True)) is None
    assert drift_of(job, Finding(), Entry("batch", "v1", "Job", "shop", "once")) is not None


def test_what_a_failed_run_applied_is_said_to_be_ours() -> None:
    entry = Entry("apps", "v1", "Deployment", "shop", "web", digest="of something else")
    drift = drift_of(ITEM, Finding(live=workload("b"), dry=workload("a")), entry)
    assert drift is not None
    assert drift.fields[0].manager == "sailcloth"
    assert "did not succeed" in drift.message


def test_our_own_labels_are_not_adopted() -> None:
    live = workload("b", labels={"team": "red"})
    dry = workload("a", labels={"team": "blue", "sailcloth.io/node": "web"})
    drift = drift_of(ITEM, Finding(live=live, dry=dry), ENTRY)
    assert drift is not None
    assert drift.patch["metadata"] == {"labels": {"team": "red"}}
    only_ours = drift_of(ITEM, Finding(live=workload(labels={}), dry=workload()), ENTRY)
    assert only_ours is not None
    assert only_ours.patch == {}
    assert "Sailcloth's own" in why_not_kept(only_ours)


def test_secret_values_are_masked_and_stay_where_they_are() -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token", "namespace": "shop"}}
    live, dry = {**body, "data": {"KEY": "Yg=="}}, {**body, "data": {"KEY": "YQ=="}}
    drift = drift_of(ReleaseObject(body, "token"), Finding(live=live, dry=dry), Entry("", "v1", "Secret", "shop", "t"))
    assert drift is not None
    assert [(each.path, each.expected, each.live) for each in drift.fields] == [("data.KEY", PLACEHOLDER, PLACEHOLDER)]
    assert "secret values" in why_not_kept(drift)


def test_the_last_writer_of_lists() -> None:
    fields = {"f:a": {'k:{"port":80,"protocol":"TCP"}': {"f:x": {}}, 'v:"one"': {}, "i:2": {}}, "f:whole": {}}
    entry = {"manager": "m", "operation": "Update", "fieldsV1": fields}
    live = {"metadata": {"managedFields": [entry]}, "a": [{"port": 80, "protocol": "TCP", "x": 1}, "one", 5, "two"],
            "whole": [{"deep": 1}]}  # fmt: skip
    assert last_writer(live, ("a", "0", "x")) is entry
    assert last_writer(live, ("a", "1")) is entry
    assert last_writer(live, ("a", "2")) is entry
    assert last_writer(live, ("a", "3")) is None
    assert last_writer(live, ("a",)) is entry
    assert last_writer(live, ("whole", "0", "deep")) is entry
    assert last_writer(live, ("gone", "0")) is None
