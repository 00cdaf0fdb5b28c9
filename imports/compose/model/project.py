"""A whole project, and what it holds besides services."""

from typing import Any

from imports.compose.model.decode import Spec
from imports.compose.model.kinds import External, Flag, Scalars, Text, TextMap, Whole
from imports.compose.model.service import Service


class IpamConfig(Spec):
    subnet: Text | None = None
    ip_range: Text | None = None
    gateway: Text | None = None
    aux_addresses: TextMap | None = None


class Ipam(Spec):
    driver: Text | None = None
    config: list[IpamConfig] | None = None
    options: TextMap | None = None


class Network(Spec):
    name: Text | None = None
    driver: Text | None = None
    driver_opts: TextMap | None = None
    ipam: Ipam | None = None
    external: External = False
    internal: Flag = False
    enable_ipv4: Flag | None = None
    enable_ipv6: Flag | None = None
    attachable: Flag | None = None
    labels: TextMap | None = None


class Volume(Spec):
    name: Text | None = None
    driver: Text | None = None
    driver_opts: TextMap | None = None
    external: External = False
    labels: TextMap | None = None


class Config(Spec):
    name: Text | None = None
    content: Text | None = None
    environment: Text | None = None
    file: Text | None = None
    external: External = False
    labels: TextMap | None = None
    template_driver: Text | None = None


class Secret(Spec):
    name: Text | None = None
    environment: Text | None = None
    file: Text | None = None
    external: External = False
    labels: TextMap | None = None
    driver: Text | None = None
    driver_opts: TextMap | None = None
    template_driver: Text | None = None


class Model(Spec):
    name: Text | None = None
    model: Text = ""
    context_size: Whole | None = None
    runtime_flags: Scalars | None = None


class Project(Spec):
    """`include` has been followed by the time this is read; `version` has no meaning any more."""

    version: Text | None = None
    name: Text | None = None
    include: list[Any] | None = None
    services: dict[str, Service] = {}
    models: dict[str, Model] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, Secret] = {}
    configs: dict[str, Config] = {}
