"""The client against real registries: an open one, and one that asks for a user and a password."""

import os
from collections.abc import Callable

import pytest

from clusters.registries.addresses import read_address
from clusters.registries.distribution import Login, RegistryClient, RegistryError
from clusters.registries.distribution.manifests import MANIFESTS

pytestmark = pytest.mark.docker

OPEN = os.environ.get("SAILCLOTH_TEST_REGISTRY", "")
# host:port,user,password
CLOSED, USER, PASSWORD = [*os.environ.get("SAILCLOTH_TEST_REGISTRY_AUTH", "").split(",", 2), "", ""][:3]
needs_open = pytest.mark.skipif(not OPEN, reason="SAILCLOTH_TEST_REGISTRY is not set")
needs_closed = pytest.mark.skipif(not CLOSED, reason="SAILCLOTH_TEST_REGISTRY_AUTH is not set")
Make = Callable[..., RegistryClient]


def url_of(host: str) -> str:
    return read_address(host, "generic").api


@needs_open
async def test_open(client_of: Make) -> None:
    client = client_of(url_of(OPEN), None)
    assert (await client.ping()).scheme == ""
    assert "1" in await client.tags("busybox")
    image = await client.describe("busybox", "1")
    assert image.digest == await client.head("busybox", "1")
    assert image.media_type in MANIFESTS
    assert image.platforms[0].startswith("linux/")
    assert image.size is not None and image.size > 100_000
    assert await client.describe("busybox", image.digest) == image


@needs_open
async def test_what_is_not_there(client_of: Make) -> None:
    client = client_of(url_of(OPEN), None)
    for question in (client.head("busybox", "does-not-exist"), client.describe("nothing", "1"), client.tags("nothing")):
        with pytest.raises(RegistryError) as caught:
            await question
        assert caught.value.reason == "not_found"


@needs_closed
async def test_closed(client_of: Make) -> None:
    client = client_of(url_of(CLOSED), Login(USER, PASSWORD))
    assert (await client.ping()).scheme == "basic"
    assert await client.tags("busybox") == ["1"]
    assert (await client.describe("busybox", "1")).platforms


async def read_tags(client: RegistryClient) -> object:
    return await client.tags("busybox")


@needs_closed
@pytest.mark.parametrize("login", [None, Login(USER, "wrong"), Login("nobody", PASSWORD)])
async def test_closed_to_others(client_of: Make, login: Login | None) -> None:
    for question in (RegistryClient.ping, read_tags):
        with pytest.raises(RegistryError) as caught:
            await question(client_of(url_of(CLOSED), login))
        assert caught.value.reason == "unauthorized"
