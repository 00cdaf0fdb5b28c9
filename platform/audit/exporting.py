"""The record as a file: one entry at a time as CSV or as JSON lines. Pure; knows neither who asks nor where it goes."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

# What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id",
    "created_at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_name",
    "object_type",
    "object_id",
    "object_name",
    "workspace_id",
    "ip",
    "request_id",
    "detail",
)

Entry = Mapping[str, Any]


def csv_head() -> str:
    return _csv_line(COLUMNS)


def csv_line(entry: Entry) -> str:
    """`entry` as the API shows it; `detail` as JSON. No cell begins like a formula."""
    actor, about = entry["actor"], entry["object"]
    cells = (
        entry["id"],
        entry["created_at"],
        entry["action"],
        actor["kind"],
        actor["id"],
        actor["name"],
        about["type"],
        about["id"],
        about["name"],
        entry["workspace_id"],
        entry["ip"] or "",
        entry["request_id"],
        msgspec.json.encode(entry["detail"], enc_hook=str).decode() if entry["detail"] else "",
    )
    return _csv_line(tuple(_harmless(str(cell)) for cell in cells))


def json_line(entry: Entry) -> str:
    return msgspec.json.encode(entry, enc_hook=str).decode() + "\n"


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


# By the name of the format: the first line, how an entry is written, and the content type.
FORMATS: dict[str, tuple[str, Callable[[Entry], str], str]] = {
    "csv": (csv_head(), csv_line, "text/csv; charset=utf-8"),
    "jsonl": ("", json_line, "application/x-ndjson"),
}
