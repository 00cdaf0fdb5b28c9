"""A service: every key of the Compose Specification, in the long syntax."""

from typing import Annotated, Any

from imports.compose.model.build import Build, Develop, FileGrant, Ulimit
from imports.compose.model.decode import Leaf, OneOf, Spec
from imports.compose.model.deploy import Deploy, Device
from imports.compose.model.hooks import Hook, PreStart
from imports.compose.model.kinds import (
    Flag,
    Mode,
    Number,
    OptionalMap,
    Scalar,
    Scalars,
    Seconds,
    Size,
    Test,
    Text,
    TextMap,
    Texts,
    Whole,
    Words,
)
from imports.compose.model.values import BadValue, scalar, text


def restart_policy(value: Any) -> str:
    """YAML's own `no` reads as a text here; false is what it was meant to be."""
    found = "no" if value is False else text(value)
    name, _, count = found.partition(":")
    if name in ("no", "always", "unless-stopped") and not count:
        return found
    if name == "on-failure" and (not count or (count.isascii() and count.isdigit() and len(count) < 6)):
        return found
    raise BadValue(f"must be no, always, unless-stopped, on-failure or on-failure:3, not '{found[:40]}'")


def port_number(value: Any) -> int:
    found = scalar(value)
    if found.isascii() and found.isdigit() and len(found) <= 5 and 1 <= int(found) <= 65535:
        return int(found)
    raise BadValue(f"must be a port between 1 and 65535, not '{found[:40]}'")


class Dependency(Spec):
    condition: Annotated[str, OneOf(("service_started", "service_healthy", "service_completed_successfully"))] = (
        "service_started"
    )
    restart: Flag = False
    required: Flag = True


class EnvFile(Spec):
    path: Text = ""
    format: Annotated[str, OneOf(("raw", "dotenv"))] | None = None
    required: Flag = True


class Extends(Spec):
    service: Text = ""
    file: Text | None = None


class Healthcheck(Spec):
    disable: Flag = False
    interval: Seconds | None = None
    retries: Whole | None = None
    test: Test | None = None
    timeout: Seconds | None = None
    start_period: Seconds | None = None
    start_interval: Seconds | None = None


class Logging(Spec):
    driver: Text | None = None
    options: OptionalMap | None = None


class ServiceNetwork(Spec):
    aliases: Texts | None = None
    interface_name: Text | None = None
    ipv4_address: Text | None = None
    ipv6_address: Text | None = None
    link_local_ips: Texts | None = None
    mac_address: Text | None = None
    driver_opts: TextMap | None = None
    priority: Number | None = None
    gw_priority: Number | None = None


class ServiceModel(Spec):
    endpoint_var: Text | None = None
    model_var: Text | None = None


class Port(Spec):
    name: Text | None = None
    mode: Text = "ingress"
    host_ip: Text | None = None
    target: Annotated[int, Leaf(port_number)] | None = None
    published: Scalar | None = None
    protocol: Text = "tcp"
    app_protocol: Text | None = None


class BindOptions(Spec):
    propagation: Text | None = None
    create_host_path: Flag | None = None
    recursive: Annotated[str, OneOf(("enabled", "disabled", "writable", "readonly"))] | None = None
    selinux: Annotated[str, OneOf(("z", "Z"))] | None = None


class VolumeOptions(Spec):
    labels: OptionalMap | None = None
    nocopy: Flag | None = None
    subpath: Text | None = None


class TmpfsOptions(Spec):
    size: Size | None = None
    mode: Mode | None = None


class ImageOptions(Spec):
    subpath: Text | None = None


class Mount(Spec):
    type: Annotated[str, OneOf(("bind", "volume", "tmpfs", "cluster", "npipe", "image"))] = "volume"
    source: Text | None = None
    target: Text | None = None
    read_only: Flag = False
    consistency: Text | None = None
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None


class DeviceMapping(Spec):
    source: Text = ""
    target: Text | None = None
    permissions: Text | None = None


class BlkioLimit(Spec):
    path: Text | None = None
    rate: Size | None = None


class BlkioWeight(Spec):
    path: Text | None = None
    weight: Whole | None = None


