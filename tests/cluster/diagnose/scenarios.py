"""Things that go wrong, as people draw them: each a node that is diagnosed, and the fix that repairs it.

Scenarios that do not disturb each other share a namespace. `heals` says where the cluster itself comes right after the
fix; on the practice cluster some failures are played by an annotation, and stay whatever the drawing says.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.integration.runs.support import IMAGE, SLEEP, deployment, edge, node

Json = dict[str, Any]
PRACTICE, REAL = "practice", "real"
BOTH = frozenset({PRACTICE, REAL})
LIFE = "sailcloth.practice/life"


@dataclass(frozen=True)
class Scenario:
    name: str
    group: str
    nodes: list[Json]
    causes: frozenset[str]
    words: str = ""
    edges: list[Json] = field(default_factory=list)
    about: str = ""  # The node that is diagnosed; the first one.
    fix: str = ""
    values: Json = field(default_factory=dict)
    on: frozenset[str] = BOTH
    fixes_on: frozenset[str] = BOTH
    heals: frozenset[str] = BOTH

    @property
    def node_id(self) -> str:
        return self.about or str(self.nodes[0]["id"])


def one(name: str, group: str, causes: str, *nodes: Json, **more: Any) -> Scenario:
    return Scenario(name, group, list(nodes), frozenset(causes.split("|")), **more)


def program(name: str, script: str, **data: Any) -> Json:
    return deployment(name, command=["sh", "-c", script], **data)


def reads(name: str, kind: str, source: str, key: str) -> Json:
    return deployment(name, env=[{"name": "URL", kind: {"name": source, "key": key}}])


FIRST = {"name": "migrate", "image": IMAGE, "command": ["sh", "-c", "exit 4"]}
LISTENS = {"ports": [{"port": 8080, "name": "http"}]}
SCENARIOS: list[Scenario] = [
    one(
        "an image that does not exist",
        "pods",
        "image_not_found|image_registry_unreachable|image_needs_credentials|image_pull_failed",
        deployment("typo", image="busybox-does-not-exist:1"),
        words="busybox-does-not-exist:1",
        fix="change_image",
        values={"image": IMAGE},
        fixes_on=frozenset({PRACTICE}),
    ),
    one(
        "an image that must not be pulled",
        "pods",
        "image_never_pulled",
        deployment("never", image="never/here:1", image_pull_policy="Never"),
        on=frozenset({REAL}),
        fix="pull_image",
        heals=frozenset(),
    ),
    one(
        "a program that ends",
        "pods",
        "crash_loop|container_failed",
        program("crash", "echo no database; exit 7"),
        words="exited with code 7",
    ),
    one(
        "a program that needs more memory",
        "pods",
        "out_of_memory",
        program(
            "hungry",
            "sleep 1; tail /dev/zero",
            resources={"limits": {"memory": "12Mi"}},
            pod_annotations={LIFE: "oom"},
        ),
        words="12Mi",
        fix="raise_memory",
        heals=frozenset(),
    ),
    one(
        "a program that the image does not have",
        "pods",
        "command_not_found",
        deployment("wrong", command=["serve"]),
        words='"serve"',
        on=frozenset({REAL}),
        fix="clear_command",
        values={"command": "sleep 86400"},
    ),
    one(
        "a probe that looks at the wrong port",
        "pods",
        "probe_failing",
        program(
            "probed",
            "httpd -f -p 8080",
            **LISTENS,
            probes={"readiness": {"tcp": {"port": 9999}, "period_seconds": 1}},
            pod_annotations={LIFE: "probe"},
        ),
        fix="change_probe",
        values={"port": 8080},
        heals=frozenset({REAL}),
    ),
    one(
        "a container that must run first and fails",
        "pods",
        "init_container_failed",
        deployment("prepared", init_containers=[FIRST]),
        words='"migrate"',
    ),
    # --- what pods read
    one(
        "a config map that is not there",
        "pods",
        "config_map_missing",
        reads("lost-map", "config_map", "nowhere", "URL"),
        words='"nowhere"',
        fix="add_config_map",
        values={"value": "http://x"},
    ),
    one(
        "a secret that is not there",
        "pods",
        "secret_missing",
        reads("lost-secret", "secret", "login", "PASSWORD"),
        words='"login"',
        fix="add_secret",
        values={"value": "canary-of-a-fix"},
    ),
    one(
        "a key that the config map lacks",
        "pods",
        "config_map_key_missing",
        reads("no-key", "config_map", "settings", "URL"),
        node("settings", "configmap", data={"COLOUR": "blue"}),
        words="It has COLOUR",
        fix="add_config_map_key",
        values={"value": "http://x"},
    ),
    one(
        "a key that the secret lacks",
        "pods",
        "secret_key_missing",
        reads("no-secret-key", "secret", "token", "KEY"),
        node("token", "secret", values={"USER": "canary-of-a-user"}),
        words="It has USER",
        fix="add_secret_key",
        values={"value": "canary-of-a-key"},
    ),
    one(
        "a volume claim that is not there",
        "pods",
        "claim_missing",
        deployment(
            "no-claim",
            volumes=[{"name": "data", "source": {"persistentVolumeClaim": {"claimName": "files"}}}],
            mounts=[{"volume": "data", "path": "/data"}],
        ),
        words='"files"',
        fix="add_claim",
        heals=frozenset({PRACTICE}),
    ),
    # --- where pods run
    one(
        "more CPU than any node has",
        "pods",
        "unschedulable_cpu",
        deployment("greedy", resources={"requests": {"cpu": "900"}}),
        words="Insufficient cpu",
        fix="lower_requests",
        values={"amount": "10m"},
    ),
    one(
        "more memory than any node has",
        "pods",
        "unschedulable_memory",
        deployment("huge", resources={"requests": {"memory": "90Ti"}}),
        words="Insufficient memory",
        fix="lower_requests",
        values={"amount": "8Mi"},
    ),
    one(
        "a node that nobody has",
        "pods",
        "unschedulable_affinity",
        deployment("picky", node_selector={"disk": "of-gold"}),
        fix="clear_placement",
    ),
    one(
        "an account that is not there",
        "pods",
        "service_account_missing",
        deployment("robot", service_account="robot"),
        words='"robot"',
        fix="add_service_account",
    ),
    # --- what is refused
    one(
        "a quota that is used up",
        "quota",
        "quota_exceeded",
        deployment("many", replicas=3),
        node("small", "resourcequota", hard={"pods": "1"}),
        words="quota",
        fix="lower_replicas",
        values={"replicas": 1},
    ),
    one("a quota without room", "quota", "quota_full", node("full", "resourcequota", hard={"pods": "1"})),
    one(
        "a quota that wants requests",
        "needs",
        "quota_needs_requests",
        deployment("silent"),
        node("strict", "resourcequota", hard={"requests.cpu": "1", "requests.memory": "1Gi"}),
        words="requests.cpu",
        fix="set_requests",
        values={"cpu": "10m", "memory": "8Mi"},
    ),
    one(
        "more than a container may have",
        "limits",
        "limit_range",
        deployment("fat", resources={"limits": {"memory": "64Mi"}}),
        node("most", "limitrange", limits=[{"type": "Container", "max": {"memory": "32Mi"}}]),
        words="memory",
    ),
    # --- networking
    one(
        "a selector that finds nothing",
        "rest",
        "selector_matches_nothing",
        node("blind", "service", selector={"app": "wbe"}, ports=[{"port": 80, "target_port": 8080}]),
        words="app=wbe",
        fix="connect_service",
        values={"workload": "web"},
    ),
    one(
        "a port that nobody listens on",
        "rest",
        "port_mismatch",
        node("crooked", "service", ports=[{"port": 80, "target_port": 9090}]),
        deployment("web", **LISTENS),
        edges=[edge("crooked", "web")],
        words="port 9090",
        fix="change_target_port",
    ),
    one(
        "a port by a name that nobody has",
        "rest",
        "named_port_missing",
        node("nameless", "service", ports=[{"port": 80, "target_port": "grpc"}]),
        edges=[edge("nameless", "web")],
        words='"grpc"',
        fix="change_target_port",
        values={"target_port": "http"},
    ),
    one(
        "a workload without pods",
        "rest",
        "no_endpoints",
        node("empty", "service", ports=[{"port": 80}]),
        deployment("asleep", replicas=0),
        edges=[edge("empty", "asleep")],
    ),
    one(
        "a load balancer that never comes",
        "rest",
        "no_load_balancer",
        node("outside", "service", type="LoadBalancer", ports=[{"port": 80, "target_port": 8080}]),
        edges=[edge("outside", "web")],
        on=frozenset({REAL}),
        fix="use_node_port",
    ),
    one(
        "a class that nobody serves",
        "rest",
        "ingress_class_missing",
        node("shut", "ingress", ingress_class="nobody", rules=[{"service": "crooked", "port": 80}]),
        words='"nobody"',
        fix="choose_ingress_class",
        fixes_on=frozenset({PRACTICE}),
    ),
    one(
        "an ingress to a service that is not there",
        "rest",
        "ingress_service_missing",
        node("astray", "ingress", rules=[{"service": "crokked", "port": 80}]),
        words='"crokked"',
        fix="change_backend",
        values={"new_service": "crooked", "port": 80},
    ),
    one(
        "an ingress to a port that the service does not have",
        "rest",
        "ingress_port_missing",
        node("offside", "ingress", rules=[{"service": "crooked", "port": 81}]),
        words="port 81",
        fix="change_backend",
        values={"new_service": "crooked"},
    ),
    one(
        "a certificate that is not there",
        "rest",
        "tls_secret_missing",
        node("bare", "ingress", rules=[{"service": "crooked", "port": 80}], tls=[{"secret": "cert"}]),
        words='"cert"',
    ),
    # --- storage and scaling
    one(
        "a storage class that is not there",
        "rest",
        "claim_class_missing",
        node("disk", "persistentvolumeclaim", size="1Mi", storage_class="of-gold"),
        words="of-gold",
        fix="choose_storage_class",
        fixes_on=frozenset({PRACTICE}),
    ),
    one(
        "an autoscaler with nothing to compare",
        "rest",
        "hpa_missing_requests",
        node("scaler", "hpa", max_replicas=2, cpu_percent=80),
        deployment("scaled"),
        edges=[edge("scaler", "scaled")],
        fix="set_requests",
        values={"cpu": "10m"},
    ),
    one(
        "a budget that lets nobody go",
        "rest",
        "budget_blocks",
        node("guard", "poddisruptionbudget", min_available=1),
        edges=[edge("guard", "scaled")],
        fix="loosen_budget",
    ),
    # --- what ends
    one(
        "a job that fails",
        "rest",
        "job_failed",
        node("fails", "job", image=IMAGE, command=["sh", "-c", "echo table is locked; exit 3"], backoff_limit=0),
        words="code 3",
        fix="run_again",
        heals=frozenset(),
    ),
    one(
        "a schedule that is suspended",
        "rest",
        "suspended",
        node("later", "cronjob", image=IMAGE, command=SLEEP, schedule="0 3 * * *", suspend=True),
        fix="resume",
    ),
    one(
        "a rollout that is paused",
        "rest",
        "rollout_paused",
        deployment("paused", overrides={"spec": {"paused": True}}),
        fix="resume",
    ),
]
GROUPS = sorted({scenario.group for scenario in SCENARIOS})
