"""Random graphs that are right: what a person could draw with every field of every type.

Driven by a `random.Random`, so that hypothesis (`st.randoms`) and a plain seed can both turn the crank.
"""

from random import Random
from typing import Any

Json = dict[str, Any]

PROBE_ACTIONS: list[Json] = [
    {"http": {"path": "/healthz", "port": 8080, "scheme": "HTTP", "headers": {"X-Probe": "1"}}},
    {"tcp": {"port": "http"}},
    {"exec": {"command": ["true"]}},
]


class Maker:
    """Makes data for one graph. `minor` keeps out what an old cluster does not know."""

    def __init__(self, rng: Random, minor: int = 36) -> None:
        self.rng = rng
        self.minor = minor
        self.nodes: list[Json] = []
        self.edges: list[Json] = []

    # --- chance ------------------------------------------------------------------------------------
    def maybe(self, data: Json, /, **fields: Any) -> Json:
        """Adds each field half of the time; a callable is called only then."""
        for key, value in fields.items():
            if self.rng.random() < 0.5:
                data[key] = value() if callable(value) else value
        return data

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def count(self, low: int = 0, high: int = 2) -> int:
        return self.rng.randint(low, high)

    # --- nodes and edges ----------------------------------------------------------------------------
    def node(self, type_: str, data: Json) -> str:
        node_id = f"{type_}-{len(self.nodes)}"
        self.nodes.append({"id": node_id, "type": type_, "position": {"x": 0, "y": 0}, "data": data})
        return node_id

    def edge(self, source: str, target: str, data: Json | None = None) -> None:
        edge: Json = {"id": f"e{len(self.edges):03}", "source": source, "target": target}
        self.edges.append(edge if data is None else {**edge, "data": data})

    def name(self, kind: str) -> str:
        return f"{kind}-{len(self.nodes)}"

    # --- pods ---------------------------------------------------------------------------------------
    def container(self, data: Json) -> Json:
        return self.maybe(
            data,
            command=["sh", "-c"],
            args=["sleep 3600"],
            env=self.env,
            env_from=[{"config_map": "other", "prefix": "O_", "optional": True}],
            resources=self.resources,
            probes=self.probes,
            lifecycle=lambda: {
                "pre_stop": {"exec": {"command": ["sleep", "1"]}},
                "post_start": {"http": {"path": "/", "port": 8080}},
            },
            image_pull_policy="IfNotPresent",
            working_dir="/work",
            security_context={"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            stdin=False,
            tty=False,
            termination_message_policy="FallbackToLogsOnError",
        )

    def init_container(self) -> Json:
        """One that runs to its end is neither probed nor told to stop."""
        data = self.container({"name": "init", "image": "busybox:1.36"})
        return {key: value for key, value in data.items() if key not in ("probes", "lifecycle")}

    def env(self) -> list[Json]:
        options: list[Json] = [
            {"name": "PLAIN", "value": "8080"},
            {"name": "REF", "value": "$(PLAIN)/ü"},
            {"name": "EMPTY"},
            {"name": "FROM_SECRET", "secret": {"name": "other", "key": "k"}, "optional": True},
            {"name": "FROM_CONFIG", "config_map": {"name": "other", "key": "k"}, "optional": True},
            {"name": "POD", "field": "metadata.name"},
            {"name": "POD_IP", "field": {"path": "status.podIP", "api_version": "v1"}},
            {"name": "CPU", "resource": {"resource": "limits.cpu", "divisor": "1m"}},
        ]
        return self.rng.sample(options, self.count(0, len(options)))

    def resources(self) -> Json:
        return self.maybe(
            {},
            requests={"cpu": "100m", "memory": "64Mi"},
            limits={"cpu": 1, "memory": "1Gi", "ephemeral-storage": "1Gi"},
        )

    def probes(self) -> Json:
        return self.maybe({}, liveness=self.probe, readiness=self.probe, startup=self.probe)

    def probe(self) -> Json:
        actions = list(PROBE_ACTIONS)
        if self.minor >= 24:
            actions.append({"grpc": {"port": 8080, "service": "health"}})
        return self.maybe(
            dict(self.rng.choice(actions)),
            initial_delay_seconds=0,
            period_seconds=5,
            timeout_seconds=2,
            failure_threshold=4,
        )

    def workload(self, name: str, **more: Any) -> Json:
        data: Json = {
            "name": name,
            "image": self.pick("nginx:1.27", "ghcr.io/team/app:1@sha256:" + "a" * 64),
            **more,
        }
        data["ports"] = [{"port": 8080, "name": "http"}, {"port": 9090, "protocol": "UDP", "name": "stats"}]
        data["volumes"] = [
            {"name": "tmp", "source": {"emptyDir": {}}},
            {"name": "etc", "source": {"configMap": {"name": "x", "optional": True}}},
        ]
        self.container(data)
        return self.maybe(
            data,
            mounts=[
                {"volume": "tmp", "path": "/tmp", "read_only": False},
                {"volume": "etc", "path": "/etc/x", "sub_path": "y"},
            ],
            init_containers=lambda: [self.init_container()],
            containers=lambda: [self.container({"name": "side", "image": "busybox:1.36"})],
            image_pull_secrets=["registry", {"name": "other"}],
            pod_security_context={"runAsNonRoot": True, "fsGroup": 1000},
            service_account="default",
            automount_token=False,
            node_selector={"kubernetes.io/os": "linux"},
            tolerations=[{"key": "a", "operator": "Exists", "effect": "NoSchedule"}],
            affinity={
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
                    }
                }
            },
            topology_spread=[
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"a": "b"}},
                }
            ],
            termination_grace_seconds=0,
            dns_policy="ClusterFirst",
            dns_config={"options": [{"name": "ndots", "value": "2"}]},
            host_aliases=[{"ip": "10.0.0.1", "hostnames": ["a.example.com"]}],
            share_process_namespace=False,
            enable_service_links=False,
            labels={"team": "red"},
            annotations={"example.com/note": "ünïcode ✓"},
            pod_labels={"tier": "web"},
            pod_annotations={"example.com/empty": ""},
        )

    def deployment(self) -> str:
        return self.node(
            "deployment",
            self.maybe(
                self.workload(self.name("app")),
                replicas=self.count(0, 3),
                strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
                min_ready_seconds=5,
                revision_history_limit=0,
                progress_deadline_seconds=60,
            ),
        )

    def stateful_set(self) -> str:
        data = self.workload(self.name("db"), claims=[{"name": "data", "size": "1Gi", "path": "/data"}])
        return self.node(
            "statefulset",
            self.maybe(data, replicas=1, pod_management_policy="Parallel", update_strategy={"type": "OnDelete"}),
        )

    def daemon_set(self) -> str:
        data = self.workload(self.name("agent"))
        return self.node("daemonset", self.maybe(data, update_strategy={"type": "RollingUpdate"}))

    def job(self) -> str:
        return self.node(
            "job",
            self.maybe(
                self.workload(self.name("job")),
                completions=1,
                parallelism=1,
                backoff_limit=0,
                deadline_seconds=60,
                ttl_seconds=0,
                restart_policy="OnFailure",
                run="every_run",
            ),
        )

    def cron_job(self) -> str:
        data = self.maybe(
            self.workload(self.name("cron"), schedule=self.pick("*/5 * * * *", "@daily", "0 3 * * mon-fri")),
            concurrency_policy="Forbid",
            suspend=True,
            starting_deadline_seconds=30,
            successful_jobs_history_limit=0,
            backoff_limit=2,
        )
        if self.minor >= 25:
            self.maybe(data, time_zone="Europe/Berlin")
        return self.node("cronjob", data)

    def any_workload(self) -> str:
        return str(self.pick(self.deployment, self.stateful_set, self.daemon_set, self.job, self.cron_job)())

    # --- what goes with them ------------------------------------------------------------------------
    def service(self, workload: str) -> str:
        data: Json = self.maybe(
            {"name": self.name("svc")},
            type=self.pick("ClusterIP", "NodePort", *(("LoadBalancer",) if self.minor >= 24 else ())),
            publish_not_ready=True,
            session_affinity="ClientIP",
            ports=[{"port": 80, "target_port": "http"}, {"port": 53, "protocol": "UDP", "target_port": 9090}],
            annotations={},
        )
        if data.get("type", "ClusterIP") == "ClusterIP":
            self.maybe(data, headless=True)
        node_id = self.node("service", data)
        self.edge(
            node_id,
            workload,
            self.pick(None, {}, {"port": 80, "target_port": 8080}) if "ports" not in data else None,
        )
        return node_id

    def configs(self, workload: str) -> None:
        for kind in ("configmap", "secret"):
            data: Json = {"name": self.name("cfg")}
            if kind == "configmap":
                self.maybe(data, data={"KEY": "no", "other.yaml": "a: 1\nb: 2\n"}, binary_data={"bin": "aGk="})
            else:
                data["values"] = {"KEY": {"revision": "r1", "digest": "d1"}, "LITERAL": "päss"}
            node_id = self.node(kind, data)
            ways: list[Json | None] = [
                None,
                {"as": "env", "prefix": "P_"},
                {"keys": ["KEY"], "optional": True},
                {"keys": {"RENAMED": "KEY"}},
                {"as": "mount", "path": f"/{node_id}", "mode": "0440"},
                {"as": "mount", "path": f"/{node_id}-items", "items": {"KEY": "sub/key"}, "read_only": True},
                {
                    "as": "mount",
                    "path": f"/{node_id}/key",
                    "sub_path": "key",
                    "items": [{"key": "KEY", "path": "key", "mode": 256}],
                },
            ]
            for way in self.rng.sample(ways, self.count(1, 2)):
                self.edge(node_id, workload, way)

    def claim(self, workload: str) -> None:
        data = self.maybe(
            {"name": self.name("data"), "size": self.pick("1Gi", 1073741824)},
            storage_class=self.pick("", "fast"),
            access_modes=["ReadWriteMany"],
            volume_mode="Filesystem",
        )
        node_id = self.node("persistentvolumeclaim", data)
        self.edge(node_id, workload, self.maybe({"path": f"/{node_id}"}, read_only=True, sub_path="a/b"))

    def autoscaler(self, workload: str) -> None:
        data = self.maybe(
            {"name": self.name("hpa"), "max_replicas": 5}, min_replicas=1, cpu_percent=70, memory_percent=80
        )
        self.edge(self.node("hpa", data), workload)

    def guards(self, workloads: list[str]) -> None:
        budget = self.node(
            "poddisruptionbudget",
            {"name": self.name("pdb"), **self.pick({"min_available": "50%"}, {"max_unavailable": 0}, {})},
        )
        policy = self.node(
            "networkpolicy",
            self.maybe({"name": self.name("policy"), "policy_types": ["Ingress", "Egress"]}, ingress=[], egress=[{}]),
        )
        for workload in workloads:
            self.edge(budget, workload)
            self.edge(policy, workload)

    def account(self, workload: str) -> None:
        rule: Json = {"verbs": ["get", "list"], "resources": ["pods"]}
        data = self.maybe(
            {"name": self.name("account")},
            rules=[
                rule,
                {
                    "api_groups": ["apps"],
                    "resources": ["deployments"],
                    "resource_names": ["a"],
                    "verbs": ["get"],
                },
            ],
            cluster_wide=True,
            image_pull_secrets=["registry"],
            automount_token=False,
        )
        self.edge(self.node("serviceaccount", data), workload)

    def ingress(self, service: str) -> None:
        data = self.maybe(
            {"name": self.name("ingress")},
            ingress_class="nginx",
            rules=[{"host": "a.example.com", "path": "/a", "path_type": "Exact"}, {"path": "/b"}],
            tls=[{"hosts": ["a.example.com"], "secret": "cert"}],
            annotations={"example.com/a": "b"},
        )
        node_id = self.node("ingress", data)
        self.edge(
            node_id,
            service,
            self.pick(None, {"host": "b.example.com"}, {"path": "/c", "path_type": "Prefix"}),
        )
        if self.rng.random() < 0.5:
            values = {"tls.crt": "c", "tls.key": "k"}
            self.edge(self.node("secret", {"name": self.name("cert"), "type": "tls", "values": values}), node_id)

    def extras(self) -> None:
        self.node(
            "resourcequota",
            self.maybe(
                {"name": self.name("quota"), "hard": {"pods": 20, "requests.cpu": "4"}},
                scopes=["NotTerminating"],
            ),
        )
        limits = [{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}}]
        self.node("limitrange", {"name": self.name("limits"), "limits": limits})
        self.node("note", {"text": "hello", "anything": [1]})
        self.node("group", {"label": "all"})

    def graph(self) -> tuple[list[Json], list[Json]]:
        """A graph of everything, with its parts left out at random."""
        workloads = [self.any_workload() for _ in range(self.count(1, 3))]
        services = []
        for workload in workloads:
            services.append(self.service(workload))
            self.configs(workload)
            if self.rng.random() < 0.5:
                self.claim(workload)
            if self.rng.random() < 0.5:
                self.account(workload)
            if workload.startswith(("deployment", "statefulset")) and self.rng.random() < 0.5:
                self.autoscaler(workload)
        self.guards(workloads)
        for user in workloads:
            self.edge(user, self.rng.choice(services), self.pick(None, {"prefix": "UPSTREAM"}))
        if len(workloads) > 1 and not workloads[1].startswith("cronjob"):
            self.edge(workloads[0], workloads[1], self.pick(None, {"condition": "started"}))
        self.ingress(services[0])
        self.extras()
        return self.nodes, self.edges


def make_graph(rng: Random, minor: int = 36) -> tuple[list[Json], list[Json]]:
    return Maker(rng, minor).graph()
