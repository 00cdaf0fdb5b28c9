"""The choices that a person would make, one by one."""

from typing import Any

import pytest

from imports.report import Verdict
from tests.unit.imports.compose.harness import check, data, edges, many, one, rows


def workload(body: str, *, more: str = "", **options: Any) -> dict[str, Any]:
    """The data of the workload that the service `a` with this body becomes."""
    found = many({"compose.yaml": f"services: {{a: {{image: x:1, {body}}}}}\n{more}"}, **options)
    check(found)
    return data(found, "workload-a")


def kind(text: str, **options: Any) -> str:
    found = many({"compose.yaml": text}, **options)
    check(found)
    return next(node.type for node in found.graph.nodes if node.id == "workload-a")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("image: nginx:1", "deployment"),
        ("image: postgres:16", "statefulset"),
        ("image: 'ghcr.io/acme/postgres:16'", "statefulset"),
        ("image: redis:7", "deployment"),
        ("image: redis:7, volumes: ['v:/data']", "statefulset"),
        ("image: redis:7, volumes: ['v:/elsewhere']", "deployment"),
        ("image: acme/x:1, restart: 'no'", "job"),
        ("image: acme/x:1, restart: 'no', ports: ['80']", "deployment"),
        ("image: acme/x:1", "deployment"),
        ("image: acme/x:1, restart: on-failure", "deployment"),
        ("image: acme/x:1, deploy: {mode: global}", "daemonset"),
        ("image: acme/x:1, deploy: {mode: replicated-job, replicas: 3}", "job"),
        ("image: acme/x:1, deploy: {restart_policy: {condition: none}}", "job"),
        ("image: acme/x:1, labels: {kompose.controller.type: daemonset}", "daemonset"),
        ("image: acme/x:1, labels: {kompose.cronjob.schedule: '0 3 * * *'}", "cronjob"),
        ("image: acme/x:1, labels: {swarm.cronjob.enable: 'true', swarm.cronjob.schedule: '0 0 3 * * *'}", "cronjob"),
        ("image: acme/x:1, labels: {ofelia.job-run.x.schedule: '@every 2h'}", "cronjob"),
    ],
)
def test_which_workload_it_becomes(body: str, expected: str) -> None:
    assert kind(f"services: {{a: {{{body}}}}}\nvolumes: {{v: }}") == expected


def test_who_is_awaited_is_a_job() -> None:
    text = "services: {a: {image: x:1}, b: {image: y:1, depends_on: {a: {condition: service_completed_successfully}}}}"
    assert kind(text) == "job"


def test_a_person_may_choose_otherwise() -> None:
    assert kind("services: {a: {image: postgres:16}}", choices={"service.a.kind": "deployment"}) == "deployment"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("entrypoint: /run.sh -x, command: [serve]", {"command": ["/run.sh", "-x"], "args": ["serve"]}),
        ("command: 'echo $$(HOME) $$$$X'", {"args": ["echo", "$$(HOME)", "$$$X"]}),
        ("init: true", {"share_process_namespace": True}),
        ("user: '1000:50'", {"security_context": {"runAsUser": 1000, "runAsGroup": 50}}),
        ("user: root", {"security_context": {"runAsUser": 0}}),
        (
            "cap_add: [CAP_NET_ADMIN, sys_time]",
            {"security_context": {"capabilities": {"add": ["NET_ADMIN", "SYS_TIME"]}}},
        ),
        (
            "privileged: true, read_only: true",
            {"security_context": {"privileged": True, "readOnlyRootFilesystem": True}},
        ),
        ("mem_limit: 1.5g, cpus: 0.25", {"resources": {"limits": {"cpu": "250m", "memory": "1536Mi"}}}),
        ("cpu_quota: 150000", {"resources": {"limits": {"cpu": "1500m"}}}),
        (
            "mem_limit: 1000, mem_reservation: 500b",
            {"resources": {"limits": {"memory": "1000"}, "requests": {"memory": "500"}}},
        ),
        ("stop_grace_period: 1m30s", {"termination_grace_seconds": 90}),
        ("pull_policy: missing", {"image_pull_policy": "IfNotPresent"}),
        ("platform: linux/aarch64", {"node_selector": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64"}}),
        ("hostname: box.example.com", {"hostname": "box"}),
        (
            "extra_hosts: ['db:10.0.0.1', 'v6:[::1]']",
            {"host_aliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}, {"ip": "::1", "hostnames": ["v6"]}]},
        ),
        ("gpus: [{count: 2}]", {"resources": {"limits": {"nvidia.com/gpu": "2"}}}),
        ("group_add: [44, '45']", {"pod_security_context": {"supplementalGroups": [44, 45]}}),
        ("network_mode: host", {"host_network": True, "dns_policy": "ClusterFirstWithHostNet"}),
        ("pre_stop: [{command: [bye]}]", {"lifecycle": {"pre_stop": {"exec": {"command": ["bye"]}}}}),
        (
            "deploy: {update_config: {order: start-first, parallelism: 2}}",
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}},
        ),
        (
            "deploy: {update_config: {order: stop-first}}",
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}},
        ),
        ("scale: 3", {"replicas": 3}),
        (
            "ports: ['8080:80', '53:53/udp']",
            {"ports": [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]},
        ),
        ("expose: ['3000-3001']", {"ports": [{"port": 3000, "protocol": "TCP"}, {"port": 3001, "protocol": "TCP"}]}),
    ],
)
def test_settings_of_the_container(body: str, expected: dict[str, Any]) -> None:
    found = workload(body)
    assert {key: found.get(key) for key in expected} == expected


