"""Rows follow what is in a cluster: they come, change, go and come back."""

import time

import pytest
from django.utils import timezone

from clusters.kube import loop
from clusters.models import Resource, ResourceMirror
from realtime.models import Event
from tests.integration.live.support import PATIENCE, deployment, watching

pytestmark = pytest.mark.django_db(transaction=True)


def until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.03)


def row_of(ground, kind, name, **more):
    rows = Resource.objects.filter(cluster=ground.cluster, kind=kind, name=name, namespace=ground.namespace)
    return rows.filter(**more).first()


def look(ground):
    ResourceMirror.objects.update_or_create(pk=ground.cluster.pk, defaults={"looked_at": timezone.now()})


def body(kind, name, **more):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def test_what_is_deployed_is_mirrored_with_all_around_it(ground, gateways):
    ground.apply(deployment("web", replicas=2), body("Secret", "password", data={"key": "Y2FuYXJ5"}))
    with watching(gateways):
        row = until(lambda: row_of(ground, "Deployment", "web", status="Available"))
        assert (row.health, row.facts["desired"], row.facts["ready"]) == ("healthy", 2, 2)
        assert row.summary
        made = Resource.objects.filter(cluster=ground.cluster, kind="ReplicaSet", owner_uid=row.uid)
        replicas = until(made.first)
        pods = Resource.objects.filter(cluster=ground.cluster, kind="Pod", owner_uid=replicas.uid)
        assert until(lambda: pods.filter(status="Running").count() == 2)
        # What it made belongs to the same set.
        assert set(pods.values_list("part_of", flat=True)) == {"applyset-of-a-test"}
        secret = until(lambda: row_of(ground, "Secret", "password"))
        assert secret.facts["keys"] == ["key"]
        for kind in ("Node", "Namespace"):
            assert Resource.objects.filter(cluster=ground.cluster, kind=kind, namespace="").exists()
        mirror = until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(seen_at=None).first())
        assert (mirror.trouble, mirror.blind, mirror.notes) == ("", {}, [])


def test_what_goes_is_marked_and_what_returns_is_live_again(ground, gateways):
    ground.apply(body("ConfigMap", "settings", data={"a": "b"}))
    with watching(gateways):
        first = until(lambda: row_of(ground, "ConfigMap", "settings"))
        ground.delete("ConfigMap", "settings")
        until(lambda: row_of(ground, "ConfigMap", "settings", deleted_at__isnull=False))
        ground.apply(body("ConfigMap", "settings", data={"a": "b"}))
        again = until(lambda: row_of(ground, "ConfigMap", "settings", deleted_at=None))
        assert again.pk == first.pk
        assert again.uid != first.uid
        told = Event.objects.filter(stream_id=f"resource:{first.pk}").order_by("cursor")
        assert [event.type for event in told] == ["resource.deleted", "resource.changed"]


def test_what_went_while_nobody_watched(ground, gateways):
    ground.apply(body("ConfigMap", "settings"), body("ConfigMap", "other"))
    with watching(gateways):
        until(lambda: row_of(ground, "ConfigMap", "settings") and row_of(ground, "ConfigMap", "other"))
    ground.delete("ConfigMap", "settings")
    with watching(gateways):
        until(lambda: row_of(ground, "ConfigMap", "settings", deleted_at__isnull=False))
    assert row_of(ground, "ConfigMap", "other").deleted_at is None


def test_only_what_is_used_is_mirrored(make_ground, gateways):
    used, unused = make_ground(), make_ground()
    look(used)
    with watching(gateways):
        until(lambda: Resource.objects.filter(cluster=used.cluster, kind="Node").exists())
        assert not Resource.objects.filter(cluster=unused.cluster).exists()
        look(unused)
        until(lambda: Resource.objects.filter(cluster=unused.cluster, kind="Node").exists())


def test_a_lost_cluster_is_said_to_be_lost(make_ground, gateways, proxy):
    ground = make_ground(port=proxy.port)
    ground.apply(deployment("web"))
    with watching(gateways):
        row = until(lambda: row_of(ground, "Deployment", "web", health="healthy"))
        Resource.objects.filter(pk=row.pk).update(watched_until=timezone.now() + timezone.timedelta(minutes=5))
        until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(seen_at=None).first())
        loop.run(proxy.cut(), PATIENCE)
        mirror = until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(trouble="").first())
        assert "cannot be reached" in mirror.trouble
        told = Event.objects.filter(stream_id=f"resource:{row.pk}").order_by("-cursor").first()
        assert (told.payload["health"], told.payload["reason"]) == ("unknown", "ClusterUnreachable")
        ground.delete("Deployment", "web", "apps")
        loop.run(proxy.start(), PATIENCE)
        until(lambda: row_of(ground, "Deployment", "web", deleted_at__isnull=False))
        until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk, trouble="").exists())


def test_trouble_of_a_pod_reaches_its_workload_and_its_stream(ground, gateways):
    with watching(gateways):
        ground.apply(deployment("web", image="registry.invalid/does-not-exist:1"))
        row = until(lambda: row_of(ground, "Deployment", "web", health="degraded"))
        assert "does-not-exist" in row.summary
        pod = until(lambda: Resource.objects.filter(cluster=ground.cluster, kind="Pod", health="degraded").first())
        told = until(lambda: Event.objects.filter(stream_id=f"resource:{pod.pk}", type="resource.event").first())
        assert told.payload["type"] == "Warning"
        assert told.payload["count"] >= 1


def test_rows_hold_no_secret(ground, gateways):
    canary = "canary-8d20aa"
    encoded = "Y2FuYXJ5LThkMjBhYQ=="
    note = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"data":{{"key":"{canary}"}}}}'}
    secret = {**body("Secret", "password", data={"key": encoded})}
    secret["metadata"]["annotations"] = note
    ground.apply(secret)
    with watching(gateways):
        row = until(lambda: row_of(ground, "Secret", "password"))
        ground.patch("Secret", "password", {"data": {"more": encoded}})
        until(lambda: row_of(ground, "Secret", "password", facts__key_count=2))
    held = "".join(str(list(model.objects.all().values())) for model in (Resource, ResourceMirror, Event))
    assert row.facts["type"] == "Opaque"
    assert canary not in held
    assert encoded not in held
