"""Where a registry, or whoever it points to, may not lead us."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web

from clusters.kube.network import AddressRefused
from clusters.registries.distribution import RegistryError
from clusters.registries.distribution.web import Origin, Web, _Resolver, origin_of
from tests.unit.registries.conftest import Scripted, digest_of

PUBLIC, INSIDE = "93.184.216.34", "10.1.2.3"
PRIVATE = ("10.0.0.0/8", "127.0.0.0/8")


def lookup_of(**names: str) -> Any:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return [names[host.partition(".")[0]]]

    return lookup


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[::ffff:169.254.169.254]", "http://0.0.0.0:5000"])
async def test_never(client_of: Any, url: str) -> None:
    with pytest.raises(RegistryError, match="never used") as caught:
        await client_of(url, allowed_networks=("0.0.0.0/0", "::/0")).ping()
    assert caught.value.reason == "network"


async def test_private_networks_only_where_allowed(registry: Scripted, client_of: Any) -> None:
    with pytest.raises(RegistryError, match="private network"):
        await client_of(registry.url, allowed_networks=()).ping()
    assert registry.seen == []


@pytest.mark.parametrize(
    "realm",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://metadata.google.internal/token",
        "http://10.0.0.1/token",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:pass@127.0.0.1/token",
        "/token",
        "",
        "http://[::1",
        "http://exa mple/token",
        "http://" + "x" * 3000,
    ],
)
async def test_a_realm_that_leads_astray(registry: Scripted, client_of: Any, realm: str) -> None:
    async def ask(request: web.Request) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="{realm}"'})

    registry.handlers["/v2/"] = ask
    with pytest.raises(RegistryError) as caught:
        await client_of(registry.url).ping()
    assert caught.value.reason in ("network", "protocol")


@pytest.mark.parametrize("location", ["http://169.254.169.254/", "http://10.0.0.1/", "file:///etc/passwd", ""])
async def test_a_blob_that_leads_astray(registry: Scripted, client_of: Any, location: str) -> None:
    digest = digest_of(b"x")

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": location})

    registry.handlers[f"/v2/app/blobs/{digest}"] = away
    with pytest.raises(RegistryError):
        await client_of(registry.url).blob("app", digest, limit=10)


class TestFromOutsideNothingLeadsInside:
    """A registry on the internet must not have us ask what only we can reach."""

    def resolver(self, own: str) -> _Resolver:
        lookup = lookup_of(own=own, inner=INSIDE, outer=PUBLIC)
        return _Resolver(Origin("https", "own.example", 443), PRIVATE, lookup)

    async def test_a_public_one(self) -> None:
        resolver = self.resolver(PUBLIC)
        assert await resolver.addresses("own.example", 443) == [PUBLIC]
        assert await resolver.addresses("outer.example", 443) == [PUBLIC]
        for host in ("inner.example", INSIDE, "127.0.0.1"):
            with pytest.raises(AddressRefused):
                await resolver.addresses(host, 443)

    async def test_one_inside(self) -> None:
        resolver = self.resolver(INSIDE)
        for host in ("own.example", "inner.example", "outer.example"):
            assert await resolver.addresses(host, 443)


async def test_a_password_never_goes_in_the_clear_for_a_secure_registry() -> None:
    from clusters.registries.distribution.challenges import Challenge
    from clusters.registries.distribution.tokens import Identity
    from tests.unit.registries.conftest import LOGIN

    identity = Identity(Web("https://registry.example.com"), LOGIN)
    with pytest.raises(RegistryError, match="TLS"):
        await identity.answer([Challenge("bearer", {"realm": "http://registry.example.com/token"})], ())


def test_origins() -> None:
    assert origin_of("https://a.example/x") == Origin("https", "a.example", 443)
    assert origin_of("http://a.example:8080") != origin_of("http://a.example:8081")
    for bad in ("ftp://x", "https://", "https://u@x", "https://x:port", "https://x\\y"):
        with pytest.raises(RegistryError):
            origin_of(bad)
