"""How a call may end badly, in the OpenAPI document: the same few answers everywhere, all of one shape."""

from typing import Any

Json = dict[str, Any]

_SHAPE = {
    "type": "object",
    "description": "Every answer that is not a success.",
    "properties": {
        "error": {"type": "string", "description": "one sentence for a person"},
        "code": {"type": "string", "description": "the same for the same failure, for a program"},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "what is wrong with which field of the input",
        },
        "details": {"type": "object", "additionalProperties": True},
    },
    "required": ["error", "code"],
    "example": {"error": "There is no workflow with this id.", "code": "workflow_not_found"},
}
_NAME = "Refusal"
_BAD_INPUT = {"400": "the input is not right, or a cluster, registry or engine refused it", "429": "too many requests"}
_NOT_ALLOWED = {"401": "not signed in", "403": "not allowed", "404": "there is none, or it is someone else's"}
_NOT_NOW = {"409": "it does not fit the state of things", "503": "a cluster or engine cannot be reached"}
_CHANGES = {"post", "put", "patch"}


def document_refusals(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """A postprocessing hook of drf-spectacular: adds to each operation the ways in which it may be refused."""
    result.setdefault("components", {}).setdefault("schemas", {})[_NAME] = _SHAPE
    for methods in result["paths"].values():
        for method, operation in methods.items():
            for status, meaning in _refusals(method, operation).items():
                operation["responses"].setdefault(status, _answer(status, meaning))
    return result


def _refusals(method: str, operation: Json) -> dict[str, str]:
    found = {**_BAD_INPUT, **_NOT_ALLOWED, **_NOT_NOW}
    if method in _CHANGES:
        found["413"] = "the body is too large"
    if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
        found["412"] = "somebody else was first: it is no longer what If-Match names"
    return dict(sorted(found.items()))


def _answer(status: str, meaning: str) -> Json:
    answer: Json = {
        "description": meaning,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{_NAME}"}}},
    }
    if status in ("429", "503"):
        header = {"schema": {"type": "integer"}, "description": "seconds to wait"}
        answer["headers"] = {"Retry-After": header}
    return answer
