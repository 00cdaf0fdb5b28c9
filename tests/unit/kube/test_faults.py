"""What a server or a network may do wrong, and what becomes of it: always an error of the port, always in time."""

import asyncio
import json
import ssl
import time

import pytest
from aiohttp import web

from clusters.kube.gateway import Busy, Conflict, NotFound, Refused, ResourceExpired, Unreachable
from clusters.kube.network import AddressRefused, system_lookup
from clusters.kube.transport import Timeouts

from .conftest import CONFIG_MAP, SECRET, status


def answers(*responses):
    """One response after the other; the last one again and again."""
    left = list(responses)

    async def answer(request):
        response = left.pop(0) if len(left) > 1 else left[0]
        return response() if callable(response) else response

    return answer


def good():
    return web.json_response({"kind": "ConfigMap", "metadata": {"name": "a"}})


async def get(gateway):
    return await gateway.get(CONFIG_MAP, "a", "default")


async def failure(awaitable, kind=Unreachable):
    with pytest.raises(kind) as caught:
        await awaitable
    assert "s3cr3t" not in str(caught.value) + repr(caught.value.details)
    return caught.value


class TestTime:
    async def test_a_hanging_answer_ends_within_its_bound(self, server, gateway):
        async def hang(request):
            await asyncio.sleep(30)

        server.answer = hang
        begun = time.monotonic()
        assert (await failure(get(gateway))).reason == "timeout"
        assert time.monotonic() - begun < 1.9
        assert len(server.seen) == 1, "what timed out is not tried again"

    async def test_a_trickle_ends_within_the_total(self, server, gateway):
        async def trickle(request):
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(b" ")
                await asyncio.sleep(0.2)
            return response

        server.answer = trickle
        begun = time.monotonic()
        assert (await failure(get(gateway))).reason == "timeout"
        assert time.monotonic() - begun < 3

    async def test_a_server_that_does_not_shake_hands(self, make_gateway):
        async def silent(reader, writer):
            await asyncio.sleep(30)

        listener = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        begun = time.monotonic()
        assert (await failure(get(make_gateway(f"https://127.0.0.1:{port}")))).reason == "timeout"
        assert time.monotonic() - begun < 2
        listener.close()

    async def test_a_resolver_that_hangs(self, make_gateway, monkeypatch):
        async def lookup(host, port):
            await asyncio.sleep(30)

        monkeypatch.setattr("core.network.RESOLVE_SECONDS", 0.1)
        assert (await failure(get(make_gateway("https://slow.example.com", lookup=lookup)))).reason == "timeout"


class TestConnections:
    async def test_nobody_listens(self, make_gateway, unused_tcp_port):
        error = await failure(get(make_gateway(f"https://127.0.0.1:{unused_tcp_port}")))
        assert error.reason == "refused"

    async def test_an_unknown_name(self, make_gateway):
        async def lookup(host, port):
            raise OSError("no such host")

        assert (await failure(get(make_gateway("https://nowhere.example.com", lookup=lookup)))).reason == "dns"

    async def test_a_name_that_the_system_does_not_know(self, make_gateway):
        assert (await failure(get(make_gateway("https://no-such-host.invalid")))).reason == "dns"

    async def test_a_reset_connection_is_tried_again_for_reads_only(self, server, gateway):
        async def reset(request):
            request.transport.abort()
            return web.Response()

        server.answer = reset
        assert (await failure(get(gateway))).reason == "network"
        assert len(server.seen) == 3
        server.seen.clear()
        body = {"metadata": {"name": "a", "namespace": "default"}}
        for write in (
            gateway.apply(CONFIG_MAP, body),
            gateway.create(CONFIG_MAP, body),
            gateway.patch(CONFIG_MAP, "a", "default", {}),
            gateway.delete(CONFIG_MAP, "a", "default"),
        ):
            assert (await failure(write)).reason == "network"
        assert len(server.seen) == 4

    async def test_a_read_survives_one_reset(self, server, gateway):
        async def once(request):
            if len(server.seen) == 1:
                request.transport.abort()
            return good()

        server.answer = once
        assert (await get(gateway))["metadata"]["name"] == "a"

    async def test_an_answer_that_breaks_off(self, server, gateway):
        async def half(request):
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b'{"kind": ')
            request.transport.close()
            return response

        server.answer = half
        assert (await failure(get(gateway))).reason == "network"

    async def test_proxies_of_the_environment_are_not_used(self, server, gateway, monkeypatch, unused_tcp_port):
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{unused_tcp_port}")
        server.answer = answers(good)
        assert await get(gateway)

    async def test_cookies_are_not_kept(self, server, gateway):
        server.answer = answers(lambda: web.json_response({"kind": "X"}, headers={"Set-Cookie": "a=b"}))
        await get(gateway)
        await get(gateway)
        assert "Cookie" not in server.headers[-1]


