"""What the gateway sends, word for word, and how it puts lists, logs and discoveries together."""

import asyncio
import gzip
import json
from pathlib import Path

import pytest
from aiohttp import web

from clusters.kube.gateway import Refused, ResourceExpired, Unreachable, Unsupported
from clusters.kube.probe import probe
from plugins.sdk.capabilities import ServedKind

from .conftest import CONFIG_MAP, status

DEPLOYMENT = ServedKind(group="apps", version="v1", kind="Deployment", resource="deployments", namespaced=True)
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "web"}, "data": {"k": "ü"}}


@pytest.fixture
def sent(server):
    """The last request: line, content type, body."""

    async def answer(request):
        return web.json_response({"kind": "ConfigMap", "metadata": {"name": "a"}})

    server.answer = answer

    def last():
        body = json.loads(server.bodies[-1]) if server.bodies[-1] else None
        return server.seen[-1], server.headers[-1].get("Content-Type"), body

    return last


class TestWrites:
    async def test_apply(self, gateway, sent):
        await gateway.apply(CONFIG_MAP, BODY)
        line = "PATCH /api/v1/namespaces/web/configmaps/a?fieldManager=sailcloth&force=false"
        assert sent() == (line, "application/apply-patch+yaml", BODY)
        await gateway.apply(CONFIG_MAP, BODY, force=True, dry_run=True)
        line = "PATCH /api/v1/namespaces/web/configmaps/a?fieldManager=sailcloth&force=true&dryRun=All"
        assert sent()[0] == line

    async def test_create(self, gateway, sent):
        await gateway.create(CONFIG_MAP, BODY, dry_run=True)
        line = "POST /api/v1/namespaces/web/configmaps?fieldManager=sailcloth&dryRun=All"
        assert sent() == (line, "application/json", BODY)

    @pytest.mark.parametrize(
        ("patch_type", "content_type"),
        [
            ("merge", "application/merge-patch+json"),
            ("json", "application/json-patch+json"),
            ("strategic", "application/strategic-merge-patch+json"),
        ],
    )
    async def test_patch(self, gateway, sent, patch_type, content_type):
        await gateway.patch(DEPLOYMENT, "a", "web", [1], patch_type=patch_type, subresource="scale")
        line = "PATCH /apis/apps/v1/namespaces/web/deployments/a/scale?fieldManager=sailcloth"
        assert sent() == (line, content_type, [1])

    async def test_patch_of_another_type(self, gateway):
        with pytest.raises(Unsupported):
            await gateway.patch(DEPLOYMENT, "a", "web", {}, patch_type="yaml")

    async def test_delete(self, gateway, sent):
        await gateway.delete(CONFIG_MAP, "a", "web")
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        assert sent() == ("DELETE /api/v1/namespaces/web/configmaps/a", "application/json", options)
        await gateway.delete(
            CONFIG_MAP, "a", "web", uid="u", resource_version="7", propagation="Foreground", dry_run=True
        )
        assert sent()[2] == options | {
            "propagationPolicy": "Foreground",
            "preconditions": {"uid": "u", "resourceVersion": "7"},
            "dryRun": ["All"],
        }

    async def test_nothing_is_sent_without_a_name(self, gateway, server, sent):
        for write in (
            gateway.delete(CONFIG_MAP, "", "web"),
            gateway.delete(CONFIG_MAP, "a", ""),
            gateway.apply(CONFIG_MAP, {"metadata": {"namespace": "web"}}),
            gateway.create(CONFIG_MAP, {"metadata": {"name": "a"}}),
            gateway.patch(CONFIG_MAP, "..", "web", {}),
        ):
            with pytest.raises(Refused):
                await write
        assert server.seen == []

    async def test_raw(self, gateway, sent):
        await gateway.raw("post", "/apis/x/v1/reviews", query={"a": "b c"}, body={"kind": "Review"})
        assert sent() == ("POST /apis/x/v1/reviews?a=b+c", "application/json", {"kind": "Review"})
        with pytest.raises(Unsupported):
            await gateway.raw("CONNECT", "/x")
        with pytest.raises(Refused):
            await gateway.raw("GET", "https://evil.example.com/")


