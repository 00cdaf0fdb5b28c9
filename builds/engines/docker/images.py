"""Quick questions to a Docker Engine through the SDK: is it there, how large is it, away with what is left."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

SOURCE_LABEL, BUILD_LABEL = "org.opencontainers.image.source", "io.sailcloth.build"
_SECONDS = 20.0


@contextmanager
def _client(host: str) -> Iterator[Any]:
    import docker

    client = docker.APIClient(base_url=host, version="auto", timeout=_SECONDS)
    try:
        yield client
    finally:
        client.close()


def size_of(host: str, image_id: str) -> int | None:
    """In bytes; None when the engine does not have it."""
    return look(host, [image_id])[1]


def look(host: str, names: Iterable[str]) -> tuple[str, int | None]:
    """Id and size of the first of `names` that the engine knows, each an id, a digest or a tag.

    What a client says the id is, is that of the configuration; the containerd image store knows images by their
    manifest or index.
    """
    from docker.errors import DockerException

    try:
        with _client(host) as client:
            for name in filter(None, names):
                try:
                    found = client.inspect_image(name)
                except DockerException:
                    continue
                return str(found["Id"]), int(found["Size"])
    except DockerException:
        return "", None
    return "", None


def remove_containers(host: str, groups: Iterable[str]) -> None:
    """Those of a classic build that are still there; its containers are known by their control group."""
    from docker.errors import DockerException, NotFound

    wanted = set(groups)
    try:
        with _client(host) as client:
            for listed in client.containers(all=True):
                # One that is gone meanwhile, of whomever, must not keep the others.
                with suppress(NotFound):
                    found = client.inspect_container(listed["Id"])
                    if found["HostConfig"].get("CgroupParent") in wanted:
                        client.remove_container(listed["Id"], force=True, v=True)
    except DockerException:
        return  # What cannot be reached now is found by the next sweep.


def remove_dangling(host: str, older_than_seconds: float) -> int:
    """Only what carries our label: the engine may be somebody's own. Bytes that came free."""
    from docker.errors import DockerException

    until = f"{int(older_than_seconds)}s"
    try:
        with _client(host) as client:
            pruned = client.prune_images(filters={"dangling": True, "label": BUILD_LABEL, "until": until})
            return int(pruned.get("SpaceReclaimed") or 0)
    except DockerException:
        return 0