class TestAnswers:
    @pytest.mark.parametrize("content", [b"", b"hello", b"<html>no</html>", b"[1, 2]", b"\xff\xfe", b'{"a": '])
    async def test_garbage(self, server, gateway, content):
        server.answer = answers(lambda: web.Response(body=content))
        error = await failure(get(gateway))
        assert (error.reason, error.message) == (
            "network",
            "The server does not answer as a Kubernetes API server does.",
        )

    @pytest.fixture
    def small(self, monkeypatch):
        monkeypatch.setattr("clusters.kube.transport.MAX_ANSWER", 100_000)

    async def test_too_much(self, server, gateway, small):
        server.answer = answers(lambda: web.Response(body=b" " * 100_001))
        assert "too large" in (await failure(get(gateway))).message

    async def test_a_bomb_of_zeros(self, server, gateway, small):
        import gzip

        bomb = gzip.compress(b"\0" * (80 * 1024 * 1024), 9)
        server.answer = answers(lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
        assert "too large" in (await failure(get(gateway))).message

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    async def test_a_redirection_is_not_followed(self, server, gateway, make_gateway, code):
        target = f"{server.url}/elsewhere" if code == 302 else "http://169.254.169.254/latest/meta-data/"
        server.answer = answers(lambda: web.Response(status=code, headers={"Location": target}))
        error = await failure(get(gateway))
        assert (error.reason, error.status) == ("network", code)
        assert len(server.seen) == 1
        server.seen.clear()
        await failure(gateway.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}}))
        assert len(server.seen) == 1

    @pytest.mark.parametrize(
        ("code", "reason", "kind"),
        [
            (400, "BadRequest", Refused),
            (401, "Unauthorized", Refused),
            (403, "Forbidden", Refused),
            (404, "NotFound", NotFound),
            (405, "MethodNotAllowed", Refused),
            (409, "AlreadyExists", Conflict),
            (410, "Expired", ResourceExpired),
            (413, "RequestEntityTooLarge", Refused),
            (422, "Invalid", Refused),
            (500, "InternalError", Busy),
            (504, "Timeout", Busy),
        ],
    )
    async def test_refusals_keep_reason_and_words(self, server, gateway, code, reason, kind):
        server.answer = answers(lambda: status(code, reason, "in its own words", name="a", causes=[{"field": "x"}]))
        error = await failure(get(gateway), kind)
        assert type(error) is kind
        assert (error.status, error.reason, error.message) == (code, reason, "in its own words")
        assert error.details["causes"] == [{"field": "x"}]

    async def test_a_refusal_without_a_status_document(self, server, gateway):
        server.answer = answers(lambda: web.Response(status=403, text="<html>nginx</html>"))
        error = await failure(get(gateway), Refused)
        assert (error.status, error.reason) == (403, "Forbidden")
        assert "403" in error.message
        server.answer = answers(lambda: web.Response(status=404, text="404 page not found"))
        assert (await failure(get(gateway), NotFound)).message == "404 page not found"

    async def test_conflicts_keep_their_causes(self, server, gateway):
        cause = {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl"', "field": ".spec.replicas"}
        server.answer = answers(lambda: status(409, "Conflict", "Apply failed with 1 conflict", causes=[cause]))
        body = {"metadata": {"name": "a", "namespace": "default"}}
        error = await failure(gateway.apply(CONFIG_MAP, body), Conflict)
        assert error.details["causes"] == [cause]

    async def test_long_words_are_cut(self, server, gateway):
        server.answer = answers(lambda: status(422, "Invalid", "x" * 100_000))
        assert len((await failure(get(gateway), Refused)).message) == 2_000


class TestBusy:
    @pytest.mark.parametrize("code", [429, 503])
    async def test_a_long_pause_is_told_to_the_caller(self, server, gateway, code):
        def busy():
            response = status(code, "TooManyRequests", "slow down")
            response.headers["Retry-After"] = "7"
            return response

        server.answer = answers(busy)
        error = await failure(get(gateway), Busy)
        assert error.retry_after == 7
        assert len(server.seen) == 1

    async def test_a_short_one_is_waited_for(self, server, gateway):
        def busy():
            response = status(429, "TooManyRequests", "slow down")
            response.headers["Retry-After"] = "1"
            return response

        server.answer = answers(busy, good)
        begun = time.monotonic()
        assert await get(gateway)
        assert time.monotonic() - begun >= 1

    async def test_reads_are_tried_a_few_times_writes_never(self, server, gateway):
        server.answer = answers(lambda: status(503, "ServiceUnavailable", "not now"))
        await failure(get(gateway), Busy)
        assert len(server.seen) == 3
        server.seen.clear()
        await failure(gateway.delete(CONFIG_MAP, "a", "default"), Busy)
        assert len(server.seen) == 1

    async def test_retry_after_of_the_document_and_nonsense(self, server, gateway):
        server.answer = answers(lambda: status(429, "TooManyRequests", "slow down", retryAfterSeconds=9))
        assert (await failure(get(gateway), Busy)).retry_after == 9

        def nonsense():
            response = status(503, "ServiceUnavailable", "not now")
            response.headers["Retry-After"] = "Fri, 31 Dec 1999 23:59:59 GMT"
            return response

        server.answer = answers(nonsense)
        assert (await failure(gateway.delete(CONFIG_MAP, "a", "default"), Busy)).retry_after is None

    async def test_a_refusal_of_old_servers_is_an_error_of_the_server(self, server, gateway):
        text = "failed to create typed patch object: .spec.x: field not declared in schema"
        server.answer = answers(lambda: status(500, "", text))
        body = {"metadata": {"name": "a", "namespace": "default"}}
        assert (await failure(gateway.apply(CONFIG_MAP, body), Busy)).message == text


class TestTls:
    async def test_an_unknown_authority_is_shown(self, server, make_gateway):
        gateway = make_gateway(server.url, ca_data="")
        error = await failure(get(gateway))
        assert error.reason == "tls"
        leaf = ssl.PEM_cert_to_DER_cert((server.certificates.folder / "server.crt").read_text())
        import hashlib

        assert error.details["fingerprint"] == hashlib.sha256(leaf).hexdigest()
        assert error.details["subject"] == "CN=server"
        assert server.seen == [], "nothing was sent to it"

    async def test_a_pinned_certificate_needs_no_authority(self, server, make_gateway):
        server.answer = answers(good)
        fingerprint = (await failure(get(make_gateway(server.url, ca_data="")))).details["fingerprint"]
        assert await get(make_gateway(server.url, ca_data="", fingerprint=fingerprint))
        error = await failure(get(make_gateway(server.url, ca_data="", fingerprint="00" * 32)))
        assert error.reason == "tls"
        assert len(server.seen) == 1

    async def test_a_certificate_for_another_host(self, certificates, server, make_gateway):
        await server.start(certificates.context("elsewhere"))
        server.answer = answers(good)
        error = await failure(get(make_gateway(server.url)))
        assert error.reason == "tls"
        assert "127.0.0.1" in error.message
        assert [shown["subject"] for shown in error.details["presented"]] == ["CN=elsewhere", "CN=Test authority"]
        assert await get(make_gateway(server.url, server_name="elsewhere.example"))
        # A pinned authority still has to vouch for the right name; a pinned certificate is the very one.
        authority = make_gateway(server.url, ca_data="", fingerprint=error.details["fingerprint"])
        assert (await failure(get(authority))).reason == "tls"
        leaf = error.details["presented"][0]["fingerprint"]
        assert await get(make_gateway(server.url, ca_data="", fingerprint=leaf))

    async def test_a_name_reaches_the_pinned_address_under_its_own_name(self, certificates, make_gateway, server):
        names = []
        context = certificates.context()
        context.sni_callback = lambda tls, name, _: names.append(name)
        await server.start(context)
        server.answer = answers(good)

        async def lookup(host, port):
            assert host == "localhost"
            return ["127.0.0.1"]

        gateway = make_gateway(f"https://localhost:{server.port}", lookup=lookup)
        assert await get(gateway)
        assert names == ["localhost"]
        assert server.headers[-1]["Host"] == f"localhost:{server.port}"

    async def test_a_server_that_speaks_plain_http(self, server, make_gateway):
        await server.start(None)
        server.answer = answers(good)
        assert (await failure(get(make_gateway(server.url)))).reason == "tls"
        assert server.seen == []

    async def test_a_client_certificate_is_shown_to_the_server(self, certificates, server, make_gateway):
        context = certificates.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=certificates.ca_pem)
        await server.start(context)
        server.answer = answers(good)
        gateway = make_gateway(
            server.url,
            token="",
            client_certificate=certificates.client_certificate,
            client_key=certificates.client_key,
        )
        assert await get(gateway)
        assert "client" in server.clients[-1]
        assert "Authorization" not in server.headers[-1]


