"""ETag and If-Match (RFC 9110, sections 8.8.3 and 13.1.1) for objects that change."""

from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import PreconditionFailed


def make_etag(ident: str, revision: int | str) -> str:
    """A strong ETag of one state of one object."""
    return f'"{ident}.{revision}"'


def if_match(request: Request) -> str | None:
    """The If-Match header as sent, or None. Services compare it under the row's lock."""
    return request.headers.get("If-Match")


def check_if_match(expected: str | None, current: str) -> None:
    """Raise 412 when the client saw another state than `current`."""
    if expected is None or expected.strip() == "*":
        return
    tags = {tag.strip().removeprefix("W/") for tag in expected.split(",")}
    if current not in tags:
        raise PreconditionFailed("Someone else changed this in the meantime. Load it again, then repeat your change.")


def with_etag(response: Response, etag: str) -> Response:
    response["ETag"] = etag
    return response
