"""The official Python client: typed reads, lists, watches and the dynamic client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from clusters.practice.server import PracticeServer

Json = Any
kubernetes = pytest.importorskip("kubernetes")


def configuration(server: PracticeServer, folder: Path) -> Any:
    ca = folder / "ca.crt"
    ca.write_text(server.ca_pem)
    found = kubernetes.client.Configuration(host=server.tenant_url("demo"))
    found.ssl_ca_cert = str(ca)
    found.api_key = {"authorization": f"Bearer {server.tenant_token('demo')}"}
    return found


def deployment(name: str) -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


async def test_typed_lists_and_watches(server: PracticeServer, tmp_path: Path) -> None:
    def use() -> tuple[list[str], list[str], str]:
        with kubernetes.client.ApiClient(configuration(server, tmp_path)) as client:
            apps, core = kubernetes.client.AppsV1Api(client), kubernetes.client.CoreV1Api(client)
            assert [n.metadata.name for n in core.list_node().items] == ["practice-node"]
            apps.create_namespaced_deployment("default", deployment("web"))
            states = []
            watch = kubernetes.watch.Watch()
            for event in watch.stream(apps.list_namespaced_deployment, "default", timeout_seconds=15):
                states.append(event["type"])
                if event["object"].status.available_replicas == 1:
                    watch.stop()
            pods = core.list_namespaced_pod("default", label_selector="app=web")
            scale = apps.read_namespaced_deployment_scale("web", "default")
            assert scale.spec.replicas == 1
            log = core.read_namespaced_pod_log(pods.items[0].metadata.name, "default")
            apps.delete_namespaced_deployment("web", "default")
            return states, [p.status.phase for p in pods.items], log

    states, phases, log = await asyncio.to_thread(use)
    assert states[0] == "ADDED"
    assert "MODIFIED" in states
    assert phases == ["Running"]
    assert "[simulated]" in log


async def test_the_dynamic_client_and_server_side_apply(server: PracticeServer, tmp_path: Path) -> None:
    def use() -> Json:
        with kubernetes.client.ApiClient(configuration(server, tmp_path)) as client:
            dynamic = kubernetes.dynamic.DynamicClient(client, cache_file=str(tmp_path / "discovery"))
            maps = dynamic.resources.get(api_version="v1", kind="ConfigMap")
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}
            dynamic.server_side_apply(maps, body=body, namespace="default", field_manager="sailcloth")
            return dynamic.get(maps, name="c", namespace="default").to_dict()

    found = await asyncio.to_thread(use)
    assert found["data"] == {"a": "1"}
    assert found["metadata"]["managedFields"][0]["manager"] == "sailcloth"


async def test_every_kind_reads_as_its_typed_model(server: PracticeServer, tmp_path: Path) -> None:
    """Typed models refuse fields that they do not know and fail on those that are missing."""

    def use() -> None:
        with kubernetes.client.ApiClient(configuration(server, tmp_path)) as client:
            k = kubernetes.client
            core, apps, batch = k.CoreV1Api(client), k.AppsV1Api(client), k.BatchV1Api(client)
            core.create_namespaced_service(
                "default", {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
            )
            apps.create_namespaced_deployment("default", deployment("web"))
            for read in (
                core.list_namespace,
                core.list_service_for_all_namespaces,
                core.list_pod_for_all_namespaces,
                core.list_event_for_all_namespaces,
                core.list_service_account_for_all_namespaces,
                core.list_config_map_for_all_namespaces,
                core.list_persistent_volume,
                core.list_node,
                apps.list_deployment_for_all_namespaces,
                apps.list_replica_set_for_all_namespaces,
                apps.list_stateful_set_for_all_namespaces,
                apps.list_daemon_set_for_all_namespaces,
                batch.list_job_for_all_namespaces,
                batch.list_cron_job_for_all_namespaces,
                k.NetworkingV1Api(client).list_ingress_for_all_namespaces,
                k.StorageV1Api(client).list_storage_class,
                k.RbacAuthorizationV1Api(client).list_cluster_role,
                k.DiscoveryV1Api(client).list_endpoint_slice_for_all_namespaces,
                k.ApiextensionsV1Api(client).list_custom_resource_definition,
            ):
                read()
            assert k.VersionApi(client).get_code().git_version.endswith("practice.sailcloth")

    await asyncio.to_thread(use)