class TestLists:
    async def test_follow_the_pages(self, server, gateway):
        async def answer(request):
            token = request.query.get("continue", "")
            names = {"": "ab", "t1": "cd", "t2": "e"}[token]
            more = {"": "t1", "t1": "t2", "t2": ""}[token]
            items = [{"metadata": {"name": name}} for name in names]
            return web.json_response({"items": items, "metadata": {"resourceVersion": "9", "continue": more}})

        server.answer = answer
        page = await gateway.list(CONFIG_MAP, "web", labels="a=b")
        assert [item["metadata"]["name"] for item in page.items] == list("abcde")
        assert page.resource_version == "9"
        assert page.items[0]["apiVersion"] == "v1" and page.items[0]["kind"] == "ConfigMap"
        path = "GET /api/v1/namespaces/web/configmaps?limit=500&labelSelector=a%3Db"
        assert server.seen == [path, f"{path}&continue=t1", f"{path}&continue=t2"]

    async def test_begin_anew_when_a_page_has_expired(self, server, gateway):
        async def answer(request):
            if request.query.get("continue"):
                return status(410, "Expired", "The provided continue parameter is too old")
            items = [{"metadata": {"name": str(len(server.seen))}}]
            more = "t" if "limit" in request.query else ""
            return web.json_response({"items": items, "metadata": {"resourceVersion": "9", "continue": more}})

        server.answer = answer
        page = await gateway.list(CONFIG_MAP, "web")
        assert len(page.items) == 1, "nothing of the first tries is left"
        assert [("limit" in line, "continue" in line) for line in server.seen] == [
            (True, False),
            (True, True),
            (True, False),
            (True, True),
            (False, False),
        ]

    async def test_give_up_when_it_expires_always(self, server, gateway):
        async def answer(request):
            return status(410, "Expired", "no")

        server.answer = answer
        with pytest.raises(ResourceExpired):
            await gateway.list(CONFIG_MAP, "web")

    async def test_without_end(self, server, gateway, monkeypatch):
        monkeypatch.setattr("clusters.kube.direct.MAX_PAGES", 5)

        async def answer(request):
            return web.json_response({"items": None, "metadata": {"continue": "again"}})

        server.answer = answer
        with pytest.raises(Unreachable):
            await gateway.list(CONFIG_MAP, "web")
        assert len(server.seen) == 5


class TestLogs:
    async def test_ask_for_what_was_asked(self, server, gateway):
        async def answer(request):
            return web.Response(body=b"ok \xff\n")

        server.answer = answer
        text = await gateway.logs("p", "web", container="c", tail=0, previous=True)
        assert text == "ok \ufffd\n"
        assert server.seen == [
            "GET /api/v1/namespaces/web/pods/p/log?limitBytes=10485760&container=c&tailLines=0&previous=true"
        ]

    async def test_are_bounded_whatever_the_server_sends(self, server, gateway):
        async def answer(request):
            return web.Response(body=b"x" * 1_000_000)

        server.answer = answer
        assert await gateway.logs("p", "web", limit_bytes=1000) == "x" * 1000


RECORDED = json.loads(gzip.decompress((Path(__file__).parent / "discovery-1.36.json.gz").read_bytes()))
AGGREGATED = next(key.partition(" ")[2] for key in RECORDED if "aggregated" in key)


@pytest.fixture
def recorded(server):
    """A server that answers with the discovery of a real 1.36; set `old` for one without the aggregated form."""

    class Recorded:
        old = False
        down = ()
        calls = 0

        async def __call__(self, request):
            self.calls += 1
            path = request.path
            if path in self.down:
                return status(503, "ServiceUnavailable", "no endpoints available")
            if not self.old and "APIGroupDiscoveryList" in request.headers["Accept"]:
                path = f"{path} {AGGREGATED}"
            if path not in RECORDED:
                return status(404, "NotFound", "the server could not find the requested resource")
            return web.json_response(RECORDED[path])

    server.answer = Recorded()
    return server.answer


