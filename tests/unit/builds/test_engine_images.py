"""What is taken away from an engine, where others come and go at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from docker.errors import NotFound

from builds.engines.docker import images


class Engine:
    """Lists a container that is gone by the time somebody looks at it."""

    def __init__(self) -> None:
        self.removed: list[str] = []

    def containers(self, *, all: bool) -> list[dict[str, str]]:
        return [{"Id": "gone"}, {"Id": "other"}, {"Id": "ours"}]

    def inspect_container(self, container: str) -> dict[str, Any]:
        if container == "gone":
            raise NotFound("No such container: gone")
        return {"HostConfig": {"CgroupParent": "/sailcloth/b" if container == "ours" else "/sailcloth/c"}}

    def remove_container(self, container: str, **_: bool) -> None:
        self.removed.append(container)


def test_one_that_is_gone_meanwhile_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()

    @contextmanager
    def client(host: str) -> Iterator[Engine]:
        yield engine

    monkeypatch.setattr(images, "_client", client)
    images.remove_containers("unix:///nowhere", ["/sailcloth/b"])
    assert engine.removed == ["ours"]
