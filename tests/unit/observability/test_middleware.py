"""Request ids, security headers and CORS, in both worlds; and what must never be logged."""

import asyncio
import json
import logging

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse
from django.test import RequestFactory

from core import context
from observability import middleware
from observability.logs import final_processors, logging_config, redact


def call(layer, request, *, answer=None, is_async=False):
    """Through one middleware, as a synchronous or an asynchronous chain."""
    seen = {}

    def view(request):
        seen["info"] = context.current_request()
        return answer or HttpResponse("ok")

    async def async_view(request):
        return view(request)

    chain = layer(async_view if is_async else view)
    assert iscoroutinefunction(chain) is is_async
    response = asyncio.run(chain(request)) if is_async else chain(request)
    return response, seen.get("info")


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def is_async(request):
    return request.param


def get(path="/v1/api/x", **headers):
    return RequestFactory().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_request_gets_an_id(is_async):
    response, info = call(middleware.RequestContext, get(User_Agent="curl"), is_async=is_async)
    assert response["X-Request-ID"] == info.request_id
    assert (info.ip, info.user_agent) == ("127.0.0.1", "curl")
    assert context.current_request().request_id == ""


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abcdef-12345", True), ("short", False), ("a" * 65, False), ("bad id\n<x>", False)],
)
def test_only_a_sane_id_is_kept(given, is_kept):
    response, _ = call(middleware.RequestContext, get(X_Request_ID=given))
    assert (response["X-Request-ID"] == given) is is_kept


def test_one_line_per_request_without_the_query(is_async, caplog):
    with caplog.at_level(logging.INFO, "sailcloth.request"):
        call(
            middleware.RequestContext,
            get("/v1/api/x?ticket=hush", Authorization="Bearer hush"),
            is_async=is_async,
        )
    (record,) = caplog.records
    assert (record.method, record.status, record.route) == ("GET", 200, "none")
    assert "hush" not in str(vars(record))


def test_a_forwarded_address_counts_only_from_our_proxy(settings):
    request = get(X_Forwarded_For="6.6.6.6, 9.9.9.9")
    assert call(middleware.RequestContext, request)[1].ip == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert call(middleware.RequestContext, request)[1].ip == "9.9.9.9"


def test_security_headers(is_async):
    response, _ = call(middleware.SecurityHeaders, get(), is_async=is_async)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy and "unsafe-eval" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    page, _ = call(middleware.SecurityHeaders, get("/workflows"))
    assert "Cache-Control" not in page


def test_a_view_may_say_it_better():
    answer = HttpResponse(headers={"Cache-Control": "max-age=5"})
    assert call(middleware.SecurityHeaders, get(), answer=answer)[0]["Cache-Control"] == "max-age=5"


def test_cors_for_a_known_origin(settings, is_async):
    settings.CORS_ORIGINS = ["https://app.example"]
    response, info = call(middleware.Cors, get(Origin="https://app.example"), is_async=is_async)
    assert response["Access-Control-Allow-Origin"] == "https://app.example"
    assert response["Access-Control-Allow-Credentials"] == "true"
    assert response["Vary"] == "Origin"
    assert info is not None
    preflight = RequestFactory().options(
        "/v1/api/x", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
    )
    response, info = call(middleware.Cors, preflight, is_async=is_async)
    assert (response.status_code, info) == (204, None)
    assert "PUT" in response["Access-Control-Allow-Methods"]
    assert "If-Match" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil", "http://app.example", "null"])
def test_cors_for_others(settings, origin):
    settings.CORS_ORIGINS = ["https://app.example"]
    response, _ = call(middleware.Cors, get(Origin=origin))
    assert "Access-Control-Allow-Origin" not in response
    assert response["Vary"] == "Origin"


def test_secrets_are_hidden():
    event = {
        "event": "call failed: Authorization: Bearer abc.def.ghi, url=postgres://u:pw1@db/x?ticket=pw2&page=3",
        "refresh_token": "pw3",
        "data": {"db_password": "pw4", "items": [{"Secret": "pw5"}], "token_count": 0},
        "kubeconfig": {"a": "pw6"},
        "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "key": "run_1",
        "message": "refused slc_Qm3x9BpW7tokenvalue",
    }
    clean = json.dumps(redact(None, "info", event))
    for hidden in ("abc.def", "pw1", "pw2", "pw3", "pw4", "pw5", "pw6", "c2lnbmF0dXJl", "tokenvalue"):
        assert hidden not in clean
    for kept in ("call failed", "page=3", "run_1", "postgres://u:"):
        assert kept in clean


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_lines_of_libraries_look_like_ours(fmt):
    import structlog

    before = structlog.get_config()
    try:
        config = logging_config("info", fmt)
        formatter = config["formatters"]["ours"]
        line = formatter["()"](foreign_pre_chain=formatter["foreign_pre_chain"], processors=final_processors(fmt))
        record = logging.LogRecord("lib", logging.INFO, "", 0, "took %s", ("password=hush",), None)
        record.workflow = "w1"
        text = line.format(record)
    finally:
        structlog.configure(**before)
    assert "hush" not in text and "w1" in text and "took" in text
    if fmt == "json":
        parsed = json.loads(text)
        assert (parsed["message"], parsed["level"], parsed["logger"]) == (
            "took password=[hidden]",
            "info",
            "lib",
        )


def test_a_traceback_hides_too():
    try:
        raise ValueError("token=hush")
    except ValueError as error:
        record = logging.LogRecord("lib", logging.ERROR, "", 0, "failed", (), (ValueError, error, error.__traceback__))
    for fmt in ("json", "console"):
        formatter = logging_config("info", fmt)["formatters"]["ours"]
        text = formatter["()"](
            foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
        ).format(record)
        assert "Traceback" in text and "hush" not in text