class TestDiscovery:
    async def test_both_ways_find_the_same(self, gateway, recorded):
        new = await gateway.capabilities()
        assert recorded.calls == 3
        recorded.old = True
        old = await gateway.capabilities(refresh=True)
        assert old.version == new.version == "v1.36.2"

        def served(capabilities):
            return {(k.api_version, k.kind, k.resource, k.namespaced, frozenset(k.verbs)) for k in capabilities.kinds}

        assert served(old) == served(new)
        assert len(new.kinds) > 60

    async def test_the_order_is_the_clusters(self, gateway, recorded):
        for old in (False, True):
            recorded.old = old
            found = await gateway.capabilities(refresh=True)
            assert found.kinds[0].group == ""
            assert found.find("autoscaling", "HorizontalPodAutoscaler").version == "v2"

    async def test_a_group_that_is_down_hides_only_itself(self, gateway, recorded):
        recorded.old, recorded.down = True, ("/apis/batch/v1",)
        found = await gateway.capabilities()
        assert found.find("batch", "Job") is None
        assert found.find("apps", "Deployment")

    async def test_many_at_once_ask_once(self, gateway, recorded):
        await asyncio.gather(*(gateway.capabilities() for _ in range(10)))
        assert recorded.calls == 3
        await asyncio.gather(*(gateway.capabilities(refresh=True) for _ in range(10)))
        assert recorded.calls <= 9

    async def test_a_refresh_during_a_question_asks_again(self, gateway, recorded):
        first = asyncio.ensure_future(gateway.capabilities())
        await asyncio.sleep(0)
        fresh = await asyncio.gather(*(gateway.capabilities(refresh=True) for _ in range(5)))
        assert await first is not fresh[0]
        assert all(one is fresh[0] for one in fresh)
        assert recorded.calls == 6

    async def test_a_failure_is_not_remembered(self, gateway, recorded):
        recorded.down = ("/api",)
        with pytest.raises(Exception, match="no endpoints"):
            await gateway.capabilities()
        recorded.down = ()
        assert (await gateway.capabilities()).find("", "Pod")

    @pytest.mark.parametrize(
        "document",
        [
            {},
            {"kind": "Hello"},
            {"versions": "v1", "groups": 3},
            {"kind": "APIGroupDiscoveryList", "items": [None, {"versions": [1, {"resources": 2}]}]},
        ],
    )
    async def test_a_server_that_is_something_else(self, server, gateway, document):
        async def answer(request):
            return web.json_response(document)

        server.answer = answer
        with pytest.raises(Unreachable):
            await gateway.capabilities()


class TestProbe:
    def answer(self, server, **codes):
        """`version`, `nodes`, `api`: the code that each answers with."""

        async def answer(request):
            name = request.path.rpartition("/")[2]
            code, user = codes.get(name, 200), codes.get("user", "ada")
            if code != 200:
                return status(code, "Forbidden", f'nodes is forbidden: User "{user}" cannot list')
            items = {"items": [{}], "metadata": {"remainingItemCount": 4}}
            return web.json_response({"gitVersion": "v1.30.1", **items})

        server.answer = answer

    async def test_healthy(self, server, gateway):
        self.answer(server)
        found = await probe(gateway)
        assert (found.version, found.nodes, found.reason, found.is_healthy) == ("v1.30.1", 5, "", True)

    async def test_nodes_that_are_not_ours_to_see_are_no_failure(self, server, gateway):
        self.answer(server, nodes=403)
        found = await probe(gateway)
        assert (found.nodes, found.is_healthy) == (None, True)
        self.answer(server, nodes=403, version=403)
        assert (await probe(gateway)).is_healthy

    async def test_nothing_at_all_to_see(self, server, gateway):
        self.answer(server, nodes=403, version=403, api=403)
        assert (await probe(gateway)).reason == "forbidden"

    async def test_nobody(self, server, gateway):
        self.answer(server, nodes=403, user="system:anonymous")
        assert (await probe(gateway)).reason == "unauthorized"
        self.answer(server, version=401)
        assert (await probe(gateway)).reason == "unauthorized"

    async def test_in_time(self, server, gateway):
        async def hang(request):
            await asyncio.sleep(30)

        server.answer = hang
        found = await probe(gateway, within=0.2)
        assert (found.reason, found.is_healthy) == ("timeout", False)

    async def test_a_server_that_breaks(self, server, gateway):
        async def broken(request):
            return web.Response(text="hello")

        server.answer = broken
        assert (await probe(gateway)).reason == "network"
