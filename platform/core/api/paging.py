"""Lists: `?page=&limit=&sort=&order=&search=` on every one, paged in SQL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import InvalidInput

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
# Past the end of any list, and its offset still a number that every database takes.
MAX_PAGE = 10**15


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a client asked of a list. `sort` is a field of the API; `ordering` what SQL orders by."""

    page: int
    limit: int
    sort: str
    order: str
    search: str
    ordering: tuple[str, ...]

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


def list_query(
    request: Request, *, sorts: Mapping[str, str], default: str = "created_at", order: str = "desc"
) -> ListQuery:
    """Read the list parameters. `sorts` maps a sort name of the API to a column.

    A limit over 100 is clamped; page < 1, a bad order or an unknown sort field is a 400. `created_at` can be asked of
    every list: where rows have no such time it is the list's own order.
    """
    params = request.query_params
    page = min(_number(params.get("page"), "page", 1), MAX_PAGE)
    limit = min(_number(params.get("limit"), "limit", DEFAULT_LIMIT), MAX_LIMIT)
    sort = params.get("sort") or default
    if sort == "created_at" and sort not in sorts:
        sort = default
    if sort not in sorts:
        raise _bad("sort", f"There is no sort field {sort!r}; use one of {', '.join(sorts)}.")
    direction = (params.get("order") or order).lower()
    if direction not in ("asc", "desc"):
        raise _bad("order", "The order is either asc or desc.")
    sign = "-" if direction == "desc" else ""
    # The id makes the order total, so that no row is on two pages.
    ordering = (f"{sign}{sorts[sort]}", f"{sign}pk")
    search = (params.get("search") or "").strip()
    return ListQuery(page, limit, sort, direction, search, ordering)


def list_response(
    plural: str, rows: QuerySet[Any], query: ListQuery, render: Callable[[Any], dict[str, Any]]
) -> Response:
    """One page of `rows`, counted and cut in SQL."""
    total = rows.count()
    items: Iterable[Model] = rows.order_by(*query.ordering)[query.offset : query.offset + query.limit] if total else ()
    return Response(page_body(plural, [render(row) for row in items], total, query))


def page_body(plural: str, items: list[dict[str, Any]], total: int, query: ListQuery) -> dict[str, Any]:
    """The envelope of a page."""
    return {plural: items, "total": total, "page": query.page, "limit": query.limit}


def _number(text: str | None, name: str, default: int) -> int:
    if not text:
        return default
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit()):
        raise _bad(name, f"The {name} is a whole number from 1.")
    return int(digits[:20])  # What is longer is beyond every bound all the same.


def _bad(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: [message]})