def test_healthchecks_become_probes() -> None:
    probes = workload("healthcheck: {test: [CMD, ok], interval: 1m, timeout: 500ms, retries: 2}")["probes"]
    expected = {"exec": {"command": ["ok"]}, "period_seconds": 60, "timeout_seconds": 1, "failure_threshold": 2}
    assert probes == {"readiness": expected}
    shell = workload("healthcheck: {test: a || b}")["probes"]["readiness"]
    assert shell["exec"] == {"command": ["/bin/sh", "-c", "a || b"]}
    assert (shell["period_seconds"], shell["timeout_seconds"], shell["failure_threshold"]) == (30, 30, 3)
    assert "probes" not in workload("healthcheck: {test: [NONE]}")
    assert "probes" not in workload("healthcheck: {disable: true}")


def test_liveness_is_a_choice_with_time_of_grace() -> None:
    body = "healthcheck: {test: ok, start_period: 50s, interval: 10s}"
    probes = workload(body, choices={"service.a.liveness": "yes"})["probes"]
    assert set(probes) == {"readiness", "liveness", "startup"}
    assert (probes["startup"]["period_seconds"], probes["startup"]["failure_threshold"]) == (10, 8)


def test_the_three_conditions() -> None:
    found = one("""
        services:
          a:
            image: x:1
            depends_on:
              b: {condition: service_healthy}
              c: {condition: service_completed_successfully}
              d: {condition: service_started}
          b: {image: y:1, healthcheck: {test: ok}}
          c: {image: z:1}
          d: {image: z:1}
        """)
    check(found)
    waits = {target: data["condition"] for source, target, data in edges(found) if source == "workload-a"}
    assert waits == {"workload-b": "healthy", "workload-c": "completed", "workload-d": "started"}


# --- environment ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "value", "is_secret"),
    [
        ("DB_PASSWORD", "x1", True),
        ("password", "x1", True),
        ("PGPASSWORD", "x1", True),
        ("API_TOKEN", "x1", True),
        ("APP_KEY", "base64:x", True),
        ("SECRET_KEY_BASE", "x1", True),
        ("AWS_ACCESS_KEY", "x1", True),
        ("URL", "postgres://u:p@db/x", True),
        ("URL", "postgres://u@db/x", False),
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/p", False),
        ("ALLOW_EMPTY_PASSWORD", "yes", False),
        ("TOKEN_TTL", "60", False),
        ("USER", "root", False),
        ("KEYCLOAK_URL", "http://x", False),
        ("MONKEY", "x1", False),
    ],
)
def test_which_variables_are_secret(name: str, value: str, is_secret: bool) -> None:
    found = many({"compose.yaml": f"services: {{a: {{image: x:1, environment: {{{name}: '{value}'}}}}}}"})
    check(found)
    shown = {item["name"]: item["value"] for item in data(found, "workload-a").get("env", [])}
    assert shown == ({} if is_secret else {name: value})
    if is_secret:
        assert data(found, "secret-env:a")["values"] == {name: value}


