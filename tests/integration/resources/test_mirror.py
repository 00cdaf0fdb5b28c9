"""Rows follow what is in a cluster: they come, change, go and come back."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from clusters.kube import loop
from clusters.kube.gateway import Refused
from clusters.live.leases import KIND
from clusters.models import Resource, ResourceMark, ResourceMirror
from clusters.resources.known import load
from clusters.resources.writing import State, note_state, prune, write
from core.work.services import cancel, claim, enqueue
from core.work.types import LeaseLost
from realtime.models import Event
from tests.integration.live.support import PATIENCE, deployment, watching
from workflows.deploy.applyset import parent_of_target

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
        assert set(pods.values_list("part_of", flat=True)) == {parent_of_target(ground.target.pk, ground.namespace).id}
        secret = until(lambda: row_of(ground, "Secret", "password"))
        assert secret.facts["keys"] == ["key"]
        for kind in ("Node", "Namespace"):
            assert until(Resource.objects.filter(cluster=ground.cluster, kind=kind, namespace="").exists)
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
        Resource.objects.filter(pk=row.pk).update(watched_until=timezone.now() + timedelta(minutes=5))
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


def test_rows_events_and_logs_hold_no_secret(ground, gateways, caplog):
    caplog.set_level("DEBUG")
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
    held += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert canary not in held
    assert encoded not in held


def test_whoever_has_it_open_hears_everything(ground, gateways):
    ground.apply(deployment("web"))
    with watching(gateways):
        row = until(lambda: row_of(ground, "Deployment", "web", status="Available"))
        told = Event.objects.filter(stream_id=f"resource:{row.pk}", type="resource.event")
        ground.patch("Deployment", "web", {"spec": {"replicas": 2}}, "apps")
        until(lambda: row_of(ground, "Deployment", "web", facts__ready=2))
        assert not told.exists()
        Resource.objects.filter(pk=row.pk).update(watched_until=timezone.now() + timedelta(minutes=5))
        time.sleep(1.5)
        ground.patch("Deployment", "web", {"spec": {"replicas": 3}}, "apps")
        event = until(told.first).payload
        assert (event["type"], event["reason"]) == ("Normal", "ScalingReplicaSet")
        assert "to 3" in event["message"]


class Limited:
    """A gateway whose identity may list in one namespace only, and no secrets at all."""

    def __init__(self, gateway, namespace):
        self._gateway = gateway
        self._namespace = namespace

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def _check(self, kind, namespace):
        if namespace != self._namespace or kind.kind == "Secret":
            raise Refused(f"{kind.resource} is forbidden", reason="Forbidden", status=403)

    async def list(self, kind, namespace="", **more):
        self._check(kind, namespace)
        return await self._gateway.list(kind, namespace, **more)

    async def watch(self, kind, namespace="", **more):
        self._check(kind, namespace)
        return await self._gateway.watch(kind, namespace, **more)


def test_an_identity_that_may_see_one_namespace(ground, gateways):
    ground.apply(deployment("web"), body("Secret", "password", data={"key": "Y2FuYXJ5"}))
    ground.entries.clear()
    ground.save()
    gateways[ground.cluster.pk] = Limited(gateways[ground.cluster.pk], "default")
    look(ground)
    with watching(gateways):
        row = until(lambda: row_of(ground, "Deployment", "web", status="Available"))
        mirror = until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(seen_at=None).first())
        assert mirror.blind["apps/Deployment"] == ["default"]
        assert (mirror.blind["/Secret"], mirror.blind["/Node"]) == ([], [])
        assert "This identity may not look at Secret." in mirror.notes
        assert row_of(ground, "Secret", "password") is None
        ground.delete("Deployment", "web", "apps")
        until(lambda: row_of(ground, "Deployment", "web", deleted_at__isnull=False))
        assert row.pk


def test_who_lost_the_lease_writes_nothing(ground, gateways):
    ground.apply(body("ConfigMap", "settings"))
    with watching(gateways):
        until(lambda: row_of(ground, "ConfigMap", "settings"))
    work = enqueue(kind=KIND, key=ground.cluster.pk, payload={}, workspace="", not_before=timezone.now())
    lease = claim(kinds=[KIND], worker="first", lease_seconds=60, work_id=work.pk)
    cancel(kind=KIND, key=ground.cluster.pk)
    book = load(ground.cluster.pk)
    key = next(key for key in book.rows if key.name == "settings")
    with pytest.raises(LeaseLost):
        write(lease=lease, book=book, rows=[], gone=[key])
    with pytest.raises(LeaseLost):
        note_state(lease=lease, state=State(trouble="It is not so."))
    assert row_of(ground, "ConfigMap", "settings", deleted_at=None)
    assert not book.rows[key].is_deleted


def test_many_rows_are_written_in_batches_and_only_once(ground, gateways, monkeypatch):
    monkeypatch.setattr("clusters.resources.writing.BATCH", 7)
    ground.apply(*(body("ConfigMap", f"settings-{number}") for number in range(30)))
    with watching(gateways):
        rows = Resource.objects.filter(cluster=ground.cluster, kind="ConfigMap", name__startswith="settings-")
        until(lambda: rows.count() == 30)
        until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(seen_at=None).exists())
        before = dict(rows.values_list("pk", "updated_at"))
    with watching(gateways):
        ResourceMirror.objects.filter(pk=ground.cluster.pk).update(seen_at=None)
        until(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk).exclude(seen_at=None).exists())
    assert dict(rows.values_list("pk", "updated_at")) == before


def test_what_is_long_gone_is_forgotten_unless_somebody_marked_it(ground):
    now = timezone.now()
    work = enqueue(kind=KIND, key=ground.cluster.pk, payload={}, workspace="", not_before=now)
    lease = claim(kinds=[KIND], worker="first", lease_seconds=60, work_id=work.pk)
    for name, days in (("old", 8), ("marked", 8), ("new", 1)):
        Resource.objects.create(
            cluster=ground.cluster,
            version="v1",
            kind="Pod",
            name=name,
            uid=name,
            created_at=now,
            updated_at=now,
            deleted_at=now - timedelta(days=days),
        )
    ResourceMark.objects.create(resource=Resource.objects.get(name="marked"), user=ground.user, is_favorite=True)
    prune(lease=lease)
    assert set(Resource.objects.values_list("name", flat=True)) == {"marked", "new"}
