"""One walk through the product by its API, on real rows: each call is asked as nobody, as a stranger and as somebody
who may; what is answered is held against the OpenAPI document, and what writes has to leave an audit entry."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
from django.urls import resolve

from audit.models import AuditEntry
from core.api.permissions import Access, access_of
from tests.architecture.routes import readable
from tests.contract.auditing import Expected
from tests.factories import JsonClient

ROOT = Path(__file__).resolve().parents[2]
API = "/v1/api"
READS = ("GET",)
Line = tuple[str, str]
Json = dict[str, Any]


def normal(path: str) -> str:
    """Whatever a parameter is called."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(":" if part.startswith((":", "{")) else part for part in parts)


def contract() -> list[Line]:
    lines = (ROOT / "tests/contract/endpoints.tsv").read_text().splitlines()[1:]
    return [(method, normal(path)) for method, path in (line.split("\t") for line in lines)]


def text_of(line: Line) -> str:
    """As tables write it: `POST /workflows/:/run`."""
    return f"{line[0]} {line[1].removeprefix(API)}"


def json_schema(schema: Any) -> Any:
    """OpenAPI 3.0's nullable, as JSON Schema says it."""
    if isinstance(schema, list):
        return [json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: json_schema(value) for key, value in schema.items()}
    return {"anyOf": [plain, {"type": "null"}]} if plain.pop("nullable", False) is True else plain


class Document:
    """The OpenAPI document that the repository holds."""

    def __init__(self) -> None:
        self.text = json.loads((ROOT / "frontend/openapi.json").read_text())
        self.operations = {
            (method.upper(), normal(path)): operation
            for path, methods in self.text["paths"].items()
            for method, operation in methods.items()
        }
        self.components = json_schema(self.text["components"])

    def check(self, line: Line, answer: Any) -> None:
        responses = self.operations[line]["responses"]
        assert str(answer.status_code) in responses, f"{line} answered {answer.status_code}, which is not documented"
        content = responses[str(answer.status_code)].get("content", {})
        if "application/json" in content and answer["Content-Type"].startswith("application/json"):
            schema = {**json_schema(content["application/json"]["schema"]), "components": self.components}
            jsonschema.Draft4Validator(schema).validate(answer.json())


class Journey:
    """`done`: the lines that answered as documented. `silent`: those that wrote without an audit entry. `wrong`: what
    else was recorded than should be."""

    def __init__(self, *, owner: JsonClient, admin: JsonClient, stranger: JsonClient) -> None:
        self.owner, self.admin, self.stranger, self.nobody = owner, admin, stranger, JsonClient()
        self.document = Document()
        self.done: set[Line] = set()
        self.silent: set[Line] = set()
        self.wrong: list[str] = []

    def line_of(self, method: str, path: str) -> tuple[Line, Access]:
        match = resolve(f"{API}{path.partition('?')[0]}")
        view = getattr(match.func, "cls", None) or getattr(match.func, "view_class", None) or match.func
        access = access_of(view, method)
        assert access is not None
        return (method, normal(readable(match.route))), access

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int = 200,
        *,
        by: JsonClient | None = None,
        foreign: int | None = None,
        about: str = "",
        **headers: Any,
    ) -> Any:
        """`foreign`: what somebody of another tenant is answered to the same request; for an administrator's route
        that is 403. `about`: the id of what it is about, where neither path nor answer tells."""
        line, access = self.line_of(method, path)
        if access is not Access.PUBLIC:
            self._ask(self.nobody, method, path, body, 401)
        if access is Access.ADMIN:
            self._ask(self.stranger, method, path, body, 403)
        elif foreign is not None:
            self._ask(self.stranger, method, path, body, foreign)
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        client = by or (self.admin if access is Access.ADMIN else self.owner)
        expected = Expected(text_of(line), path, client, about)
        answer = self._ask(client, method, path, body, status, **headers)
        self.document.check(line, answer)
        if method not in READS:
            self.record(line, expected, AuditEntry.objects.exclude(pk__in=before), answer)
        self.done.add(line)
        return answer.json() if answer.get("Content-Type", "").startswith("application/json") else answer

    def record(self, line: Line, expected: Expected, entries: Iterable[AuditEntry], answer: Any) -> None:
        is_json = answer.get("Content-Type", "").startswith("application/json")
        found = list(entries)
        if not found:
            self.silent.add(line)
        elif wrong := expected.wrong(found, answer.json() if is_json else None):
            self.wrong.append(f"{text_of(line)} {wrong}")

    def _ask(self, client: JsonClient, method: str, path: str, body: Any, status: int, **headers: Any) -> Any:
        more = {"format": "multipart"} if method == "POST" and path.endswith("/upload") else {}
        if body is not None and more:
            for each in body.values():
                getattr(each, "seek", lambda _: None)(0)
        answer = getattr(client, method.lower())(f"{API}{path}", body, **more, **headers)
        shown = getattr(answer, "content", b"")[:500]
        assert answer.status_code == status, f"{method} {path} answered {answer.status_code}: {shown!r}"
        return answer

    def stream(self, port: int, path: str, token: str, foreign: str) -> Json:
        """The first event, a snapshot, over a real socket."""
        line, _ = self.line_of("GET", path)
        address = f"http://127.0.0.1:{port}{API}{path}"
        assert httpx.get(address).status_code == 401
        assert httpx.get(address, headers={"Authorization": f"Bearer {foreign}"}).status_code == 404
        with httpx.stream("GET", address, headers={"Authorization": f"Bearer {token}"}, timeout=20) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            name, data = next(_events(answer.iter_lines()))
        assert name == "snapshot"
        self.done.add(line)
        return data


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Json]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
