"""In the OpenAPI document an example for each request and each success that has none of its own, from its schema."""

import re
from typing import Any

Json = dict[str, Any]

# By the last word of a field's name; what is not here says what it is.
_TEXTS = {
    "id": "01920000-0000-7000-8000-000000000000",
    "email": "ines@example.com",
    "name": "shop",
    "title": "Shop",
    "url": "https://shop.example.com",
    "server": "https://203.0.113.7:6443",
    "image": "registry.example.com/team/shop",
    "namespace": "shop",
    "kind": "Deployment",
    "version": "v1",
    "digest": f"sha256:{'0' * 64}",
    "path": "/",
}
_FORMATS = {
    "date-time": "2026-03-24T10:00:00Z",
    "date": "2026-03-24",
    "email": "ines@example.com",
    "uri": "https://shop.example.com",
    "uuid": "01920000-0000-7000-8000-000000000000",
}
# What patterns ask for: names, places, numbers as text.
_PATTERNS = ("shop", "shop/data", "1", "a" * 40, "SHOP", "@daily")
# Deeper than that nothing is shown: some shapes contain themselves.
_DEEPEST = 7


def document_examples(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """A postprocessing hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            bodies = [operation.get("requestBody", {})]
            bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for body in bodies:
                for media, content in body.get("content", {}).items():
                    if media == "application/json" and not {"example", "examples"} & content.keys():
                        content["example"] = example_of(content.get("schema", {}), schemas)
    return result


def example_of(schema: Json, schemas: Json, name: str = "", depth: int = 0) -> Any:
    """A value that fits `schema`; `name` is the field that holds it."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    for given in ("example", "default"):
        if schema.get(given) is not None:
            return schema[given]
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    return _of_type(schema, schemas, name, depth)


def _of_type(schema: Json, schemas: Json, name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(schema, schemas, depth)
    if kind == "array":
        is_empty = depth >= _DEEPEST and not schema.get("minItems")
        return [] if is_empty else [example_of(schema["items"], schemas, name.removesuffix("s"), depth + 1)]
    if kind == "string":
        return _text(schema, name)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return True if kind == "boolean" else {}


def _object(schema: Json, schemas: Json, depth: int) -> Json:
    needed = schema.get("required", [])
    return {
        name: example_of(field, schemas, name, depth + 1)
        for name, field in schema.get("properties", {}).items()
        if depth < _DEEPEST or name in needed
    }


def _text(schema: Json, name: str) -> str:
    words = name.lower().split("_")
    text = _FORMATS.get(schema.get("format", "")) or _TEXTS.get(words[-1]) or " ".join(words) or "text"
    longest = schema.get("maxLength", len(text))
    text = text[:longest].ljust(schema.get("minLength", 0), "x")
    fitting = (each for each in (text, *_PATTERNS) if re.search(schema.get("pattern", ""), each))
    return next(fitting, text)
