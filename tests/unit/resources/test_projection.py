"""Rows from objects, whatever a cluster holds; masks and histories."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.resources import kinds
from clusters.resources.events import event_json
from clusters.resources.history import changes_of
from clusters.resources.kinds import canonical
from clusters.resources.known import values_of
from clusters.resources.masking import masked
from clusters.resources.projection import Row, digest_of, project
from clusters.resources.surroundings import Surroundings, key_of

CANARY = "canary-51c0"


def thing(kind: str, name: str = "web", *, owner: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    group = next((group for group, known in kinds.MIRRORED if known == kind), "")
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "creationTimestamp": "2026-11-26T03:00:00Z",
        **more.pop("metadata", {}),
    }
    if owner is not None:
        reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "controller": True}
        metadata["ownerReferences"] = [
            {**reference, "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}
        ]
    return {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": metadata, **more}


def row_of(obj: dict[str, Any], **more: Any) -> Row:
    group = obj["apiVersion"].rpartition("/")[0]
    return project(obj, (group, obj["kind"]), **more)


@pytest.mark.parametrize(
    ("obj", "status", "summary"),
    [
        (
            thing(
                "Pod",
                spec={"containers": [{"name": "a"}, {"name": "b"}]},
                status={
                    "phase": "Running",
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "containerStatuses": [
                        {"name": "a", "ready": True, "restartCount": 2, "state": {"running": {}}},
                        {"name": "b", "ready": True, "restartCount": 1, "state": {"running": {}}},
                    ],
                },
            ),
            "Running",
            "2 of 2 containers ready, restarted 3 times",
        ),
        (thing("Pod", metadata={"deletionTimestamp": "2026-11-26T03:00:00Z"}), "Terminating", "It is being deleted."),
        (thing("Deployment", spec={"replicas": 0}), "Stopped", None),
        (
            thing("Service", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}, {"port": 443}]}),
            "Active",
            "NodePort 80:30080/TCP, 443/TCP",
        ),
        (thing("Secret", data={"a": None, "b": None}), "Active", "2 keys"),
        (thing("ConfigMap", data={"a": None}), "Active", "1 key"),
        (thing("CronJob", spec={"suspend": True, "schedule": "@daily"}), "Suspended", None),
        (
            thing("Job", status={"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 1}),
            "Complete",
            None,
        ),
        (thing("Job", status={"conditions": [{"type": "Failed", "status": "True"}]}), "Failed", None),
        (
            thing("Node", status={"conditions": [{"type": "Ready", "status": "True"}]}, spec={"unschedulable": True}),
            "Cordoned",
            None,
        ),
        (thing("Node", status={"conditions": [{"type": "Ready", "status": "False"}]}), "NotReady", None),
        (thing("PersistentVolumeClaim", status={"phase": "Bound", "capacity": {"storage": "1Gi"}}), "Bound", "1Gi"),
        (thing("Ingress", spec={"rules": [{"host": "shop.example"}, {}]}), None, None),
    ],
)
def test_its_words(obj: dict[str, Any], status: str | None, summary: str | None) -> None:
    row = row_of(obj)
    assert status in (None, row.status)
    assert summary in (None, row.summary)


def test_what_a_pod_asks_for() -> None:
    asked = {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"cpu": "1"}}
    pod = thing("Pod", spec={"containers": [{"name": "a", "resources": asked}, {"name": "b", "resources": asked}]})
    facts = row_of(pod).facts
    assert facts["requests"] == {"cpu": 0.5, "memory": 2 * 2.0**30}
    assert facts["limits"] == {"cpu": 2.0}


def test_what_it_belongs_to() -> None:
    label = "applyset.kubernetes.io/part-of"
    assert row_of(thing("Pod"), part_of="theirs").part_of == "theirs"
    assert row_of(thing("Pod", metadata={"labels": {label: "own"}}), part_of="theirs").part_of == "own"


def test_keys_of_a_secret_are_names_alone() -> None:
    row = row_of(thing("Secret", data={"b": CANARY, "a": CANARY}, stringData={"c": CANARY}, type="Opaque"))
    assert row.facts == {"keys": ["a", "b", "c"], "key_count": 3, "type": "Opaque"}
    assert CANARY not in str(values_of(row))


def test_digests_tell_rows_apart() -> None:
    one, same = row_of(thing("Pod")), row_of(thing("Pod"))
    other = row_of(thing("Pod", status={"phase": "Running"}))
    assert digest_of(one) == digest_of(same) != digest_of(other)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
FIELDS = ["spec", "status", "data", "type", "stringData"]


@given(
    pair=st.sampled_from(kinds.MIRRORED),
    obj=st.dictionaries(st.sampled_from(FIELDS), anything),
    inner=st.dictionaries(
        st.sampled_from(["containers", "replicas", "ports", "rules", "conditions", "containerStatuses", "selector"]),
        anything,
    ),
    metadata=st.dictionaries(
        st.sampled_from(
            ["name", "namespace", "uid", "labels", "ownerReferences", "creationTimestamp", "managedFields"]
        ),
        anything,
    ),
)
def test_whatever_a_cluster_holds(pair: Any, obj: Any, inner: Any, metadata: Any) -> None:
    broken = {"apiVersion": "v1", "kind": pair[1], **obj, "metadata": metadata}
    for name in ("spec", "status"):
        if name not in obj:
            broken[name] = inner
    row = project(broken, pair)
    for name, limit in (("name", 253), ("namespace", 63), ("uid", 64), ("status", 40), ("reason", 100)):
        assert len(getattr(row, name)) <= limit
    assert "\x00" not in str(values_of(row))
    assert "\\x00" not in repr(row.facts)
    digest_of(row)
    masked(broken)
    changes_of(broken)


class TestMask:
    def test_values_of_secrets(self) -> None:
        note = {"kubectl.kubernetes.io/last-applied-configuration": CANARY, "more": CANARY}
        secret = thing(
            "Secret", metadata={"annotations": note, "managedFields": [{}]}, data={"a": CANARY}, odd=CANARY, type="x"
        )
        shown = masked(secret)
        assert shown["data"] == {"a": None}
        assert shown["metadata"]["annotations"] == {"more": None}
        assert CANARY not in str(shown)
        assert secret["data"] == {"a": CANARY}

    def test_all_else_stays(self) -> None:
        note = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "more": "x"}
        shown = masked(thing("ConfigMap", metadata={"annotations": note, "managedFields": [{}]}, data={"a": "b"}))
        assert shown["data"] == {"a": "b"}
        assert shown["metadata"]["annotations"] == {"more": "x"}
        assert "managedFields" not in shown["metadata"]


def test_history_names_fields_and_no_values() -> None:
    fields = {
        "f:spec": {
            "f:replicas": {},
            "f:containers": {'k:{"name":"app"}': {".": {}, "f:image": {}}},
            "f:finalizers": {f'v:"{CANARY}"': {}},
        }
    }
    obj = thing("Deployment")
    obj["metadata"]["managedFields"] = [
        {"manager": "old", "operation": "Update", "time": "2026-11-25T00:00:00Z", "fieldsV1": {}},
        {"manager": "sailcloth", "operation": "Apply", "time": "2026-11-26T00:00:00Z", "fieldsV1": fields},
    ]
    newest, oldest = changes_of(obj)
    assert (newest.manager, oldest.manager) == ("sailcloth", "old")
    assert newest.fields == ("spec.replicas", "spec.containers[name=app].image", "spec.finalizers[]")


class TestSurroundings:
    def test_pods_and_events_of_a_workload(self) -> None:
        web = thing("Deployment", "web")
        made = thing("ReplicaSet", "web-1", owner=web)
        pods = [thing("Pod", f"web-1-{number}", owner=made) for number in range(2)]
        event = thing("Event", "e", involvedObject={"uid": "uid-web-1-0", "kind": "Pod", "name": "web-1-0"})
        objects = {
            key_of(each, each["apiVersion"].rpartition("/")[0], each["kind"]): each for each in (web, made, *pods)
        }
        objects[key_of(event, "", "Event")] = event
        around = Surroundings(objects.get)
        for key, obj in objects.items():
            around.note(key, obj)
        assert sorted(pod["metadata"]["name"] for pod in around.pods_of(web)) == ["web-1-0", "web-1-1"]
        assert around.events_of(around.pods_of(web)) == [event]
        key = key_of(pods[0], "", "Pod")
        assert [above.name for above, _ in around.makers_of(key, pods[0])] == ["web-1", "web"]
        del objects[key]
        around.note(key, None)
        assert [pod["metadata"]["name"] for pod in around.pods_of(web)] == ["web-1-1"]

    def test_an_owner_of_the_same_name_is_not_the_owner(self) -> None:
        old, new = thing("ReplicaSet", "web-1"), thing("ReplicaSet", "web-1", metadata={"uid": "another"})
        pod = thing("Pod", owner=old)
        around = Surroundings({key_of(new, "apps", "ReplicaSet"): new}.get)
        assert list(around.makers_of(key_of(pod, "", "Pod"), pod)) == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [("pods", "Pod"), ("POD", "Pod"), ("ingresses", "Ingress"), ("networkpolicies", "NetworkPolicy"), ("Odd", "Odd")],
)
def test_names_of_kinds(given: str, meant: str) -> None:
    assert canonical(given) == meant


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ({"eventTime": "2026-03-24T10:00:00.618959Z", "count": 0}, "2026-03-24T10:00:00Z"),
        ({"lastTimestamp": "2026-03-24T10:00:00Z", "eventTime": None}, "2026-03-24T10:00:00Z"),
        ({}, ""),
    ],
    ids=["microseconds", "seconds", "none"],
)
def test_an_event_was_seen_at_a_whole_second(event: dict[str, Any], shown: str) -> None:
    assert event_json(event)["last_seen_at"] == shown
