"""Requests and answers on the wire: content negotiation, bodies, query parameters, Status documents.

Must not know resources' behaviour.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import errors
from .objects import Obj

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
MAX_BODY = 3 * 1024 * 1024
DOMAIN = "meta.k8s.io"


@dataclass(frozen=True)
class Shape:
    """In which shape the client wants its answer."""

    kind: str = ""  # "" | Table | PartialObjectMetadata | PartialObjectMetadataList
    yaml: bool = False


def shape_of(request: web.Request) -> Shape:
    """The first acceptable shape of the Accept header."""
    accept = request.headers.get("Accept", "") or "*/*"
    bad_version = False
    for part in accept.split(","):
        media, *raw = (p.strip() for p in part.split(";"))
        params = dict(p.split("=", 1) for p in raw if "=" in p)
        if media not in (JSON, YAML, "*/*", "application/*"):
            continue
        kind = params.get("as", "")
        if kind in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList"):
            if params.get("g") == DOMAIN and params.get("v") in ("v1", "v1beta1"):
                return Shape(kind, media == YAML)
            bad_version = True
            continue
        if not kind:
            return Shape("", media == YAML)
    if bad_version:
        raise errors.not_acceptable(f"only the following media types are accepted: {JSON}, {YAML}, {PROTOBUF}")
    text = f"406: Not Acceptable\n\nAvailable representations: {JSON}, {YAML}, {PROTOBUF}"
    raise errors.ApiError(406, "NotAcceptable", text, {})


def dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def answer(value: Any, status: int = 200, shape: Shape | None = None, warnings: tuple[str, ...] = ()) -> web.Response:
    if shape is not None and shape.yaml:
        from . import yamlbody

        response = web.Response(body=yamlbody.dump(value).encode(), status=status, content_type=YAML)
    else:
        response = web.Response(body=dumps(value) + b"\n", status=status, content_type=JSON)
    for text in warnings:
        response.headers.add("Warning", f'299 - "{quote(text)}"')
    return response


def quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")


def failure(error: errors.ApiError) -> web.Response:
    if error.is_plain:
        return web.Response(text=error.message, status=error.code)
    response = answer(error.status(), error.code)
    seconds = (error.details or {}).get("retryAfterSeconds")
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def success(group: str, plural: str, name: str, uid: str) -> Obj:
    details: Obj = {"name": name}
    if group:
        details["group"] = group
    details |= {"kind": plural, "uid": uid}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


async def read_body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        text = f"Request entity too large: limit is {MAX_BODY}"
        raise errors.ApiError(413, "RequestEntityTooLarge", text, {}) from None


def flag(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() in ("true", "1")


def number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None or text == "":
        return None
    try:
        return int(text)
    except ValueError:
        raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def option_error(kind: str, causes: list[errors.Cause]) -> errors.ApiError:
    return errors.invalid("meta.k8s.io", kind, "", causes)
