"""Reading and writing objects through the gateway, alike on every cluster."""

import asyncio
from contextlib import aclosing

import pytest

from clusters.kube import direct
from clusters.kube.gateway import Conflict, NotFound, Refused, ResourceExpired


def config_map(namespace, name="settings", **more):
    metadata = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": "blue"}, **more}


@pytest.fixture(scope="session")
def kind(kinds):
    return kinds("ConfigMap")


class TestOneObject:
    def test_is_created_read_patched_and_deleted(self, gateway, call, kind, namespace):
        made = call(gateway.create(kind, config_map(namespace)))
        assert made["metadata"]["uid"]
        assert made["metadata"]["managedFields"][0]["manager"] == "sailcloth"
        merged = call(gateway.patch(kind, "settings", namespace, {"data": {"size": "3"}}))
        assert merged["data"] == {"colour": "blue", "size": "3"}
        steps = [{"op": "remove", "path": "/data/size"}]
        assert call(gateway.patch(kind, "settings", namespace, steps, patch_type="json"))["data"] == {"colour": "blue"}
        assert call(gateway.get(kind, "settings", namespace))["metadata"]["uid"] == made["metadata"]["uid"]
        call(gateway.delete(kind, "settings", namespace))
        with pytest.raises(NotFound) as caught:
            call(gateway.get(kind, "settings", namespace))
        assert (caught.value.status, caught.value.reason) == (404, "NotFound")

    def test_that_exists_is_not_created_again(self, gateway, call, kind, namespace):
        call(gateway.create(kind, config_map(namespace)))
        with pytest.raises(Conflict) as caught:
            call(gateway.create(kind, config_map(namespace)))
        assert caught.value.reason == "AlreadyExists"

    def test_that_is_invalid_names_the_field(self, gateway, call, kind, namespace):
        with pytest.raises(Refused) as caught:
            call(gateway.create(kind, config_map(namespace, data={"not a key": "x"})))
        assert (caught.value.status, caught.value.reason) == (422, "Invalid")
        assert "not a key" in caught.value.details["causes"][0]["field"]

    def test_in_a_missing_namespace_is_not_found(self, gateway, call, kind):
        with pytest.raises(NotFound) as caught:
            call(gateway.create(kind, config_map("sailcloth-test-no-such-place")))
        assert "sailcloth-test-no-such-place" in caught.value.message

    def test_scaled_by_its_subresource(self, gateway, call, kinds, namespace):
        deployment = kinds("Deployment")
        call(gateway.apply(deployment, sleepers(namespace, replicas=0)))
        scaled = call(gateway.patch(deployment, "sleepers", namespace, {"spec": {"replicas": 1}}, subresource="scale"))
        assert (scaled["kind"], scaled["spec"]["replicas"]) == ("Scale", 1)
        assert call(gateway.get(deployment, "sleepers", namespace))["spec"]["replicas"] == 1


