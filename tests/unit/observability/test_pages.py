"""No HTML that is served runs a script written into it, and each says so to the browser."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
# The page as it is built, the page of the API, addresses that are not there, and what is no page of ours.
PAGES = ("/", "/workflows/1?q=<script>alert(1)</script>", "/v1/docs", "/v1/docs/", "/v1/nothing", "/static/none.html")


class Scripts(HTMLParser):
    """Collects what would run: scripts without an address, and attributes that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        if tag == "script" and not names.get("src"):
            self.inline.append("script")
        self.inline += [name for name in names if name.startswith("on")]
        self.inline += [name for name, value in names.items() if (value or "").strip().startswith("javascript:")]


@pytest.mark.parametrize("path", PAGES)
def test_no_answer_runs_an_inline_script(path, settings, tmp_path):
    (tmp_path / "index.html").write_text((FRONTEND / "index.html").read_text())
    settings.FRONTEND_DIST = tmp_path
    answer = Client().get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert policy["connect-src"] == "'self'"
    if answer["Content-Type"].startswith("text/html"):
        scripts = Scripts()
        # A built front end is streamed as the file that it is.
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        scripts.feed(content.decode())
        assert scripts.inline == []


def test_the_page_of_the_api_starts_itself_by_a_script_of_its_own():
    page = Client().get("/v1/docs").content.decode()
    address = re.search(r'src="(\S*script=\S*)"', page)
    assert address is not None
    script = Client().get("/v1/docs" + address[1].replace("&amp;", "&")[address[1].index("?") :])
    assert script["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle" in script.content
