"""How bodies are read: JSON always, whatever the client says it accepts, and an empty body is an empty object."""

from typing import Any

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from core.errors import TooLarge

MAX_JSON = 16 * 1024 * 1024


class JsonParser(JSONParser):
    """msgspec's decoder: several times faster than the standard library's on graphs, and strict."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(MAX_JSON + 1)
        if len(body) > MAX_JSON:
            raise TooLarge(f"The body may have up to {MAX_JSON // 1024**2} MiB of JSON.")
        if not body.strip():
            return {}
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error


class AlwaysJson(BaseContentNegotiation):
    """Actions may come without a Content-Type, streams ask for `text/event-stream`: neither is refused."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type == content_type:
                return parser
        return (
            next((parser for parser in parsers if isinstance(parser, JsonParser)), None)
            if not content_type or content_type == "text/plain"
            else None
        )

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