def test_env_files_are_config_maps_and_the_service_wins() -> None:
    files = {
        "compose.yaml": "services: {a: {image: x:1, env_file: [one.env, two.env], environment: {B: own}}}",
        "one.env": "A=1\nB=1\nC=1",
        "two.env": "C=2\nS_PASSWORD=hidden",
    }
    found = many(files)
    check(found)
    picked = {source: data.get("keys") for source, target, data in edges(found) if source.startswith("configmap")}
    assert picked == {"configmap-env:one.env": ["A"], "configmap-env:two.env": None}
    assert data(found, "secret-env:a")["values"] == {"S_PASSWORD": "hidden"}


def test_names_that_dns_does_not_know_are_followed() -> None:
    found = one("""
        services:
          my_db: {image: postgres:16}
          a:
            image: x:1
            environment: {URL: 'http://my_db:80/my_db', DB_HOST: my_db, DB_NAME: my_db, LIST: 'my_db:1,my_db:2'}
        """)
    check(found)
    values = {item["name"]: item["value"] for item in data(found, "workload-a")["env"]}
    assert values == {"URL": "http://my-db:80/my_db", "DB_HOST": "my-db", "DB_NAME": "my_db", "LIST": "my-db:1,my-db:2"}


# --- volumes ----------------------------------------------------------------------------------------------
def test_a_volume_of_one_stateful_set_is_its_own() -> None:
    found = one("services: {a: {image: mysql:8, volumes: ['v:/var/lib/mysql']}}\nvolumes: {v: }")
    check(found)
    claim = {"name": "v", "size": "8Gi", "path": "/var/lib/mysql", "sub_path": "data"}
    assert data(found, "workload-a")["claims"] == [claim]


def test_a_shared_volume_is_a_claim_for_many() -> None:
    text = "services: {a: {image: x:1, volumes: ['v:/d']}, b: {image: y:1, volumes: ['v:/d:ro']}}\nvolumes: {v: }"
    found = many({"compose.yaml": text})
    check(found)
    assert data(found, "claim-volume:v")["access_modes"] == ["ReadWriteMany"]
    assert ("claim-volume:v", "workload-b", {"path": "/d", "read_only": True}) in edges(found)
    other = many({"compose.yaml": text}, choices={"volume.v.access": "ReadWriteOnce", "volume.v.size": "5Gi"})
    assert data(other, "claim-volume:v") == {"name": "v", "size": "5Gi", "access_modes": ["ReadWriteOnce"]}


def test_an_external_volume_is_there_already() -> None:
    found = one("services: {a: {image: x:1, volumes: ['v:/d']}}\nvolumes: {v: {external: true, name: real}}")
    check(found)
    assert data(found, "claim-volume:v") == {"name": "real", "existing": True}


def test_source_code_is_refused_with_advice() -> None:
    files = {
        "compose.yaml": "services: {a: {build: ., volumes: ['.:/app', './src:/src', './conf:/etc/app:ro']}}",
        "src/main.py": "print()",
        "conf/app.ini": "x",
        "Dockerfile": "FROM x",
    }
    found = many(files)
    check(found)
    report = rows(found)
    assert [report[f"services.a.volumes.{index}"].verdict for index in range(3)] == ["refused", "refused", "mapped"]
    assert "COPY" in report["services.a.volumes.0"].message


def test_what_is_too_large_for_a_config_map() -> None:
    found = many({"compose.yaml": "services: {a: {image: x:1, volumes: ['./big.txt:/b']}}", "big.txt": "x" * 1_000_000})
    assert rows(found)["services.a.volumes.0"].verdict == Verdict.REFUSED


def test_keys_and_certificates_become_secrets() -> None:
    found = many({"compose.yaml": "services: {a: {image: x:1, volumes: ['./tls.key:/k:ro']}}", "tls.key": "k"})
    check(found)
    assert data(found, "secret-file:tls.key")["values"] == {"tls.key": "k"}


def test_the_docker_socket_is_refused() -> None:
    found = one("services: {a: {image: x:1, volumes: ['/var/run/docker.sock:/var/run/docker.sock']}}")
    assert rows(found)["services.a.volumes.0"].verdict == Verdict.REFUSED


