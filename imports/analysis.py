"""A conversion as a client sees it: the graph without secret values, and the report with its places in the source.
Pure."""

from typing import Any

import msgspec

from imports.conversion import Conversion
from imports.intake import Kind
from imports.lines import Lines, Place
from imports.report import Row, Verdict
from imports.types import Sent
from plugins.sdk.graph import Graph
from workflows.graph.parse import dump_graph
from workflows.graph.secrets import SECRET_TYPE, VALUES
from workflows.graph.validate import MAX_NODES

Json = dict[str, Any]


def analysis_json(kind: Kind, conversion: Conversion, sent: Sent) -> Json:
    """`counts` by verdict; each row with `file` and `line`, null where it is written nowhere; in the order of the
    source, what is written nowhere last."""
    lines = Lines(sent.files, conversion.files, conversion.spots)
    order = {name: position for position, name in enumerate(conversion.files)}
    rows = [_row(row, lines.find(row.path)) for row in conversion.report.rows]
    rows.sort(key=lambda row: (order.get(row["file"], len(order)), row["line"] or 0))
    return {
        "kind": kind.value,
        "name": conversion.name,
        "files": list(conversion.files),
        "profiles": list(conversion.profiles),
        "active_profiles": [name for name in conversion.profiles if name in sent.profiles],
        "graph": masked_graph(conversion.graph),
        "report": rows,
        "counts": {verdict.value: sum(row["verdict"] == verdict.value for row in rows) for verdict in Verdict},
        "questions": msgspec.to_builtins(conversion.report.questions),
        "warnings": [*_too_many(conversion.graph), *conversion.report.warnings],
    }


def _too_many(graph: Graph) -> list[str]:
    count = len(graph.nodes)
    if count <= MAX_NODES:
        return []
    return [
        f"This becomes {count:,} nodes, and a workflow holds at most {MAX_NODES:,}: import it in parts, some services "
        "at a time."
    ]


def _row(row: Row, place: Place | None) -> Json:
    file, line = place or (None, None)
    return {**msgspec.to_builtins(row), "file": file, "line": line}


def masked_graph(graph: Graph) -> Json:
    """As a workflow shows its graph: `values: {KEY: null}`."""
    document = dump_graph(graph)
    for node in document["nodes"]:
        if node["type"] == SECRET_TYPE and isinstance(node["data"].get(VALUES), dict):
            node["data"] = {**node["data"], VALUES: dict.fromkeys(node["data"][VALUES])}
    return document