class BlkioConfig(Spec):
    device_read_bps: list[BlkioLimit] | None = None
    device_read_iops: list[BlkioLimit] | None = None
    device_write_bps: list[BlkioLimit] | None = None
    device_write_iops: list[BlkioLimit] | None = None
    weight: Whole | None = None
    weight_device: list[BlkioWeight] | None = None


class CredentialSpec(Spec):
    config: Text | None = None
    file: Text | None = None
    registry: Text | None = None


class Provider(Spec):
    type: Text = ""
    options: dict[str, Any] | None = None


class Service(Spec):
    annotations: TextMap | None = None
    attach: Flag | None = None
    blkio_config: BlkioConfig | None = None
    build: Build | None = None
    cap_add: Texts | None = None
    cap_drop: Texts | None = None
    cgroup: Annotated[str, OneOf(("host", "private"))] | None = None
    cgroup_parent: Text | None = None
    command: Words | None = None
    configs: list[FileGrant] | None = None
    container_name: Text | None = None
    cpu_count: Whole | None = None
    cpu_percent: Number | None = None
    cpu_period: Scalar | None = None
    cpu_quota: Number | None = None
    cpu_rt_period: Scalar | None = None
    cpu_rt_runtime: Scalar | None = None
    cpu_shares: Number | None = None
    cpus: Number | None = None
    cpuset: Text | None = None
    credential_spec: CredentialSpec | None = None
    depends_on: dict[str, Dependency] | None = None
    deploy: Deploy | None = None
    develop: Develop | None = None
    device_cgroup_rules: Texts | None = None
    devices: list[DeviceMapping] | None = None
    dns: Texts | None = None
    dns_opt: Texts | None = None
    dns_search: Texts | None = None
    domainname: Text | None = None
    entrypoint: Words | None = None
    env_file: list[EnvFile] | None = None
    environment: OptionalMap | None = None
    expose: Scalars | None = None
    extends: Extends | None = None
    external_links: Texts | None = None
    extra_hosts: dict[str, Texts] | None = None
    gpus: list[Device] | None = None
    group_add: Scalars | None = None
    healthcheck: Healthcheck | None = None
    hostname: Text | None = None
    image: Text | None = None
    init: Flag | None = None
    ipc: Text | None = None
    isolation: Text | None = None
    label_file: Texts | None = None
    labels: TextMap | None = None
    links: Texts | None = None
    logging: Logging | None = None
    mac_address: Text | None = None
    mem_limit: Size | None = None
    mem_reservation: Size | None = None
    mem_swappiness: Whole | None = None
    memswap_limit: Size | None = None
    models: dict[str, ServiceModel] | None = None
    network_mode: Text | None = None
    networks: dict[str, ServiceNetwork] | None = None
    oom_kill_disable: Flag | None = None
    oom_score_adj: Whole | None = None
    pid: Text | None = None
    pids_limit: Whole | None = None
    platform: Text | None = None
    ports: list[Port] | None = None
    post_start: list[Hook] | None = None
    pre_start: list[PreStart] | None = None
    pre_stop: list[Hook] | None = None
    privileged: Flag | None = None
    profiles: Texts | None = None
    provider: Provider | None = None
    pull_policy: Text | None = None
    pull_refresh_after: Text | None = None
    read_only: Flag | None = None
    restart: Annotated[str, Leaf(restart_policy)] | None = None
    runtime: Text | None = None
    scale: Whole | None = None
    secrets: list[FileGrant] | None = None
    security_opt: Texts | None = None
    shm_size: Size | None = None
    stdin_open: Flag | None = None
    stop_grace_period: Seconds | None = None
    stop_signal: Text | None = None
    storage_opt: dict[str, Any] | None = None
    sysctls: TextMap | None = None
    tmpfs: Texts | None = None
    tty: Flag | None = None
    ulimits: dict[str, Ulimit] | None = None
    use_api_socket: Flag | None = None
    user: Text | None = None
    userns_mode: Text | None = None
    uts: Text | None = None
    volumes: list[Mount] | None = None
    volumes_from: Texts | None = None
    working_dir: Text | None = None