class TestApply:
    def test_makes_the_object_and_again_changes_nothing(self, gateway, call, kind, namespace):
        first = call(gateway.apply(kind, config_map(namespace)))
        again = call(gateway.apply(kind, config_map(namespace)))
        assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
        entry = first["metadata"]["managedFields"][0]
        assert (entry["manager"], entry["operation"]) == ("sailcloth", "Apply")

    def test_that_changes_nothing_on_a_workload_keeps_its_version(self, gateway, call, kinds, namespace, eventually):
        deployment = kinds("Deployment")
        body = sleepers(namespace, replicas=0)
        call(gateway.apply(deployment, body))

        def settled():
            live = call(gateway.get(deployment, "sleepers", namespace))
            return live if live.get("status", {}).get("observedGeneration") == 1 else None

        live = eventually(settled)
        again = call(gateway.apply(deployment, body))
        assert again["metadata"]["generation"] == live["metadata"]["generation"]
        assert again["spec"] == live["spec"]

    def test_removes_what_left_the_manifest(self, gateway, call, kind, namespace):
        call(gateway.apply(kind, config_map(namespace, data={"colour": "blue", "size": "3"})))
        assert call(gateway.apply(kind, config_map(namespace)))["data"] == {"colour": "blue"}

    def test_conflict_names_the_field_and_its_manager(self, gateway, call, kind, namespace):
        path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
        call(gateway.apply(kind, config_map(namespace)))
        other = call(gateway.get(kind, "settings", namespace)) | {"data": {"colour": "red"}}
        call(gateway.raw("PUT", path, query={"fieldManager": "somebody"}, body=other))
        with pytest.raises(Conflict) as caught:
            call(gateway.apply(kind, config_map(namespace)))
        cause = caught.value.details["causes"][0]
        assert cause["reason"] == "FieldManagerConflict"
        assert cause["field"] == ".data.colour"
        assert 'conflict with "somebody"' in cause["message"]
        forced = call(gateway.apply(kind, config_map(namespace), force=True))
        assert forced["data"] == {"colour": "blue"}

    def test_needs_a_name(self, gateway, call, kind, namespace):
        with pytest.raises(Refused):
            call(gateway.apply(kind, config_map(namespace, name="")))

    def test_as_a_dry_run_shows_and_keeps_nothing(self, gateway, call, kind, namespace):
        shown = call(gateway.apply(kind, config_map(namespace), dry_run=True))
        assert shown["data"] == {"colour": "blue"}
        with pytest.raises(NotFound):
            call(gateway.get(kind, "settings", namespace))

    def test_dry_run_of_the_other_writes(self, gateway, call, kind, namespace):
        call(gateway.create(kind, config_map(namespace, name="other"), dry_run=True))
        call(gateway.create(kind, config_map(namespace)))
        patched = call(gateway.patch(kind, "settings", namespace, {"data": {"colour": "red"}}, dry_run=True))
        assert patched["data"] == {"colour": "red"}
        call(gateway.delete(kind, "settings", namespace, dry_run=True))
        assert call(gateway.get(kind, "settings", namespace))["data"] == {"colour": "blue"}
        names = [item["metadata"]["name"] for item in call(gateway.list(kind, namespace)).items]
        assert "other" not in names


class TestDelete:
    def test_of_another_uid_or_version_is_a_conflict(self, gateway, call, kind, namespace):
        made = call(gateway.create(kind, config_map(namespace)))
        with pytest.raises(Conflict) as caught:
            call(gateway.delete(kind, "settings", namespace, uid="00000000-0000-0000-0000-000000000000"))
        assert caught.value.reason == "Conflict"
        call(gateway.patch(kind, "settings", namespace, {"data": {"size": "3"}}))
        stale = made["metadata"]["resourceVersion"]
        with pytest.raises(Conflict):
            call(gateway.delete(kind, "settings", namespace, resource_version=stale))
        live = call(gateway.get(kind, "settings", namespace))["metadata"]
        call(gateway.delete(kind, "settings", namespace, uid=live["uid"], resource_version=live["resourceVersion"]))

    def test_of_what_is_not_there_is_told(self, gateway, call, kind, namespace):
        with pytest.raises(NotFound):
            call(gateway.delete(kind, "nothing", namespace))

    def test_takes_dependants_along_or_leaves_them(self, gateway, call, kinds, namespace, eventually):
        deployment, replica_set = kinds("Deployment"), kinds("ReplicaSet")

        def sets():
            return call(gateway.list(replica_set, namespace)).items

        call(gateway.apply(deployment, sleepers(namespace, replicas=0)))
        eventually(sets)
        call(gateway.delete(deployment, "sleepers", namespace, propagation="Orphan"))
        eventually(lambda: not call(gateway.list(deployment, namespace)).items)
        assert sets(), "orphans stay"
        call(gateway.apply(deployment, sleepers(namespace, replicas=0)))
        eventually(lambda: sets() and sets()[0]["metadata"].get("ownerReferences"))
        call(gateway.delete(deployment, "sleepers", namespace))
        eventually(lambda: not sets())


