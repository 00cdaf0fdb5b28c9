"""The routes that are no views of the REST framework, in the OpenAPI document: streams of events, and the terminal."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stream:
    """`first` is its first event, as an example; `query` what else may be asked for, by name."""

    path: str
    operation_id: str
    summary: str
    events: str
    first: str
    query: dict[str, str] = field(default_factory=dict)


STREAMS = (
    Stream(
        "workflows/{id}/status/stream",
        "workflows_status_stream",
        "What becomes of a workflow where it runs",
        "snapshot, run, node, log",
        'event: snapshot\ndata: {"workflow_id": "0192…", "run": null, "nodes": []}\n\n',
        {"target": "the id of one of its targets; default: that of the last run"},
    ),
    Stream(
        "resources/{id}/stream",
        "resources_stream",
        "What becomes of a resource",
        "snapshot, resource, event, deleted",
        'event: snapshot\ndata: {"resource": {"kind": "Pod", "name": "web-1"}}\n\n',
    ),
    Stream(
        "resources/{id}/logs/stream",
        "resources_logs_stream",
        "What the containers of a resource print",
        "snapshot, line, gap, done",
        'event: line\ndata: {"pod": "web-1", "container": "app", "time": "2026-03-24T10:00:00Z", '
        '"exact_time": "2026-03-24T10:00:00.123456789Z", "text": "ready"}\n\n',
        {
            "container": "one of the pod's; default: the first",
            "follow": "false ends with what is there",
            "tail": "so many of the last lines",
            "since": "not what is older than that: a time, or so many seconds",
            "previous": "true: of the container before its last restart",
            "all_pods": "true: of all pods of a workload",
        },
    ),
    Stream(
        "builds/{id}/stream",
        "builds_stream",
        "What a build does and prints, from the first line",
        "snapshot, step, line, status, done",
        'event: status\ndata: {"status": "building", "progress": 0.5}\n\n',
    ),
    Stream(
        "import/{id}/stream",
        "imports_stream",
        "How far the reading of an import is",
        "snapshot, progress, done",
        'event: progress\ndata: {"stage": "fetching", "percent": 40, "message": "Fetching the repository"}\n\n',
    ),
)
TERMINAL = "resources/{id}/exec/terminal"
BUILD_LOG = "builds/{id}/logs"


def document_streams(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """A postprocessing hook of drf-spectacular."""
    for stream in STREAMS:
        result["paths"][f"/v1/api/{stream.path}/"] = {"get": _stream(stream)}
    result["paths"][f"/v1/api/{TERMINAL}/"] = {"get": _terminal()}
    result["paths"][f"/v1/api/{BUILD_LOG}/"] = {"get": _build_log()}
    return result


def _stream(stream: Stream) -> Json:
    more = {"last_event_id": "the last event that was seen, as the header Last-Event-ID", **stream.query}
    text = {"schema": {"type": "string"}, "example": stream.first}
    return {
        "operationId": stream.operation_id,
        "summary": stream.summary,
        "description": f"Server-sent events: {stream.events}. After a break it goes on where Last-Event-ID says.",
        "parameters": _parameters(more),
        "tags": [stream.path.split("/")[0]],
        "security": [{"bearer": []}],
        "responses": {"200": {"description": "the events", "content": {"text/event-stream": text}}},
        "x-token-scopes": ["read"],
    }


def _terminal() -> Json:
    query = {
        "container": "one of the pod's; default: the first",
        "shell": "default: what is there",
        "session": "goes on",
    }
    return {
        "operationId": "resources_terminal",
        "summary": "A terminal in a container",
        "description": "A WebSocket that speaks JSON text frames: input, resize and ping; ready, output, exit, error.",
        "parameters": _parameters(query),
        "tags": ["resources"],
        "security": [{"bearer": []}],
        "responses": {"101": {"description": "the socket is open"}, "426": _upgrade()},
        "x-token-scopes": [],
    }


def _build_log() -> Json:
    text = {"schema": {"type": "string"}, "example": "#1 [1/2] FROM docker.io/library/alpine\n"}
    return {
        "operationId": "builds_log",
        "summary": "What a build has printed so far",
        "description": "The whole log as text, with its colours.",
        "parameters": _parameters({"download": "1: as a file"}),
        "tags": ["builds"],
        "security": [{"bearer": []}],
        "responses": {"200": {"description": "the lines", "content": {"text/plain": text}}},
        "x-token-scopes": ["read"],
    }


def _upgrade() -> Json:
    schema = {"$ref": "#/components/schemas/Refusal"}
    example = {"error": "Open a WebSocket here.", "code": "upgrade_required"}
    return {
        "description": "asked without a WebSocket",
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _parameters(query: dict[str, str]) -> list[Json]:
    known = {"ticket": "a single-use ticket of /stream-tickets, for what cannot send a header", **query}
    return [
        {"in": "path", "name": "id", "schema": {"type": "string", "pattern": "^[^/\\x00]+$"}, "required": True},
        *(
            {"in": "query", "name": name, "schema": {"type": "string"}, "description": text}
            for name, text in known.items()
        ),
    ]