class TestWhere:
    @pytest.mark.parametrize(
        "host",
        ["169.254.169.254", "0.0.0.0", "[::]", "[::ffff:169.254.169.254]", "[fe80::1]", "metadata.google.internal"],
    )
    async def test_never(self, make_gateway, host):
        gateway = make_gateway(f"https://{host}:443", allowed_networks=("0.0.0.0/0", "::/0"))
        begun = time.monotonic()
        error = await failure(get(gateway))
        assert error.reason == "network"
        assert "not allowed" in error.message
        assert time.monotonic() - begun < 1

    async def test_a_name_that_points_there(self, make_gateway):
        async def lookup(host, port):
            return ["93.184.216.34", "169.254.169.254"]

        error = await failure(get(make_gateway("https://innocent.example.com", lookup=lookup)))
        assert "link-local" in error.message

    async def test_a_name_that_changes_its_mind(self, server, make_gateway, monkeypatch):
        """The first look-up is innocent, the second not: no connection is made to what was not checked."""
        monkeypatch.setattr("clusters.kube.client.PIN_SECONDS", 0.0)
        found = [["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]]

        async def lookup(host, port):
            return found.pop(0) if len(found) > 1 else found[0]

        async def answer(request):
            response = good()
            response.force_close()
            return response

        server.answer = answer
        gateway = make_gateway(f"https://localhost:{server.port}", lookup=lookup)
        assert await get(gateway)
        error = await failure(get(gateway))
        assert (error.reason, "link-local" in error.message) == ("network", True)

    async def test_the_session_itself_opens_no_socket_to_elsewhere(self, server, gateway):
        """Whatever request may come to it: the last gate looks at the very address."""
        server.answer = answers(good)
        await get(gateway)
        session = gateway._transport._on_loop.session
        for url in ("http://169.254.169.254/", "https://10.1.2.3/", "http://[::ffff:169.254.169.254]/"):
            with pytest.raises(AddressRefused):
                await session.get(url)

    async def test_a_name_keeps_its_address_for_a_while(self, server, make_gateway):
        asked = []

        async def lookup(host, port):
            asked.append(host)
            return await system_lookup("127.0.0.1", port)

        async def answer(request):
            response = good()
            response.force_close()
            return response

        server.answer = answer
        gateway = make_gateway(f"https://localhost:{server.port}", lookup=lookup)
        for _ in range(3):
            await get(gateway)
        assert asked == ["localhost"]


class TestSecrets:
    async def test_a_server_that_repeats_the_token_is_not_quoted(self, server, gateway):
        async def echo(request):
            return status(403, "Forbidden", f"bad header {request.headers['Authorization']}", hint="s3cr3t-token")

        server.answer = echo
        error = await failure(get(gateway), Refused)
        assert error.message == "bad header Bearer [hidden]"
        assert error.details == {"hint": "[hidden]"}

    async def test_values_of_secrets_are_taken_out_of_refusals(self, server, gateway):
        async def echo(request):
            document = json.loads(server.bodies[-1])
            words = f"cannot use {document['stringData']['word']} or {document['data']['old']}"
            excerpt = 'error found in #10 byte of ...|"s3cr|..., bigger context ...|"s3cr|...'
            return status(422, "Invalid", f"{words} or decoded-s3cr3t, {excerpt}", causes=[{"message": words}])

        server.answer = echo
        body = {
            "kind": "Secret",
            "metadata": {"name": "a", "namespace": "default"},
            "stringData": {"word": "s3cr3t-word"},
            "data": {"old": "ZGVjb2RlZC1zM2NyM3Q="},
        }
        error = await failure(gateway.apply(SECRET, body), Refused)
        assert error.message == "cannot use [hidden] or [hidden] or [hidden]"
        assert "s3cr" not in repr(error.__dict__)

    async def test_the_pods_own_token_is_read_again(self, server, make_gateway, tmp_path, monkeypatch):
        monkeypatch.setattr("clusters.kube.transport._TOKEN_SECONDS", 0.0)
        path = tmp_path / "token"
        path.write_text("first-token\n")
        server.answer = answers(good)
        gateway = make_gateway(server.url, token_file=str(path))
        await get(gateway)
        path.write_text("second-token\n")
        await get(gateway)
        sent = [headers["Authorization"] for headers in server.headers]
        assert sent == ["Bearer first-token", "Bearer second-token"]
        path.unlink()
        assert (await failure(get(gateway))).reason == "unauthorized"


class TestMany:
    async def test_at_once_are_bounded(self, server, make_gateway):
        now = most = 0

        async def count(request):
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            return good()

        server.answer = count
        gateway = make_gateway(server.url, timeouts=Timeouts())
        await asyncio.gather(*(get(gateway) for _ in range(60)))
        assert 8 <= most <= 16
        assert len(server.seen) == 60

    async def test_a_closed_gateway_opens_again(self, server, gateway):
        server.answer = answers(good)
        await get(gateway)
        await gateway.close()
        await gateway.close()
        assert await get(gateway)
