"""Causes in pods: images, containers, what they read, and where they run."""

from typing import Any

from tests.unit.diagnose.scenes import (
    KILLED,
    STUCK,
    WEB,
    Case,
    Scene,
    container,
    crashing,
    deployment,
    event,
    failed_pod,
    job,
    node,
    obj,
    pod,
    running,
    unscheduled,
    waiting,
)


def pull(message: str) -> Scene:
    one = pod(waiting("ImagePullBackOff", 'Back-off pulling image "shop:1"'), phase="Pending")
    said = event(one, "Failed", f'Failed to pull image "shop:1": {message}', field="spec.containers{web}")
    return Scene(WEB, live=[deployment()], pods=[one], events=[said])


def reading(live: Any, named: Any) -> Scene:
    stuck = pod(waiting("CreateContainerConfigError", "x"), phase="Pending")
    return Scene(WEB, live=[live], pods=[stuck], named=named)


def env_of(field: str, name: str, key: str = "URL") -> Any:
    return deployment("web", container(env=[{"name": "URL", "valueFrom": {field: {"name": name, "key": key}}}]))


def probing(kind: str, said: str, probe: Any) -> Scene:
    one = pod(running(), spec={"containers": [container(ports=[{"containerPort": 8080}], **probe)]})
    event_ = event(one, "Unhealthy", f"{kind} probe failed: {said}", field="spec.containers{web}")
    return Scene(WEB, live=[deployment()], pods=[one], events=[event_])


