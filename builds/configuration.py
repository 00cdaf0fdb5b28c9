"""The settings of builds as typed values, and the engine that they name."""

import os
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path

from django.conf import settings
from django.db import connections

from builds.detect.dockerfiles import Bases
from builds.engines.cluster.engine import ClusterEngine
from builds.engines.cluster.objects import Place
from builds.engines.docker.engine import DockerEngine
from builds.engines.types import Attestations, Bounds, Engine, EngineError
from builds.sources.types import Limits
from clusters.errors import ClusterNotFound
from clusters.kube.gateway import Gateway
from clusters.services import gateway_for

_SOCKET = Path("/var/run/docker.sock")
_MEBIBYTE = 1024**2
FETCH_SECONDS, FETCH_FILES = 600.0, 100_000
MOST_WAITING = 100
UPLOAD_LIFE = timedelta(hours=24)
MOST_LOG_BYTES = 64 * _MEBIBYTE


def bases() -> Bases:
    """What a Dockerfile that is written for a source without one is built on."""
    env = settings.BUILDS
    return Bases(
        env.build_base_python, env.build_base_node, env.build_base_go, env.build_base_pages, env.build_base_bare
    )


def engine_names() -> tuple[str, ...]:
    """Those that a build may choose among, the usual one first; empty where none is configured."""
    wanted, has_cluster = str(settings.BUILDS.build_engine), bool(settings.BUILDS.build_cluster)
    if wanted != "auto":
        return () if wanted == "none" or (wanted == "cluster" and not has_cluster) else (wanted,)
    has_docker = bool(settings.BUILDS.docker_host) or _SOCKET.exists()
    return (*(("docker",) if has_docker else ()), *(("cluster",) if has_cluster else ()))


def engine_name(wanted: str = "") -> str:
    """That one while it is there, else the usual one; empty where no engine is configured."""
    names = engine_names()
    return wanted if wanted in names else next(iter(names), "")


def engine_for(name: str) -> Engine:
    """The one of that name, kept for the life of the process; what it knows of itself it remembers a while."""
    if name == "cluster":
        place = Place(settings.BUILDS.build_namespace, settings.BUILDS.build_image, attestations())
        return ClusterEngine(partial(_open_gateway, settings.BUILDS.build_cluster), place)
    return _docker(
        settings.BUILDS.docker_host or f"unix://{_SOCKET}",
        settings.BUILDS.build_concurrency,
        settings.BUILDS.build_docker_command,
        settings.BUILDS.build_network,
        settings.BUILDS.build_limits == "strict",
        attestations(),
    )


def _open_gateway(cluster_id: str) -> Gateway:
    """Of the cluster that an administrator chose for builds, whoever builds."""
    try:
        return gateway_for(cluster_id)
    except ClusterNotFound:
        raise EngineError(
            "engine_unreachable",
            "The cluster that builds is gone. An administrator sets SAILCLOTH_BUILD_CLUSTER.",
            is_ours=True,
        ) from None
    finally:
        connections.close_all()


@lru_cache(maxsize=8)
def _docker(host: str, builds: int, command: str, network: str, is_strict: bool, attests: Attestations) -> DockerEngine:
    return DockerEngine(host, builds, command=command, network=network, is_strict=is_strict, attests=attests)


def attestations() -> Attestations:
    """What is asked for, where an engine can make it."""
    scanner = settings.BUILDS.build_sbom_image
    return Attestations(settings.BUILDS.build_attestations, "" if scanner == "none" else scanner)


def bounds() -> Bounds:
    """Of one build."""
    return Bounds(
        seconds=settings.BUILDS.build_timeout_seconds,
        cpus=min(settings.BUILDS.build_cpus, float(os.cpu_count() or 1)),
        memory=settings.BUILDS.build_memory_mb * _MEBIBYTE,
        pids=settings.BUILDS.build_pids,
        disk=settings.BUILDS.build_disk_mb * _MEBIBYTE,
    )


def fetch_limits() -> Limits:
    return Limits(seconds=FETCH_SECONDS, bytes=settings.BUILDS.build_source_mb * _MEBIBYTE, files=FETCH_FILES)


def places() -> tuple[int, int]:
    """How many builds an engine has under way at once, and how many of them one user may have."""
    return settings.BUILDS.build_concurrency, settings.BUILDS.build_concurrency_per_user


def folder_of(build_id: str) -> Path:
    """On this worker's disk, while the build is under way here."""
    return Path(settings.DATA_DIR) / "builds" / build_id


def kept() -> timedelta:
    """How long a build that is over, and its log, stay."""
    return timedelta(days=settings.BUILDS.build_keep_days)


def most_upload_bytes() -> int:
    return int(settings.BUILDS.build_upload_mb) * _MEBIBYTE