class TestLists:
    @pytest.fixture
    def three(self, gateway, call, kind, namespace):
        for name, colour in (("one", "red"), ("two", "red"), ("three", "green")):
            labels = {"labels": {"colour": colour}}
            call(gateway.create(kind, config_map(namespace, name=name, metadata=labels)))

    def test_by_label_and_by_field(self, gateway, call, kind, namespace, three):
        def names(**selectors):
            return {item["metadata"]["name"] for item in call(gateway.list(kind, namespace, **selectors)).items}

        assert names(labels="colour=red") == {"one", "two"}
        assert names(labels="colour notin (red)") >= {"three"}
        assert names(fields="metadata.name=three") == {"three"}
        assert names(labels="colour=blue") == set()

    def test_say_what_their_items_are_and_where_to_watch_from(self, gateway, call, kind, namespace, three):
        page = call(gateway.list(kind, namespace, labels="colour=red"))
        assert {(item["apiVersion"], item["kind"]) for item in page.items} == {("v1", "ConfigMap")}
        assert int(page.resource_version) > 0

    def test_are_paged_behind_the_scenes(self, gateway, call, kind, namespace, three, monkeypatch):
        monkeypatch.setattr(direct, "PAGE", 1)
        found = call(gateway.list(kind, namespace, labels="colour")).items
        assert sorted(item["metadata"]["name"] for item in found) == ["one", "three", "two"]

    def test_across_namespaces(self, gateway, call, kind, namespace, three):
        found = call(gateway.list(kind, labels="colour=green")).items
        assert namespace in {item["metadata"]["namespace"] for item in found}

    def test_of_a_missing_namespace_are_empty(self, gateway, call, kind):
        assert call(gateway.list(kind, "sailcloth-test-no-such-place")).items == []


class TestWatch:
    def test_tells_what_happened_since_a_version(self, gateway, call, kind, namespace):
        async def scene():
            start = (await gateway.list(kind, namespace)).resource_version
            await gateway.create(kind, config_map(namespace))
            watch = await gateway.watch(kind, namespace, resource_version=start, timeout_seconds=30)
            events = []
            async with aclosing(watch):
                async for event in watch:
                    if event.object["metadata"].get("name") != "settings":
                        continue
                    events.append(event.type)
                    if event.type == "ADDED":
                        await gateway.patch(kind, "settings", namespace, {"data": {"size": "3"}})
                    elif event.type == "MODIFIED":
                        await gateway.delete(kind, "settings", namespace)
                    else:
                        break
            return events

        assert call(scene()) == ["ADDED", "MODIFIED", "DELETED"]

    def test_with_a_selector_hears_nothing_else(self, gateway, call, kind, namespace):
        async def scene():
            start = (await gateway.list(kind, namespace)).resource_version
            watch = await gateway.watch(kind, namespace, resource_version=start, labels="heard=yes", timeout_seconds=30)
            await gateway.create(kind, config_map(namespace, name="silent"))
            await gateway.create(kind, config_map(namespace, name="loud", metadata={"labels": {"heard": "yes"}}))
            async with aclosing(watch):
                return (await anext(aiter(watch))).object["metadata"]["name"]

        assert call(scene()) == "loud"

    def test_ends_when_the_server_ends_it(self, gateway, call, kind, namespace):
        async def scene():
            start = (await gateway.list(kind, namespace)).resource_version
            watch = await gateway.watch(kind, namespace, resource_version=start, timeout_seconds=1)
            return [event.type async for event in watch if event.type != "BOOKMARK"]

        assert set(call(scene())) <= {"ADDED"}

    def test_from_a_version_long_gone_has_expired(self, gateway, call, kite, namespace):
        # What was before a kind was served, its server never knew, however young the cluster is.
        async def scene():
            watch = await gateway.watch(kite, namespace, resource_version="1", timeout_seconds=5)
            return [event async for event in watch]

        with pytest.raises(ResourceExpired) as caught:
            call(scene())
        assert caught.value.status == 410

    def test_is_closed_early_without_harm(self, gateway, call, kind, namespace):
        async def scene():
            start = (await gateway.list(kind, namespace)).resource_version
            for _ in range(30):
                watch = await gateway.watch(kind, namespace, resource_version=start)
                await watch.aclose()
            await asyncio.sleep(0)
            return (await gateway.list(kind, namespace)).resource_version

        assert call(scene())


def sleepers(namespace, replicas):
    labels = {"app": "sleepers"}
    container = {"name": "sleep", "image": "busybox:1", "command": ["sleep", "1000"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "sleepers", "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
            },
        },
    }