CASES: list[Case] = [
    # --- images
    (
        "image_not_found",
        pull('rpc error: code = NotFound desc = failed to resolve reference "docker.io/library/shop:1": not found'),
        "it does not exist",
        "change_image",
    ),
    (
        "image_needs_credentials",
        pull("pull access denied, repository does not exist or may require authorization: authorization failed"),
        "refuses access",
        "change_image",
    ),
    (
        "image_rate_limited",
        pull("429 Too Many Requests - toomanyrequests: You have reached your pull rate limit"),
        "limits how much",
        "",
    ),
    (
        "image_registry_unreachable",
        pull('failed to do request: Head "https://reg.example/v2/": dial tcp: lookup reg.example: no such host'),
        "name is unknown",
        "change_image",
    ),
    (
        "image_registry_unreachable",
        pull("failed to do request: dial tcp 10.0.0.1:443: i/o timeout"),
        "cannot be reached",
        "",
    ),
    (
        "image_name_invalid",
        Scene(
            WEB,
            live=[deployment()],
            pods=[pod(waiting("InvalidImageName", 'couldn\'t parse image reference "Shop:1"'))],
        ),
        "not a valid name",
        "change_image",
    ),
    (
        "image_never_pulled",
        Scene(
            WEB,
            live=[deployment()],
            pods=[
                pod(waiting("ErrImageNeverPull", 'Container image "shop:1" is not present with pull policy of Never'))
            ],
        ),
        "switched off",
        "pull_image",
    ),
    ("image_pull_failed", pull("something odd happened"), "cannot be pulled", "change_image"),
    # --- containers
    (
        "crash_loop",
        Scene(
            WEB,
            live=[deployment()],
            pods=[pod(crashing(7))],
            logs={("web-7d4b9c-x1", "web"): ("starting", "no DATABASE_URL")},
        ),
        "exited with code 7; it was restarted 4 times. The last it wrote: no DATABASE_URL",
        "",
    ),
    ("container_failed", Scene(node("web", "job"), live=[job()], pods=[failed_pod(5)]), "exited with code 5", ""),
    (
        "init_container_failed",
        Scene(
            WEB,
            live=[deployment()],
            pods=[
                pod(
                    waiting("PodInitializing"),
                    init=[crashing(2, name="migrate")],
                    phase="Pending",
                    spec={"initContainers": [container("migrate")], "containers": [container()]},
                )
            ],
        ),
        'init container "migrate" keeps crashing',
        "",
    ),
    (
        "out_of_memory",
        Scene(
            WEB,
            live=[deployment()],
            pods=[
                pod(
                    crashing(137, "OOMKilled"),
                    spec={"containers": [container(resources={"limits": {"memory": "64Mi"}})]},
                )
            ],
        ),
        "its limit is 64Mi",
        "raise_memory",
    ),
    (
        "command_not_found",
        Scene(
            WEB,
            live=[deployment()],
            pods=[
                pod(
                    crashing(
                        128,
                        "StartError",
                        message='failed to create task: exec: "serve": executable file not found in $PATH: unknown',
                    )
                )
            ],
        ),
        'no command "serve"',
        "clear_command",
    ),
    (
        "cannot_start",
        Scene(
            WEB,
            live=[deployment()],
            pods=[pod(waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"))],
        ),
        "runAsNonRoot",
        "",
    ),
    (
        "probe_failing",
        probing(
            "Readiness",
            "HTTP probe failed with statuscode: 404",
            {"readinessProbe": {"httpGet": {"port": 8080, "path": "/ok"}}},
        ),
        "asks for /ok on port 8080",
        "change_probe",
    ),
    (
        "probe_unknown_port",
        Scene(
            WEB,
            live=[
                deployment(
                    "web",
                    container(
                        ports=[{"containerPort": 8080, "name": "http"}], readinessProbe={"tcpSocket": {"port": "web"}}
                    ),
                )
            ],
            pods=[],
        ),
        'looks at the port "web"',
        "change_probe",
    ),
    # --- what pods read
    (
        "config_map_missing",
        reading(env_of("configMapKeyRef", "settings"), {("ConfigMap", "settings"): None}),
        'the config map "settings", which does not exist',
        "add_config_map",
    ),
    (
        "secret_missing",
        reading(env_of("secretKeyRef", "login"), {("Secret", "login"): None}),
        'the secret "login", which does not exist',
        "add_secret",
    ),
    (
        "config_map_key_missing",
        reading(
            env_of("configMapKeyRef", "settings"),
            {("ConfigMap", "settings"): obj("v1", "ConfigMap", "settings", data={"COLOUR": "x"})},
        ),
        "It has COLOUR",
        "add_config_map_key",
    ),
    (
        "secret_key_missing",
        reading(env_of("secretKeyRef", "login"), {("Secret", "login"): {"kind": "Secret", "keys": ["user"]}}),
        "It has user",
        "add_secret_key",
    ),
    (
        "volume_not_mounted",
        Scene(
            WEB,
            live=[deployment()],
            pods=[STUCK],
            events=[
                event(STUCK, "FailedMount", 'MountVolume.SetUp failed for volume "nfs": mount failed: exit status 32')
            ],
        ),
        "exit status 32",
        "",
    ),
    # --- scheduling
    (
        "unschedulable_cpu",
        Scene(WEB, live=[deployment()], pods=[unscheduled(f"{KILLED}3 Insufficient cpu.")]),
        "Insufficient cpu",
        "lower_requests",
    ),
    (
        "unschedulable_memory",
        Scene(WEB, live=[deployment()], pods=[unscheduled(f"{KILLED}3 Insufficient memory.")]),
        "Insufficient memory",
        "lower_requests",
    ),
    (
        "unschedulable_taint",
        Scene(
            WEB,
            live=[deployment()],
            pods=[unscheduled(f"{KILLED}3 node(s) had taint {{gpu: yes}}, that the pod didn't tolerate.")],
        ),
        "taint",
        "",
    ),
    (
        "unschedulable_affinity",
        Scene(
            WEB,
            live=[deployment()],
            pods=[unscheduled(f"{KILLED}3 node(s) didn't match Pod's node affinity/selector.")],
        ),
        "affinity",
        "clear_placement",
    ),
    (
        "unschedulable_volume",
        Scene(WEB, live=[deployment()], pods=[unscheduled(f"{KILLED}3 node(s) had volume node affinity conflict.")]),
        "volume node affinity",
        "",
    ),
    (
        "unschedulable_port",
        Scene(
            WEB,
            live=[deployment()],
            pods=[unscheduled(f"{KILLED}3 node(s) didn't have free ports for the requested pod ports.")],
        ),
        "free ports",
        "clear_host_ports",
    ),
    (
        "too_many_pods",
        Scene(WEB, live=[deployment()], pods=[unscheduled(f"{KILLED}3 Too many pods.")]),
        "Too many pods",
        "",
    ),
    (
        "unschedulable",
        Scene(WEB, live=[deployment()], pods=[unscheduled("no nodes available to schedule pods")]),
        "no nodes available",
        "",
    ),
    (
        "evicted",
        Scene(
            node("web", "job"),
            live=[job()],
            pods=[pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory.")],
        ),
        "low on resource",
        "",
    ),
    ("node_lost", Scene(WEB, live=[deployment()], pods=[pod(phase="Unknown")]), "does not answer", ""),
]