def test_a_folder_of_the_host_is_a_choice() -> None:
    text = {"compose.yaml": "services: {a: {image: x:1, volumes: ['/srv/data:/d']}}"}
    assert data(many(text), "claim-folder:/srv/data")["name"] == "a-data"
    host = many(text, choices={"service.a.bind./d": "host"})
    check(host)
    assert data(host, "workload-a")["volumes"] == [{"name": "d", "source": {"hostPath": {"path": "/srv/data"}}}]
    assert rows(many(text, choices={"service.a.bind./d": "skip"}))["services.a.volumes.0"].verdict == "refused"


# --- network ----------------------------------------------------------------------------------------------
EXPOSED = {"compose.yaml": "services: {a: {image: x:1, ports: ['8080:80']}}"}


@pytest.mark.parametrize(
    ("exposure", "type", "ports"),
    [
        ("cluster", None, [80]),
        ("nodeport", "NodePort", [80]),
        ("loadbalancer", "LoadBalancer", [80, 8080]),
        ("ingress", None, [80]),
    ],
)
def test_published_ports_are_a_choice(exposure: str, type: str | None, ports: list[int]) -> None:
    found = many(EXPOSED, choices={"service.a.exposure": exposure})
    check(found)
    service = data(found, "service-a")
    assert (service.get("type"), [port["port"] for port in service["ports"]]) == (type, ports)
    assert any(node.type == "ingress" for node in found.graph.nodes) == (exposure == "ingress")


def test_the_host_of_an_ingress_is_asked_for() -> None:
    found = many(EXPOSED, choices={"service.a.exposure": "ingress", "service.a.host": "shop.example.com"})
    check(found)
    assert ("ingress-a", "service-a", {"port": 80, "host": "shop.example.com"}) in edges(found)


@pytest.mark.parametrize(
    "body",
    [
        "labels: ['traefik.http.routers.r.rule=Host(`shop.example.com`)'], expose: ['80']",
        "labels: {caddy: shop.example.com}, expose: ['80']",
        "environment: {VIRTUAL_HOST: shop.example.com}, expose: ['80']",
        "labels: {kompose.service.expose: shop.example.com}, expose: ['80']",
    ],
)
def test_hosts_that_proxies_know_are_routes(body: str) -> None:
    found = many({"compose.yaml": f"services: {{a: {{image: x:1, {body}}}}}"})
    check(found)
    assert ("ingress-a", "service-a", {"port": 80, "host": "shop.example.com"}) in edges(found)


def test_the_port_that_a_proxy_is_told_is_a_port() -> None:
    labels = (
        "['traefik.http.routers.r.rule=Host(`a.example.com`)', traefik.http.services.r.loadbalancer.server.port=9000]"
    )
    found = many({"compose.yaml": f"services: {{a: {{image: x:1, labels: {labels}}}}}"})
    check(found)
    assert ("ingress-a", "service-a", {"port": 9000, "host": "a.example.com"}) in edges(found)


def test_a_route_to_a_service_without_a_known_port() -> None:
    found = one("services: {a: {image: x:1, labels: {caddy: a.example.com}, deploy: {mode: global}}}")
    check(found)


def test_aliases_and_links_are_names() -> None:
    found = one("""
        services:
          a: {image: x:1, ports: ['80'], networks: {n: {aliases: [www, bad_name]}}, container_name: box}
          b: {image: y:1, links: ['a:web'], command: curl http://box}
        networks: {n: }
        """)
    check(found)
    names = {node.data["name"] for node in found.graph.nodes if node.type == "service"}
    assert names == {"a", "www", "web", "box"}
    assert rows(found)["services.a.networks.n.aliases.1"].verdict == "refused"


def test_a_service_without_ports_is_still_found_by_name() -> None:
    found = one("services: {a: {image: x:1}, b: {image: y:1, environment: {API: 'http://a:5000'}}}")
    check(found)
    assert data(found, "service-a") == {"name": "a", "headless": True}


def test_two_services_of_one_dns_name_stay_two() -> None:
    found = one("services: {my_a: {image: x:1}, my-a: {image: y:1}}")
    check(found)
    assert len({node.data["name"] for node in found.graph.nodes}) == 2


