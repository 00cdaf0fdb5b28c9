"""Every key that the published schema knows has a place in the model and an explicit verdict.

The schema is reference data and not part of the project: `SAILCLOTH_TEST_COMPOSE_SPEC` says where it is.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from imports.compose import convert
from imports.compose.mapping.convert import PARTS
from imports.compose.model import build, deploy, hooks, project, service
from imports.compose.model.decode import Spec, keys_of
from imports.report import Row
from plugins.sdk.yaml import dump
from tests.unit.imports.compose.harness import check

SPEC = os.environ.get("SAILCLOTH_TEST_COMPOSE_SPEC", "")
needs_spec = pytest.mark.skipif(not SPEC, reason="SAILCLOTH_TEST_COMPOSE_SPEC does not name the published schema")

# Where the schema describes what, and which struct is its place.
PLACES: list[tuple[tuple[str, ...], type[Spec]]] = [
    (("properties",), project.Project),
    (("$defs", "service", "properties"), service.Service),
    (("$defs", "service", "properties", "build", "oneOf", "1", "properties"), build.Build),
    (("$defs", "deployment", "properties"), deploy.Deploy),
    (("$defs", "deployment", "properties", "update_config", "properties"), deploy.UpdateConfig),
    (("$defs", "deployment", "properties", "rollback_config", "properties"), deploy.UpdateConfig),
    (("$defs", "deployment", "properties", "resources", "properties"), deploy.Resources),
    (("$defs", "deployment", "properties", "resources", "properties", "limits", "properties"), deploy.Limits),
    (
        ("$defs", "deployment", "properties", "resources", "properties", "reservations", "properties"),
        deploy.Reservations,
    ),
    (("$defs", "deployment", "properties", "restart_policy", "properties"), deploy.RestartPolicy),
    (("$defs", "deployment", "properties", "placement", "properties"), deploy.Placement),
    (("$defs", "devices", "items", "properties"), deploy.Device),
    (("$defs", "healthcheck", "properties"), service.Healthcheck),
    (("$defs", "development", "properties", "watch", "items", "properties"), build.Watch),
    (("$defs", "service", "properties", "ports", "items", "oneOf", "2", "properties"), service.Port),
    (("$defs", "service", "properties", "volumes", "items", "oneOf", "1", "properties"), service.Mount),
    (("$defs", "network", "properties"), project.Network),
    (("$defs", "volume", "properties"), project.Volume),
    (("$defs", "secret", "properties"), project.Secret),
    (("$defs", "config", "properties"), project.Config),
    (("$defs", "model", "properties"), project.Model),
    (("$defs", "service_hook", "properties"), hooks.Hook),
    (("$defs", "pre_start_hook", "properties"), hooks.PreStart),
    (("$defs", "service_config_or_secret", "items", "oneOf", "1", "properties"), build.FileGrant),
]


def schema() -> Any:
    return json.loads(Path(SPEC).read_text())


def at(document: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


@needs_spec
@pytest.mark.parametrize(
    ("path", "struct"), PLACES, ids=lambda value: ".".join(value) if isinstance(value, tuple) else ""
)
def test_each_key_of_the_schema_has_a_place(path: tuple[str, ...], struct: type[Spec]) -> None:
    assert set(at(schema(), path)) == set(keys_of(struct))


@needs_spec
def test_the_schema_is_the_one_that_is_meant() -> None:
    assert len(at(schema(), ("$defs", "service", "properties"))) == 93


def test_each_service_key_belongs_to_exactly_one_part() -> None:
    owned = [key for _, keys in PARTS for key in keys]
    assert sorted(owned) == sorted(keys_of(service.Service))


# One value for every key, in the long syntax where there is one.
HOOK = {"command": ["x"], "user": "root", "privileged": True, "working_dir": "/", "environment": {"A": "1"}}
UPDATE = {
    "parallelism": 1,
    "delay": "1s",
    "failure_action": "pause",
    "monitor": "1s",
    "max_failure_ratio": 0.1,
    "order": "stop-first",
}
BUILD: dict[str, Any] = {
    "context": "https://example.com/r.git",
    "dockerfile": "Dockerfile",
    "dockerfile_inline": "FROM x",
    "entitlements": ["network.host"],
    "args": {"A": "1"},
    "ssh": {"default": None},
    "labels": {"a": "b"},
    "cache_from": ["x"],
    "cache_to": ["x"],
    "no_cache": True,
    "no_cache_filter": ["x"],
    "additional_contexts": {"a": "docker-image://x"},
    "network": "host",
    "provenance": True,
    "sbom": True,
    "pull": True,
    "target": "x",
    "shm_size": "1m",
    "extra_hosts": {"a": "10.0.0.1"},
    "isolation": "default",
    "privileged": True,
    "secrets": ["s"],
    "tags": ["x"],
    "ulimits": {"nofile": 5},
    "platforms": ["linux/amd64"],
}
DEPLOY: dict[str, Any] = {
    "mode": "replicated",
    "endpoint_mode": "vip",
    "replicas": 2,
    "labels": {"a": "b"},
    "rollback_config": UPDATE,
    "update_config": UPDATE,
    "resources": {
        "limits": {"cpus": "1", "memory": "1g", "pids": 5},
        "reservations": {
            "cpus": "0.5",
            "memory": "1m",
            "generic_resources": [{"discrete_resource_spec": {"kind": "ssd", "value": 1}}],
            "devices": [{"capabilities": ["gpu"], "count": 1}],
        },
    },
    "restart_policy": {"condition": "any", "delay": "1s", "max_attempts": 3, "window": "1s"},
    "placement": {
        "constraints": ["node.labels.a==b"],
        "preferences": [{"spread": "node.labels.a"}],
        "max_replicas_per_node": 1,
    },
}
SERVICE: dict[str, Any] = {
    "annotations": {"a": "b"},
    "attach": True,
    "blkio_config": {"weight": 5},
    "build": BUILD,
    "cap_add": ["NET_ADMIN"],
    "cap_drop": ["ALL"],
    "cgroup": "host",
    "cgroup_parent": "x",
    "command": "a b",
    "configs": ["c"],
    "container_name": "named",
    "cpu_count": 1,
    "cpu_percent": 5,
    "cpu_period": 1000,
    "cpu_quota": 5000,
    "cpu_rt_period": 5,
    "cpu_rt_runtime": 5,
    "cpu_shares": 10,
    "cpus": 1,
    "cpuset": "0",
    "credential_spec": {"file": "x"},
    "depends_on": ["other"],
    "deploy": DEPLOY,
    "develop": {"watch": [{"path": "./x", "action": "sync", "target": "/x"}]},
    "device_cgroup_rules": ["c 1:3 mr"],
    "devices": ["/dev/x"],
    "dns": "1.1.1.1",
    "dns_opt": ["a"],
    "dns_search": "example.com",
    "domainname": "x",
    "entrypoint": "x",
    "env_file": "e.env",
    "environment": {"A": "1"},
    "expose": ["80"],
    "extends": "other",
    "external_links": ["x"],
    "extra_hosts": {"a": "10.0.0.1"},
    "gpus": "all",
    "group_add": ["5"],
    "healthcheck": {
        "test": "x",
        "interval": "1s",
        "retries": 3,
        "timeout": "1s",
        "start_period": "1s",
        "start_interval": "1s",
    },
    "hostname": "x",
    "image": "acme/x:1",
    "init": True,
    "ipc": "private",
    "isolation": "default",
    "label_file": "l.env",
    "labels": {"a": "b"},
    "links": ["other"],
    "logging": {"driver": "x"},
    "mac_address": "x",
    "mem_limit": "1g",
    "mem_reservation": "1m",
    "mem_swappiness": 1,
    "memswap_limit": "2g",
    "models": ["m"],
    "network_mode": "bridge",
    "networks": {
        "n": {
            "aliases": ["al"],
            "interface_name": "x",
            "ipv4_address": "10.0.0.2",
            "ipv6_address": "::2",
            "link_local_ips": ["10.0.0.3"],
            "mac_address": "x",
            "driver_opts": {"a": "b"},
            "priority": 1,
            "gw_priority": 1,
        }
    },
    "oom_kill_disable": True,
    "oom_score_adj": 5,
    "pid": "host",
    "pids_limit": 5,
    "platform": "linux/amd64",
    "ports": ["8080:80"],
    "post_start": [HOOK],
    "pre_start": [HOOK],
    "pre_stop": [HOOK],
    "privileged": True,
    "profiles": ["p"],
    "provider": {"type": "x"},
    "pull_policy": "always",
    "pull_refresh_after": "1h",
    "read_only": True,
    "restart": "always",
    "runtime": "runc",
    "scale": 2,
    "secrets": ["s"],
    "security_opt": ["label:type:x"],
    "shm_size": "1m",
    "stdin_open": True,
    "stop_grace_period": "1s",
    "stop_signal": "SIGINT",
    "storage_opt": {"size": "1g"},
    "sysctls": {"net.core.somaxconn": 5},
    "tmpfs": "/t",
    "tty": True,
    "ulimits": {"nofile": 5},
    "use_api_socket": True,
    "user": "5",
    "userns_mode": "host",
    "uts": "host",
    "volumes": ["v:/v"],
    "volumes_from": ["other"],
    "working_dir": "/",
}
TOP: dict[str, Any] = {
    "version": "3",
    "name": "x",
    "include": ["other.yaml"],
    "models": {"m": {"name": "x", "model": "x", "context_size": 5, "runtime_flags": ["x"]}},
    "networks": {
        "n": {
            "name": "x",
            "driver": "x",
            "driver_opts": {"a": "b"},
            "ipam": {"driver": "x"},
            "external": False,
            "internal": True,
            "enable_ipv4": True,
            "enable_ipv6": True,
            "attachable": True,
            "labels": {"a": "b"},
        }
    },
    "volumes": {"v": {"name": "x", "driver": "x", "driver_opts": {"a": "b"}, "external": False, "labels": {"a": "b"}}},
    "secrets": {
        "s": {
            "name": "x",
            "environment": "E",
            "file": "./e.env",
            "external": False,
            "labels": {"a": "b"},
            "driver": "x",
            "driver_opts": {"a": "b"},
            "template_driver": "x",
        }
    },
    "configs": {
        "c": {
            "name": "x",
            "content": "x",
            "environment": "E",
            "file": "./e.env",
            "external": False,
            "labels": {"a": "b"},
            "template_driver": "x",
        }
    },
}
# Without these the rest cannot stand beside them.
APART = {"network_mode", "provider", "extends"}
RESOURCE_KEYS = [
    f"{section}.{name}.{key}"
    for section in ("networks", "volumes", "secrets", "configs", "models")
    for name, member in TOP[section].items()
    for key in member
]


def shown(value: object) -> str:
    return ".".join(value) if isinstance(value, tuple) else "-"


def reported(key: str, extra: dict[str, Any] | None = None) -> tuple[Any, dict[str, Row]]:
    kept = {key: SERVICE[key]} if key in APART else {name: item for name, item in SERVICE.items() if name not in APART}
    kept = {"image": "acme/x:1", **kept, **(extra or {})}
    document = {**TOP, "services": {"app": kept, "other": {"image": "busybox:1.36"}}}
    files = {
        "compose.yaml": dump(document).encode(),
        "other.yaml": b"services: {third: {image: 'busybox:1.36'}}",
        "e.env": b"X=1",
        "l.env": b"L=1",
    }
    found = convert(files, profiles=["p"])
    return found, {row.path: row for row in found.report.rows}


@pytest.fixture(scope="module")
def everything() -> dict[str, Row]:
    found, rows = reported("image")
    check(found)
    return rows


def told(rows: dict[str, Row], path: str) -> bool:
    return path in rows or any(other.startswith(f"{path}.") for other in rows)


def test_the_sample_has_every_key() -> None:
    assert set(SERVICE) == set(keys_of(service.Service))
    assert set(BUILD) == set(keys_of(build.Build))
    assert set(TOP) | {"services"} == set(keys_of(project.Project))


@pytest.mark.parametrize("key", sorted(set(SERVICE) - APART))
def test_each_service_key_has_a_verdict(key: str, everything: dict[str, Row]) -> None:
    assert told(everything, f"services.app.{key}")


@pytest.mark.parametrize("key", sorted(APART))
def test_keys_that_stand_alone_have_a_verdict(key: str) -> None:
    found, rows = reported(key)
    check(found)
    assert told(rows, f"services.app.{key}")


@pytest.mark.parametrize("key", sorted(TOP))
def test_each_top_level_key_has_a_verdict(key: str, everything: dict[str, Row]) -> None:
    assert told(everything, key)


@pytest.mark.parametrize("key", sorted(BUILD))
def test_each_key_of_a_build_has_a_verdict(key: str, everything: dict[str, Row]) -> None:
    assert f"services.app.build.{key}" in everything


def leaves(value: Any, path: str) -> list[str]:
    if isinstance(value, dict) and not path.endswith("labels"):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}")]
    return [path]


@pytest.mark.parametrize("path", leaves(DEPLOY, "services.app.deploy"))
def test_each_key_of_deploy_has_a_verdict(path: str, everything: dict[str, Row]) -> None:
    assert told(everything, path)


@pytest.mark.parametrize("key", sorted(SERVICE["healthcheck"]))
def test_each_key_of_a_healthcheck_has_a_verdict(key: str, everything: dict[str, Row]) -> None:
    assert f"services.app.healthcheck.{key}" in everything


@pytest.mark.parametrize("key", sorted(SERVICE["networks"]["n"]))
def test_each_key_of_a_network_of_a_service_has_a_verdict(key: str, everything: dict[str, Row]) -> None:
    assert told(everything, f"services.app.networks.n.{key}")


@pytest.mark.parametrize("path", RESOURCE_KEYS)
def test_each_key_of_a_resource_has_a_verdict(path: str, everything: dict[str, Row]) -> None:
    assert path in everything


def test_no_key_falls_through_to_the_last_resort(everything: dict[str, Row]) -> None:
    last = [path for path, row in everything.items() if row.message == "Has no counterpart in a cluster."]
    assert [path for path in last if not path.startswith("models.")] == []
