"""The client of the distribution specification, against a registry that does what registries do."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web

from clusters.registries.distribution import Login, RegistryError
from clusters.registries.distribution import client as client_module
from tests.unit.registries.conftest import INDEX, LOGIN, MANIFEST, Scripted, digest_of

CONFIG = json.dumps({"os": "linux", "architecture": "arm64", "variant": "v8"}).encode()


def put_image(registry: Scripted, tag: str = "1") -> str:
    config = registry.put_blob(CONFIG)
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"digest": config, "size": len(CONFIG)},
        "layers": [{"digest": digest_of(b"x"), "size": 700}, {"digest": digest_of(b"y"), "size": 42}],
    }
    return registry.put_manifest(tag, document, MANIFEST)


class TestPing:
    async def test_open(self, registry: Scripted, client_of: Any) -> None:
        assert (await client_of(registry.url).ping()).scheme == ""
        # Who has not been asked does not say their password.
        assert registry.seen == [("GET", "/v2/", "")]

    async def test_basic(self, registry: Scripted, client_of: Any) -> None:
        registry.wants = "basic"
        client = client_of(registry.url)
        assert (await client.ping()).scheme == "basic"
        await client.ping()
        assert [authorization for _, _, authorization in registry.seen] == ["", LOGIN.header, LOGIN.header]

    async def test_bearer(self, registry: Scripted, client_of: Any) -> None:
        registry.wants = "bearer"
        client = client_of(registry.url)
        assert (await client.ping()).scheme == "bearer"
        assert registry.paths() == ["/v2/", "/token?service=test.example", "/v2/"]
        assert [authorization.partition(" ")[0] for _, _, authorization in registry.seen] == ["", "Basic", "Bearer"]
        await client.ping()
        assert len(registry.seen) == 4

    @pytest.mark.parametrize("wants", ["basic", "bearer"])
    async def test_a_wrong_password_fails(self, registry: Scripted, client_of: Any, wants: str) -> None:
        registry.wants = wants
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url, Login("deployer", "wr0ng-canary")).ping()
        assert (caught.value.reason, caught.value.status) == ("unauthorized", 401)
        assert "canary" not in caught.value.message

    @pytest.mark.parametrize("wants", ["basic", "bearer"])
    async def test_a_stranger_fails(self, registry: Scripted, client_of: Any, wants: str) -> None:
        registry.wants = wants
        with pytest.raises(RegistryError, match=r"without a user|asks for a user") as caught:
            await client_of(registry.url, None).ping()
        assert caught.value.reason == "unauthorized"

    async def test_what_is_no_registry(self, registry: Scripted, client_of: Any) -> None:
        async def page(request: web.Request) -> web.Response:
            return web.Response(text="<html>", content_type="text/html")

        registry.handlers["/v2/"] = page
        with pytest.raises(RegistryError, match="no container registry"):
            await client_of(registry.url).ping()

    async def test_nobody_there(self, client_of: Any) -> None:
        with pytest.raises(RegistryError) as caught:
            await client_of("http://127.0.0.1:1").ping()
        assert caught.value.reason == "refused"

    async def test_an_unknown_scheme(self, registry: Scripted, client_of: Any) -> None:
        async def ask(request: web.Request) -> web.Response:
            return web.Response(status=401, headers={"WWW-Authenticate": "Negotiate"})

        registry.handlers["/v2/"] = ask
        with pytest.raises(RegistryError, match="negotiate"):
            await client_of(registry.url).ping()

    def test_passwords_do_not_show(self, client_of: Any) -> None:
        assert "canary" not in repr(LOGIN)
        assert "canary" not in repr(client_of("http://127.0.0.1:1"))


class TestTokens:
    async def test_by_scope_and_remembered(self, registry: Scripted, client_of: Any) -> None:
        registry.wants = "bearer"
        put_image(registry)
        client = client_of(registry.url)
        await client.head("team/app", "1")
        await client.head("team/app", "1")
        await client.head("team/other", "1")
        scopes = [unquote(path) for path in registry.paths() if path.startswith("/token")]
        assert scopes == [
            "/token?service=test.example&scope=repository:team/app:pull",
            "/token?service=test.example&scope=repository:team/other:pull",
        ]

    async def test_an_expired_one_is_replaced(self, registry: Scripted, client_of: Any) -> None:
        registry.wants = "bearer"
        client = client_of(registry.url)
        await client.ping()
        registry.tokens.clear()
        await client.ping()
        assert registry.paths().count("/token?service=test.example") == 2

    @pytest.mark.parametrize("lifetime", [0, -5, 1, None, 10**12])
    async def test_lifetimes_that_mean_nothing(self, registry: Scripted, client_of: Any, lifetime: Any) -> None:
        registry.wants, registry.lifetime = "bearer", lifetime
        client = client_of(registry.url)
        await client.ping()
        await client.ping()
        assert registry.paths().count("/token?service=test.example") == 1

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b'{"token": ""}', b'{"token": "a\\nb"}', b'{"token": 5}', b"x" * 300_000]
    )
    async def test_answers_without_a_token(self, registry: Scripted, client_of: Any, body: bytes) -> None:
        async def answer(request: web.Request) -> web.Response:
            return web.Response(body=body)

        registry.wants = "bearer"
        registry.handlers["/token"] = answer
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url).ping()
        assert caught.value.reason == "protocol"

    async def test_known_but_not_allowed(self, registry: Scripted, client_of: Any) -> None:
        """Docker Hub gives a token for what one may not read, and then does not take it."""

        async def refuse(request: web.Request) -> web.Response:
            return web.Response(status=401, headers={"WWW-Authenticate": registry._challenge()})

        registry.wants = "bearer"
        registry.handlers["/v2/secret/manifests/1"] = refuse
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url).head("secret", "1")
        assert caught.value.reason == "forbidden"


class TestRead:
    async def test_head(self, registry: Scripted, client_of: Any) -> None:
        digest = put_image(registry)
        assert await client_of(registry.url).head("app", "1") == digest
        assert registry.seen[-1][0] == "HEAD"

    async def test_one_image(self, registry: Scripted, client_of: Any) -> None:
        digest = put_image(registry)
        image = await client_of(registry.url).describe("app", "1")
        assert (image.digest, image.size, image.platforms) == (digest, 742 + len(CONFIG), ("linux/arm64/v8",))
        assert await client_of(registry.url).describe("app", digest) == image

    async def test_an_index(self, registry: Scripted, client_of: Any) -> None:
        entries = [
            {"platform": {"os": "linux", "architecture": "amd64"}},
            {"platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"platform": {"os": "unknown", "architecture": "unknown"}},
            {"platform": {"os": "linux", "architecture": "amd64"}},
            {},
            "rubbish",
        ]
        digest = registry.put_manifest("2", {"mediaType": INDEX, "manifests": entries}, INDEX)
        image = await client_of(registry.url).describe("app", "2")
        assert (image.digest, image.size) == (digest, None)
        assert image.platforms == ("linux/amd64", "linux/arm64/v8")

    @pytest.mark.parametrize("body", [b"", b"null", b"[" * 100_000, b'{"mediaType": "text/html"}', b'{"layers": 5}'])
    async def test_what_is_no_image(self, registry: Scripted, client_of: Any, body: bytes) -> None:
        registry.manifests["1"] = ("application/json", body)
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url).describe("app", "1")
        assert caught.value.reason == "protocol"

    async def test_missing(self, registry: Scripted, client_of: Any) -> None:
        with pytest.raises(RegistryError, match="no app:9") as caught:
            await client_of(registry.url).describe("app", "9")
        assert caught.value.reason == "not_found"

    async def test_what_is_not_what_its_digest_says(self, registry: Scripted, client_of: Any) -> None:
        digest = put_image(registry)
        registry.manifests[digest] = (MANIFEST, registry.manifests[digest][1] + b" ")
        with pytest.raises(RegistryError, match="digest"):
            await client_of(registry.url).describe("app", digest)

    async def test_a_manifest_without_end(self, registry: Scripted, client_of: Any) -> None:
        registry.manifests["1"] = (MANIFEST, b"x" * (client_module.MAX_MANIFEST + 1))
        with pytest.raises(RegistryError, match="too large"):
            await client_of(registry.url).describe("app", "1")

    async def test_manifests_are_not_followed_elsewhere(
        self, registry: Scripted, elsewhere: Scripted, client_of: Any
    ) -> None:
        async def away(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"{elsewhere.url}/v2/app/manifests/1"})

        registry.handlers["/v2/app/manifests/1"] = away
        with pytest.raises(RegistryError, match="redirection"):
            await client_of(registry.url).describe("app", "1")
        assert elsewhere.seen == []


class TestTags:
    async def test_pages(self, registry: Scripted, client_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client_module, "PAGE", 10)
        registry.tags = [f"{n:03}" for n in range(95)]
        assert await client_of(registry.url).tags("team/app") == registry.tags
        assert len(registry.seen) == 10
        assert await client_of(registry.url).tags("team/app", limit=25) == registry.tags[:25]

    async def test_none(self, registry: Scripted, client_of: Any) -> None:
        async def null(request: web.Request) -> web.Response:
            return web.json_response({"name": "app", "tags": None})

        registry.handlers["/v2/app/tags/list"] = null
        assert await client_of(registry.url).tags("app") == []

    async def test_a_list_that_goes_on_elsewhere(self, registry: Scripted, elsewhere: Scripted, client_of: Any) -> None:
        async def away(request: web.Request) -> web.Response:
            link = f'<{elsewhere.url}/v2/app/tags/list?last=a>; rel="next"'
            return web.json_response({"tags": ["a"]}, headers={"Link": link})

        registry.handlers["/v2/app/tags/list"] = away
        with pytest.raises(RegistryError, match="another host"):
            await client_of(registry.url).tags("app")
        assert elsewhere.seen == []

    async def test_a_list_that_goes_round(self, registry: Scripted, client_of: Any) -> None:
        async def again(request: web.Request) -> web.Response:
            return web.json_response({"tags": ["a"]}, headers={"Link": '</v2/app/tags/list?last=a>; rel="next"'})

        registry.handlers["/v2/app/tags/list"] = again
        assert await client_of(registry.url).tags("app") == ["a"]
        assert len(registry.seen) == 2


class TestBlobs:
    @pytest.mark.parametrize("wants", ["basic", "bearer"])
    async def test_followed_without_our_authorization(
        self, registry: Scripted, elsewhere: Scripted, client_of: Any, wants: str
    ) -> None:
        digest = elsewhere.put_blob(b"content")

        async def away(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"{elsewhere.url}/v2/x/blobs/{digest}?sig=1"})

        registry.wants = "none"
        registry.handlers[f"/v2/app/blobs/{digest}"] = away
        client = client_of(registry.url)
        registry.wants = wants
        await client.ping()
        assert await client.blob("app", digest, limit=100) == b"content"
        assert elsewhere.seen == [("GET", f"/v2/x/blobs/{digest}?sig=1", "")]

    async def test_within_the_registry_we_stay_ourselves(self, registry: Scripted, client_of: Any) -> None:
        digest = registry.put_blob(b"content")

        async def away(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"/v2/other/blobs/{digest}"})

        registry.handlers[f"/v2/app/blobs/{digest}"] = away
        registry.wants = "basic"
        client = client_of(registry.url)
        await client.ping()
        assert await client.blob("app", digest, limit=100) == b"content"
        assert registry.seen[-1][2] == LOGIN.header

    async def test_not_for_ever(self, registry: Scripted, client_of: Any) -> None:
        digest = digest_of(b"content")

        async def round_and_round(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": str(request.rel_url)})

        registry.handlers[f"/v2/app/blobs/{digest}"] = round_and_round
        with pytest.raises(RegistryError, match="redirection"):
            await client_of(registry.url).blob("app", digest, limit=100)
        assert len(registry.seen) == client_module.HOPS + 1

    async def test_bounded_and_checked(self, registry: Scripted, client_of: Any) -> None:
        long = registry.put_blob(b"x" * 200_000)
        with pytest.raises(RegistryError, match="too large"):
            await client_of(registry.url).blob("app", long, limit=100_000)
        wrong = digest_of(b"right")
        registry.blobs[wrong] = b"wrong"
        with pytest.raises(RegistryError, match="digest"):
            await client_of(registry.url).blob("app", wrong, limit=100_000)
        with pytest.raises(RegistryError, match="not a digest"):
            await client_of(registry.url).blob("app", "../../etc/passwd", limit=10)


class TestBusy:
    async def test_asked_again(self, registry: Scripted, client_of: Any) -> None:
        put_image(registry)
        answers = [429, 503]

        async def busy(request: web.Request) -> web.StreamResponse:
            if answers:
                return web.Response(status=answers.pop(), headers={"Retry-After": "0"})
            return registry._content(request)

        registry.handlers["/v2/app/manifests/1"] = busy
        assert await client_of(registry.url).head("app", "1")
        assert len(registry.seen) == 3

    @pytest.mark.parametrize(("after", "times"), [("0", 3), ("3600", 1)])
    async def test_not_for_ever(self, registry: Scripted, client_of: Any, after: str, times: int) -> None:
        async def busy(request: web.Request) -> web.Response:
            return web.Response(status=429, headers={"Retry-After": after})

        registry.handlers["/v2/"] = busy
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url).ping()
        assert (caught.value.reason, caught.value.status) == ("busy", 429)
        assert caught.value.retry_after == float(after)
        assert len(registry.seen) == times

    async def test_who_never_answers(self, registry: Scripted, client_of: Any) -> None:
        import asyncio

        async def hang(request: web.Request) -> web.Response:
            await asyncio.sleep(5)
            return web.Response()

        registry.handlers["/v2/"] = hang
        with pytest.raises(RegistryError) as caught:
            await client_of(registry.url).ping()
        assert caught.value.reason == "timeout"
