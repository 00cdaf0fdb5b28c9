"""Sound settings in any combination, under any name, with any answer, become graphs that run."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imports.compose import ComposeError, Conversion, convert
from imports.report import Choice, ChoiceKind
from plugins.sdk.yaml import dump
from tests.unit.imports.compose.harness import check
from tests.unit.imports.compose.test_golden import NAMES, conversion_of, files_of

SERVICE_NAMES = ["web", "my_db", "my-db", "DB.main", "9lives", "_", "x" * 90, "service", "a.b", "A-", "Web"]
OPTIONS: dict[str, list[Any]] = {
    "image": ["nginx:1", "postgres:16", "redis", "mysql:8", "acme/x@sha256:" + "0" * 64, "grafana/grafana:11"],
    "command": ["run it", ["a", "$$(X)"], []],
    "entrypoint": ["/x", []],
    "ports": [["80:80"], ["127.0.0.1:1:2/udp", "80"], ["9000-9002:9000-9002"], ["53:53/udp", "53:53/tcp"], ["5060:5060/sctp"], ["0.0.0.0:80:8080"]],
    "expose": [["80"], ["3000-3002", "53/udp"], [8080]],
    "volumes": [["one:/var/lib/postgresql/data", "two:/b"], ["./conf:/etc/c:ro", "./file.txt:/f.txt"], ["/proc:/p:ro", "/data:/d", "./gone:/g"], ["/anon"], ["one:/data", "one:/other:ro"], [{"type": "tmpfs", "target": "/t"}, {"type": "image", "source": "x:1", "target": "/i"}], ["ext:/e"]],
    "tmpfs": ["/run", ["/tmp:size=64m,mode=1777", "/data"]],
    "shm_size": ["64m", 0],
    "environment": [{"A": "1", "DB_PASSWORD": "x"}, ["URL=http://my_db:80", "EMPTY", "N=5"], {"VIRTUAL_HOST": "a.example.com", "bad name": "x", "1X": "y"}],
    "env_file": ["one.env", ["one.env", {"path": "none.env", "required": False}]],
    "labels": [{"traefik.http.routers.a.rule": "Host(`a.example.com`) || Host(`b.example.com`)"}, {"kompose.service.type": "nodeport", "kompose.hpa.replicas.max": "3"}, {"kompose.cronjob.schedule": "*/5 * * * *"}, ["swarm.cronjob.schedule=0 0 * * * *"], {"a b": "c", "x.y/z": "é" * 300}],
    "healthcheck": [{"test": "x", "start_period": "1m"}, {"disable": True}, {"test": ["CMD", "a"], "interval": "100ms", "retries": 0}],
    "restart": ["no", "always", "on-failure:3", "unless-stopped"],
    "deploy": [{"replicas": 3}, {"mode": "global"}, {"mode": "replicated-job", "replicas": 2}, {"replicas": 0, "endpoint_mode": "dnsrr"}, {"resources": {"limits": {"cpus": "0.001", "memory": "6m"}, "reservations": {"cpus": "4", "memory": "1g", "devices": [{"capabilities": ["gpu"], "count": "all"}]}}}, {"placement": {"constraints": ["node.labels.a!=b", "node.role==worker"], "max_replicas_per_node": 1}, "update_config": {"parallelism": 0, "order": "stop-first", "delay": "5s"}}, {"restart_policy": {"condition": "on-failure", "max_attempts": 2}}],
    "networks": [["front"], {"front": {"aliases": ["api", "web"]}, "inner": None}, ["inner"]],
    "network_mode": ["host", "none", "bridge"],
    "secrets": [["sec"], [{"source": "sec", "target": "/f.txt", "mode": 0o400}], ["gone"]],
    "configs": [["conf"], [{"source": "conf", "target": "/etc/x"}], ["extconf"]],
    "user": ["1000:1000", "0", "www-data", "nobody"],
    "cap_add": [["ALL"], ["net_admin"]],
    "security_opt": [["no-new-privileges:true"], ["seccomp=unconfined", "label:type:x"]],
    "privileged": [True, False],
    "init": [True],
    "hostname": ["h.example.com", "H_H"],
    "dns": ["1.1.1.1", ["1.1.1.1", "bad", "::1"]],
    "extra_hosts": [["a:1.2.3.4", "A.B:1.2.3.4"], {"x": "host-gateway"}],
    "sysctls": [{"net.core.somaxconn": 5}],
    "group_add": [["5", "x"]],
    "stop_grace_period": ["0", "500ms"],
    "container_name": ["web", "box"],
    "pre_start": [[{"command": "x", "image": "busybox:1"}], [{"command": ["x"], "environment": ["A=1"]}]],
    "post_start": [[{"command": "x"}, {"command": "y"}]],
    "gpus": ["all", [{"count": 2, "driver": "amd"}]],
    "runtime": ["nvidia", "gvisor"],
    "build": [".", {"context": "https://github.com/a/b.git#main:c", "args": ["A"]}, {"context": "conf", "dockerfile": "D"}],
    "volumes_from": [["web"]],
    "platform": ["linux/amd64", "windows"],
    "pull_policy": ["always", "every_12h", "build"],
    "scale": [2],
}  # fmt: skip
RESOURCES = {
    "volumes": {"one": None, "two": {"labels": {"kompose.volume.size": "5Gi"}}, "ext": {"external": True}},
    "networks": {"front": None, "inner": {"internal": True}},
    "secrets": {"sec": {"file": "./file.txt"}, "gone": {"file": "./gone"}},
    "configs": {"conf": {"content": "x"}, "extconf": {"external": True}},
}
FILES = {"conf/a.conf": b"a", "conf/sub/b.bin": b"\xff\x00", "file.txt": b"f", "one.env": b"A=1\nS_TOKEN=t"}
seeds = st.integers(0, 2**32)


def project(rng: Random) -> dict[str, Any]:
    names = rng.sample(SERVICE_NAMES, rng.randint(1, 5))
    services: dict[str, Any] = {}
    for name in names:
        keys = rng.sample(sorted(OPTIONS), rng.randint(1, 14))
        service = {key: rng.choice(OPTIONS[key]) for key in keys}
        if "image" not in service and "build" not in service:
            service["image"] = rng.choice(OPTIONS["image"])
        if "network_mode" in service:
            service.pop("networks", None)
        if "scale" in service:
            service.pop("deploy", None)
        if "volumes_from" in service and "web" not in names:
            del service["volumes_from"]
        if services and rng.random() < 0.5:
            conditions = ["service_started", "service_healthy", "service_completed_successfully"]
            service["depends_on"] = {rng.choice(sorted(services)): {"condition": rng.choice(conditions)}}
        services[name] = service
    return {"services": services, **RESOURCES}


def answered(conversion: Conversion, rng: Random) -> dict[str, str]:
    """Any option of every choice; sizes, hosts and secrets filled in."""
    asked = [choice for row in conversion.report.rows for choice in row.choices] + list(conversion.report.questions)
    return {choice.id: answer(choice, rng) for choice in asked}


def answer(choice: Choice, rng: Random) -> str:
    if choice.kind is ChoiceKind.OPTION:
        return rng.choice(choice.options).value
    if choice.kind is ChoiceKind.SIZE:
        return "3Gi"
    return "answer.example.com" if choice.id.endswith(".host") else "answer"


@given(seeds)
def test_sound_projects_become_graphs_that_run(seed: int) -> None:
    rng = Random(seed)
    files = {"compose.yaml": dump(project(rng)).encode(), **FILES}
    conversion = convert(files)
    check(conversion)
    check(convert(files, choices=answered(conversion, rng)))


@given(st.sampled_from(NAMES), seeds)
def test_realistic_projects_take_any_answer(case: str, seed: int) -> None:
    rng = Random(seed)
    check(convert(files_of(case), choices=answered(conversion_of(case), rng)))


@given(seeds)
def test_what_overrides_is_as_sound_as_what_it_overrides(seed: int) -> None:
    rng = Random(seed)
    files = {name: dump(project(rng)).encode() for name in ("compose.yaml", "compose.override.yaml")}
    try:
        conversion = convert({**files, **FILES})
    except ComposeError:
        return  # a network mode beside networks, a ring of waiting: two halves may not fit
    check(conversion)
