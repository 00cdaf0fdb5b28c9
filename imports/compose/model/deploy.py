"""`deploy`: how many, where, with how much, and how they are replaced."""

from typing import Annotated

from imports.compose.model.decode import OneOf, Spec
from imports.compose.model.kinds import Number, Scalar, Seconds, Size, Text, TextMap, Texts, Whole

Order = Annotated[str, OneOf(("start-first", "stop-first"))]


class Device(Spec):
    capabilities: Texts | None = None
    count: Scalar | None = None
    device_ids: Texts | None = None
    driver: Text | None = None
    options: TextMap | None = None


class DiscreteResource(Spec):
    kind: Text | None = None
    value: Number | None = None


class GenericResource(Spec):
    discrete_resource_spec: DiscreteResource | None = None


class Limits(Spec):
    cpus: Number | None = None
    memory: Size | None = None
    pids: Whole | None = None


class Reservations(Spec):
    cpus: Number | None = None
    memory: Size | None = None
    generic_resources: list[GenericResource] | None = None
    devices: list[Device] | None = None


class Resources(Spec):
    limits: Limits | None = None
    reservations: Reservations | None = None


class UpdateConfig(Spec):
    parallelism: Whole | None = None
    delay: Seconds | None = None
    failure_action: Text | None = None
    monitor: Seconds | None = None
    max_failure_ratio: Number | None = None
    order: Order | None = None


class RestartPolicy(Spec):
    condition: Annotated[str, OneOf(("any", "none", "on-failure", "always", "unless-stopped"))] | None = None
    delay: Seconds | None = None
    max_attempts: Whole | None = None
    window: Seconds | None = None


class Preference(Spec):
    spread: Text | None = None


class Placement(Spec):
    constraints: Texts | None = None
    preferences: list[Preference] | None = None
    max_replicas_per_node: Whole | None = None


class Deploy(Spec):
    mode: Annotated[str, OneOf(("replicated", "global", "replicated-job", "global-job"))] | None = None
    endpoint_mode: Annotated[str, OneOf(("vip", "dnsrr"))] | None = None
    replicas: Whole | None = None
    labels: TextMap | None = None
    rollback_config: UpdateConfig | None = None
    update_config: UpdateConfig | None = None
    resources: Resources | None = None
    restart_policy: RestartPolicy | None = None
    placement: Placement | None = None
