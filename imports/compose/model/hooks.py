"""Lifecycle hooks: commands around a container's life."""

from imports.compose.model.decode import Spec
from imports.compose.model.kinds import Flag, OptionalMap, Text, Words


class Hook(Spec):
    command: Words | None = None
    user: Text | None = None
    privileged: Flag | None = None
    working_dir: Text | None = None
    environment: OptionalMap | None = None


class PreStart(Hook):
    image: Text | None = None
    per_replica: Flag | None = None
