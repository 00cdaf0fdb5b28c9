"""`build` and `develop`: how an image is made, and how it follows its source while one works on it."""

from imports.compose.model.decode import Spec
from imports.compose.model.hooks import Hook
from imports.compose.model.kinds import Flag, Mode, OptionalMap, Scalar, Size, Text, TextMap, Texts, Whole


class FileGrant(Spec):
    """A config or secret that a service, or its build, may read."""

    source: Text = ""
    target: Text | None = None
    uid: Scalar | None = None
    gid: Scalar | None = None
    mode: Mode | None = None


class Ulimit(Spec):
    soft: Whole | None = None
    hard: Whole | None = None


class Build(Spec):
    context: Text | None = None
    dockerfile: Text | None = None
    dockerfile_inline: Text | None = None
    entitlements: Texts | None = None
    args: OptionalMap | None = None
    ssh: OptionalMap | None = None
    labels: TextMap | None = None
    cache_from: Texts | None = None
    cache_to: Texts | None = None
    no_cache: Flag | None = None
    no_cache_filter: Texts | None = None
    additional_contexts: TextMap | None = None
    network: Text | None = None
    provenance: Scalar | None = None
    sbom: Scalar | None = None
    pull: Flag | None = None
    target: Text | None = None
    shm_size: Size | None = None
    extra_hosts: dict[str, Texts] | None = None
    isolation: Text | None = None
    privileged: Flag | None = None
    secrets: list[FileGrant] | None = None
    tags: Texts | None = None
    ulimits: dict[str, Ulimit] | None = None
    platforms: Texts | None = None


class Watch(Spec):
    path: Text = ""
    action: Text = ""
    ignore: Texts | None = None
    include: Texts | None = None
    target: Text | None = None
    exec: Hook | None = None
    initial_sync: Flag | None = None


class Develop(Spec):
    watch: list[Watch] | None = None