# --- grants, builds ---------------------------------------------------------------------------------------
def test_configs_and_secrets_are_files() -> None:
    files = {
        "compose.yaml": """
            services: {a: {image: x:1, secrets: [s, {source: t, target: /t.txt, mode: 0400}], configs: [c]}}
            secrets: {s: {file: ./s.txt}, t: {environment: TOKEN}}
            configs: {c: {content: "x=${X:-1}"}}
            """,
        "s.txt": "hidden",
    }
    found = many(files, variables={"TOKEN": "tok"})
    check(found)
    assert data(found, "secret-secrets:s")["values"] == {"s": "hidden"}
    assert data(found, "secret-secrets:t")["values"] == {"t": "tok"}
    assert data(found, "configmap-configs:c")["data"] == {"c": "x=1"}
    places = {source: (edge["path"], edge.get("mode")) for source, _, edge in edges(found)}
    assert places["secret-secrets:s"] == ("/run/secrets/s", None)
    assert places["secret-secrets:t"] == ("/t.txt", "0400")
    assert places["configmap-configs:c"] == ("/c", None)


def test_a_secret_that_was_not_uploaded_is_asked_for() -> None:
    text = {"compose.yaml": "services: {a: {image: x:1, secrets: [s]}}\nsecrets: {s: {file: ./gone}}"}
    asked = many(text)
    assert [question.id for question in asked.report.questions] == ["secret.s.value"]
    given = many(text, choices={"secret.s.value": "v"})
    check(given)
    assert data(given, "secret-secrets:s")["values"] == {"s": "v"}


def test_a_build_asks_for_its_repository() -> None:
    text = {"compose.yaml": "name: shop\nservices: {a: {build: {context: api, args: {V: 1}}}}"}
    found = many(text, choices={"build.git_url": "https://example.com/r.git"})
    check(found)
    assert data(found, "build-a") == {
        "name": "a",
        "image": "shop/a",
        "source": {"git_url": "https://example.com/r.git", "subdirectory": "api", "build_args": {"V": "1"}},
    }


# --- what is easily got wrong ----------------------------------------------------------------------------


def test_the_later_of_two_mounts_at_one_path_counts() -> None:
    found = one("""
        services: {a: {image: "x:1", volumes: ["x:/d", "y:/d:ro"]}}
        volumes: {x: , y: }
    """)
    assert ("claim-volume:y", "workload-a", {"path": "/d", "read_only": True}) in edges(found)
    assert rows(found)["services.a.volumes.0"].verdict == "refused"


def test_an_override_replaces_the_entry_that_it_is_about() -> None:
    found = many(
        {
            "compose.yaml": """
                services:
                  a:
                    image: "x:1"
                    volumes: [{type: volume, source: x, target: /d, read_only: true, volume: {subpath: s}}]
                    ports: ["80:80"]
                volumes: {x: }
            """,
            "compose.override.yaml": """
                services: {a: {volumes: ["y:/d"], ports: ["0.0.0.0:80:80/tcp", "81:80"]}}
                volumes: {y: }
            """,
        }
    )
    assert [data for source, _, data in edges(found) if source.startswith("claim-")] == [{"path": "/d"}]
    assert sorted(path for path in rows(found) if path.startswith("services.a.ports.")) == [
        "services.a.ports.0",
        "services.a.ports.1",
    ]


def test_labels_of_kompose_are_honoured_or_it_is_said_that_they_are_not() -> None:
    found = one("""
        services:
          a:
            image: "x:1"
            ports: ["80"]
            volumes: ["d:/d"]
            labels:
              kompose.volume.size: 5Gi
              kompose.volume.storage-class-name: fast
              kompose.service.type: LoadBalancer
              kompose.service.expose: shop.example.com
          b:
            image: "x:1"
            labels: {kompose.volume.size: large, kompose.service.type: public}
          c:
            image: "x:1"
            labels: {kompose.volume.size: 1Gi, kompose.service.type: NodePort}
        volumes: {d: }
    """)
    assert (data(found, "claim-volume:d")["size"], data(found, "claim-volume:d")["storage_class"]) == ("5Gi", "fast")
    said = {path.removeprefix("services."): row.verdict.value for path, row in rows(found).items() if "kompose" in path}
    assert said == {
        "a.labels.kompose.volume.size": "mapped",
        "a.labels.kompose.volume.storage-class-name": "mapped",
        "a.labels.kompose.service.type": "approximated",
        "a.labels.kompose.service.expose": "mapped",
        "b.labels.kompose.volume.size": "refused",
        "b.labels.kompose.service.type": "refused",
        "c.labels.kompose.volume.size": "refused",
        "c.labels.kompose.service.type": "refused",
    }
